#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lock/marker.hpp"
#include "lock/specifier.hpp"

namespace pel {

// A dependency specifier (PEP 508): "requests[socks]>=2; python_version < '3.13'".
struct DependencySpecifier {
  std::string text;  // as written
  std::string name;
  std::string normalized_name;
  std::vector<std::string> extras;  // normalised
  SpecifierSet versions;            // empty with a URL
  std::string url;                  // behind "@", or empty
  std::optional<Marker> marker;
  std::string marker_text;  // as written, or empty

  // Throws Error(corrupt) that quotes the text and says what is wrong in it.
  [[nodiscard]] static DependencySpecifier parse(std::string_view text);

  // Nothing instead of an error, for what may be a path or an option as well.
  [[nodiscard]] static std::optional<DependencySpecifier> try_parse(std::string_view text);

  // The version of "==1.0" or "===1.0" alone, as written; empty for anything else.
  [[nodiscard]] std::string pinned_version() const;
};

}  // namespace pel
