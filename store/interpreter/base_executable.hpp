#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pel {

// The real file behind an interpreter's path, links resolved. Where that file is an environment's
// own (a copy, or one of this product's environments), the interpreter that the environment was
// made from, as its pyvenv.cfg says. Runs nothing. Nothing when it leads nowhere.
[[nodiscard]] std::optional<std::string> resolve_base_executable(std::string_view path);

// The interpreter in the folder of an environment or an installation, or in its `bin`.
[[nodiscard]] std::optional<std::string> interpreter_in_directory(const std::string& directory);

// Whether it begins with "#!": then only running it tells what it stands for.
[[nodiscard]] bool is_script(const std::string& path);

}  // namespace pel
