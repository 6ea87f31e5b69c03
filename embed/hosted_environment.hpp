#pragma once

#include "embed/py_ref.hpp"

namespace pel {

// Makes the environment of a process in hosted mode: the interpreter came up by itself, and its
// `site` has come to the environment's site-packages directory. Maps the table of the prefix that
// `directory` (a str) is in. Once per process; later calls, from other interpreters, do nothing.
// False with an exception set when the table cannot be used.
[[nodiscard]] bool start_hosted_environment(PyObject* directory, PyObject* store,
                                            PyObject* manager) noexcept;

}  // namespace pel
