#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pel {

// A requirement (PEP 508), as far as we look into it; what it means is the front end's business.
struct Requirement {
  std::string name;                 // normalised
  std::vector<std::string> extras;  // normalised
  std::string specifier;            // "==1.0", or empty
  std::string url;                  // behind "@", or empty
  std::string marker;               // or empty

  // The version of "==1.0" or "===1.0" alone; empty for anything else.
  [[nodiscard]] std::string pinned_version() const;
};

// Nothing if `text` does not begin with a name, as a path or an option does not.
[[nodiscard]] std::optional<Requirement> parse_requirement(std::string_view text);

}  // namespace pel
