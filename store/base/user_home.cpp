#include "store/base/user_home.hpp"

#include <cstdlib>

#include "store/base/text.hpp"

namespace pel {
namespace {

std::string absolute_variable(const char* name) {
  const char* const value = ::secure_getenv(name);
  return value == nullptr || *value != '/' ? std::string() : std::string(value);
}

}  // namespace

std::string user_home() {
  return absolute_variable("HOME");
}

std::string base_directory(const char* variable, std::string_view below_home) {
  if (std::string base = absolute_variable(variable); !base.empty()) {
    return base;
  }
  const std::string home = user_home();
  return home.empty() ? std::string() : concat(home, "/", below_home);
}

}  // namespace pel
