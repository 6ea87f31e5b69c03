#include "launcher/hot/own_options.hpp"

#include <algorithm>
#include <array>

namespace pel {

bool is_own_option(std::string_view word) noexcept {
  constexpr std::array<std::string_view, 9> kOptions{
      "--python", "--extra",  "--group",  "--no-default-groups", "--offline", "--find-links",
      "--script", "--report", "--verbose"};
  return std::ranges::find(kOptions, word.substr(0, word.find('='))) != kOptions.end();
}

}  // namespace pel
