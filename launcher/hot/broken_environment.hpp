#pragma once

#include <string>
#include <string_view>

#include "launcher/hot/executed_as.hpp"
#include "store/base/error.hpp"
#include "store/format/table_view.hpp"

namespace pel {

// Whether the folder is one of ours: by its pyvenv.cfg, or, when that is damaged, by its table
// or its recipe.
[[nodiscard]] bool is_own_environment(const ExecutedAs& self);

// Nothing of the environment is used, and CPython, which ends without a word on some of what a
// damaged pyvenv.cfg may hold, is not started, unless the file says what the table says. Throws
// Error(corrupt).
void check_configuration(const ExecutedAs& self, const TableView& table);

// "cannot use PREFIX/FILE: REASON", and how to make the environment again.
[[nodiscard]] Error broken_environment(const std::string& prefix, std::string_view file,
                                       std::string_view reason);

// A hint for a file that cannot be executed or loaded, if it lies where nothing may be (a mount
// with noexec); empty if not.
[[nodiscard]] std::string mount_hint(const std::string& path);

}  // namespace pel
