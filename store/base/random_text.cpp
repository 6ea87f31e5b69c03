#include "store/base/random_text.hpp"

#include <sys/random.h>

#include <cstdint>
#include <string_view>

#include "store/base/error.hpp"

namespace pel {

std::string random_text() {
  std::uint64_t number = 0;
  if (::getrandom(&number, sizeof number, 0) != static_cast<ssize_t>(sizeof number)) {
    throw_errno("read", "random numbers");
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (; number != 0; number >>= 4U) {
    text += kDigits[number & 15U];
  }
  return text;
}

}  // namespace pel
