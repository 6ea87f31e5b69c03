#include "launcher/hot/preloaded.hpp"

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "launcher/hot/use_descriptor.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

constexpr const char* kVariable = "LD_PRELOAD";
constexpr std::string_view kSeparators = ": ";

// The loader skips the empty name, which nobody else has a reason to write: so it marks our part.
constexpr std::string_view kMark = "::";

bool is_loaded(const std::string& library) noexcept {
  return ::dlopen(library.c_str(), RTLD_LAZY | RTLD_NOLOAD) != nullptr;
}

// A name that could not be loaded was reported by the loader, and would be again.
bool any_is_loaded(std::string_view names) {
  while (!names.empty()) {
    const std::size_t end = std::min(names.find_first_of(kSeparators), names.size());
    if (end != 0 && is_loaded(std::string(names.substr(0, end)))) {
      return true;
    }
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return false;
}

}  // namespace

// NOLINTBEGIN(concurrency-mt-unsafe): no other thread yet
void load_with_preloaded(const std::string& libpython, const std::string& prefix,
                         std::span<char* const> arguments) noexcept {
  const char* const value = std::getenv(kVariable);
  if (value == nullptr) {
    return;
  }
  const std::string names(value);
  const std::string ours = concat(kMark, libpython);
  if (names.ends_with(ours)) {
    ::setenv(kVariable, names.substr(0, names.size() - ours.size()).c_str(), 1);
    take_over_use(prefix);
    return;
  }
  if (libpython.find_first_of(kSeparators) != std::string::npos || is_loaded(libpython) ||
      !any_is_loaded(names)) {
    return;
  }
  ::setenv(kVariable, concat(names, ours).c_str(), 1);
  hand_on_use(prefix);
  ::execv(arguments[0], arguments.data());
  take_over_use(prefix);
  ::setenv(kVariable, names.c_str(), 1);
}

// NOLINTEND(concurrency-mt-unsafe)

}  // namespace pel
