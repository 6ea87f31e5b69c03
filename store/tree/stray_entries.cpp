#include "store/tree/stray_entries.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "store/base/text.hpp"
#include "store/tree/directory_entries.hpp"

namespace pel {
namespace {

constexpr std::size_t kWheelDigits = 16;  // of the hash, behind a dash
constexpr std::size_t kCompositeDigits = 32;

bool are_digits(std::string_view text) noexcept {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool names_a_wheel(std::string_view name) noexcept {
  return name.size() > kWheelDigits + 1 && name.front() != '.' &&
         name[name.size() - kWheelDigits - 1] == '-' &&
         are_digits(name.substr(name.size() - kWheelDigits));
}

bool names_a_composite(std::string_view name) noexcept {
  return name.size() == kCompositeDigits && are_digits(name);
}

void find(const std::string& folder, bool (*is_name)(std::string_view), std::string_view noun,
          std::vector<Finding>& findings) {
  for (const DirectoryEntry& entry : read_directory(folder)) {
    if (!entry.is_directory || !is_name(entry.name)) {
      const std::string path = concat(folder, "/", entry.name);
      findings.push_back({entry.name, FindingKind::extra, path, concat(path, ": it is no ", noun)});
    }
  }
}

}  // namespace

std::vector<Finding> stray_entries(const StoreLayout& layout) {
  std::vector<Finding> findings;
  find(layout.wheels(), names_a_wheel, "wheel", findings);
  find(layout.composites(), names_a_composite, "composite", findings);
  return findings;
}

}  // namespace pel
