#include "store/base/real_path.hpp"

#include <cstdlib>
#include <memory>

#include "store/base/path.hpp"
#include "store/base/text.hpp"

namespace pel {

std::string real_path(const std::string& path) {
  std::string missing;
  for (std::string there = path;; there = directory_of(there)) {
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(there.c_str(), nullptr),
                                                           &std::free);
    if (real != nullptr) {
      return missing.empty() ? std::string(real.get())
                             : lexically_normal(concat(real.get(), missing));
    }
    if (there == "/" || there == ".") {
      return lexically_normal(path);
    }
    missing = concat("/", name_of(there), missing);
  }
}

}  // namespace pel
