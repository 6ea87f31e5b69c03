#pragma once

#include <string_view>

#include "embed/interpreter_state.hpp"

namespace pel {

// The type of the path-entry finder of the environment's own site-packages directory. New
// reference to a type object of this interpreter, or null with an exception set.
[[nodiscard]] PyObject* make_site_finder_type() noexcept;

// The finder for `path`, a str that names that directory. New reference, or null.
[[nodiscard]] PyObject* make_site_finder(InterpreterState& state, PyObject* path) noexcept;

// The path of that directory, as `site` puts it together. Empty with an exception set on failure.
[[nodiscard]] PyRef site_packages_path() noexcept;

// The finder of the directory that `entry` (a str or os.PathLike of a search path) names, if that
// is this environment's site-packages as it was named before: also with a slash behind it. No
// system call. Borrowed; else null, without an exception.
[[nodiscard]] PyObject* known_site_finder(const InterpreterState& state, PyObject* entry) noexcept;

// The same for each path to that directory whose last component is "site-packages": a relative one,
// through a link (lib64), with dots. Costs two system calls for one that is not known. Empty,
// without an exception, if it is another.
[[nodiscard]] PyRef find_site_finder(InterpreterState& state, PyObject* entry) noexcept;

// It looks at the directory again. False with an exception set on failure.
[[nodiscard]] bool forget_site_packages(PyObject* site_finder) noexcept;

// What it finds: a new reference to a spec, or to None; null with an exception set on failure.
[[nodiscard]] PyObject* ask_site_finder(PyObject* site_finder, PyObject* full_name) noexcept;

// Whether distributions may lie in the directory: what users installed or put there since the
// environment was made. One system call unless the directory has changed.
[[nodiscard]] bool has_real_distributions(PyObject* site_finder) noexcept;

// Whether `name`, in the site-packages directory `directory`, is what `venv` has put there of the
// metadata of a stored distribution, for tools that read the directory: it has no RECORD. Whoever
// installs that distribution there adds one.
[[nodiscard]] bool is_stand_in(std::string_view directory, std::string_view name) noexcept;

}  // namespace pel
