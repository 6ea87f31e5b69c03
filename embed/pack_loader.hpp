#pragma once

#include "embed/interpreter_state.hpp"

namespace pel {

// A subclass of importlib's SourceFileLoader whose get_code() takes the code object from the
// tree's pack, and from the source when there is none. It never reads or writes a .pyc of a stored
// module, also where importlib's own way to get the code has to be gone. New
// reference, or null with an exception set.
[[nodiscard]] PyObject* make_pack_loader_type(PyObject* source_file_loader) noexcept;

}  // namespace pel
