#include "launcher/cache_key.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "store/base/key_hasher.hpp"
#include "store/base/text.hpp"
#include "store/format/index_format.hpp"
#include "store/format/pack_format.hpp"
#include "store/format/table_format.hpp"

namespace pel {
namespace {

constexpr std::string_view kPlain =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

std::string plain(std::string text) {
  for (char& c : text) {
    c = kPlain.find(c) == std::string_view::npos ? '_' : c;
  }
  return text;
}

std::string libc(const InterpreterFacts& interpreter) {
  if (!interpreter.glibc_version.empty()) {
    return concat("glibc", interpreter.glibc_version);
  }
  return interpreter.musl_version.empty() ? "libc" : concat("musl", interpreter.musl_version);
}

}  // namespace

CacheKey::CacheKey(const InterpreterFacts& interpreter, std::span<const std::string> locks) {
  machine_ =
      plain(concat("pyenvlaunch-", std::to_string(index_format::kVersion), ".",
                   std::to_string(pack_format::kVersion), ".",
                   std::to_string(table_format::kVersion), "-", interpreter.platform, "-",
                   libc(interpreter), "-", interpreter.soabi, "-", interpreter.full_version, "-"));
  std::vector<std::string> sorted(locks.begin(), locks.end());
  std::ranges::sort(sorted);
  KeyHasher hasher;
  for (const std::string& lock : sorted) {
    hasher.add(lock);
  }
  digest_ = hasher.hex();
}

}  // namespace pel
