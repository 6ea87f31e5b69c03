#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pel {

// The header fields of METADATA and of WHEEL: "Name: value" lines up to the first empty line or
// the first line that is no field, as an e-mail parser reads them. Folded lines are joined with a
// newline. Any bytes parse; what is no field is passed over.
class HeaderFields {
 public:
  [[nodiscard]] static HeaderFields parse(std::string_view text);

  // The first field of that name, in any case of letters, without white space around its value.
  // Empty if there is none.
  [[nodiscard]] std::string_view first(std::string_view name) const noexcept;

  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all() const noexcept {
    return fields_;
  }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace pel
