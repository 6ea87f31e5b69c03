#pragma once

#include <string>
#include <string_view>

// Names of packages, extras and dependency groups, which share one rule (PEP 503, PEP 685, PEP
// 735).
namespace pel {

// "Zope.Interface" -> "zope-interface": lower case, each run of '-', '_' and '.' one dash. Bytes
// that no name may hold are kept, so that a message can still quote them.
[[nodiscard]] std::string normalize_name(std::string_view name);

// Whether `name` has the form that core metadata demands: ASCII letters, digits, '-', '_', '.',
// and a letter or digit at both ends.
[[nodiscard]] bool is_valid_name(std::string_view name) noexcept;

}  // namespace pel
