#include "launcher/hot/script_call.hpp"

#include <sys/auxv.h>

#include <string_view>

#include "launcher/hot/executed_as.hpp"
#include "launcher/hot/split_string.hpp"

namespace pel {
namespace {

// The file that the kernel was asked to execute, if that is a script whose first line names this
// program; else empty.
std::string_view executed_script() {
  const auto* const name =
      reinterpret_cast<const char*>(::getauxval(AT_EXECFN));  // NOLINT(performance-no-int-to-ptr)
  return name == nullptr || is_this_program(name) ? std::string_view() : std::string_view(name);
}

bool needs_splitting(std::string_view text) noexcept {
  return text.find_first_of(" \t\n\v\f\r\"'\\$") != std::string_view::npos || text.starts_with('#');
}

}  // namespace

std::optional<std::vector<std::string>> split_first_argument(std::span<char* const> argv) {
  constexpr std::size_t kLeast = 3;  // this program, the glued words, the script
  if (argv.size() < kLeast || !needs_splitting(argv[1]) || executed_script().empty() ||
      executed_script() == argv[1]) {
    return std::nullopt;
  }
  std::vector<std::string> words = split_string(argv[1]);
  words.insert(words.begin(), argv[0]);
  words.insert(words.end(), argv.begin() + 2, argv.end());
  return words;
}

std::optional<RunOptions> as_script_call(std::span<char* const> words) {
  if (words.empty()) {
    return std::nullopt;
  }
  auto options = parse_script_call(words);
  if (!options ||
      (options->script.find('/') == std::string::npos && options->script != executed_script())) {
    return std::nullopt;
  }
  return options;
}

}  // namespace pel
