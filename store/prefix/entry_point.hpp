#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pel {

// The object that a console script calls: "black:patched_main [d]" is module "black", attributes
// "patched_main". Only exists well formed: both parts are dotted names of letters, digits, '_' and
// bytes beyond ASCII, so that they can be written into a script as they are.
struct ObjectReference {
  std::string module;
  std::string attributes;  // dotted

  // Extras behind the reference are dropped, blanks around its parts are allowed. Nothing when
  // there is no attribute, or the form is wrong.
  [[nodiscard]] static std::optional<ObjectReference> parse(std::string_view value);
};

// Why `name` cannot be the name of a script in bin/, for people; null if it can. Refused are names
// that are no file name, and those of the interpreter itself in any case: python, pythonw,
// python3.11, python3.13t.
[[nodiscard]] const char* script_name_problem(std::string_view name) noexcept;

}  // namespace pel
