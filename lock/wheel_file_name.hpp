#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pel {

// The parts of a wheel's file name that choosing a wheel needs; views into the name. A name that
// cannot be read is no error here: a lock may list files that this release has no use for.
struct WheelFileName {
  std::string_view distribution;  // as written
  std::string_view version_text;
  std::string_view build;  // empty when there is none
  std::string_view python;
  std::string_view abi;
  std::string_view platform;

  [[nodiscard]] static std::optional<WheelFileName> parse(std::string_view file_name);
};

// Compares build tags: the number at the start first, then the text behind it; none is lowest.
[[nodiscard]] bool build_tag_less(std::string_view a, std::string_view b) noexcept;

// The name of the file that a path or a URL leads to, decoded; empty if there is none.
[[nodiscard]] std::string file_name_of_path(std::string_view path);
[[nodiscard]] std::string file_name_of_url(std::string_view url);

// Whether `name` can name a file in a folder: not empty, "." or "..", at most 255 bytes, no slash
// of either kind and no control character.
[[nodiscard]] bool is_file_name(std::string_view name) noexcept;

}  // namespace pel
