#pragma once

#include <cstdlib>

namespace pel::test {

// For fuzz targets: a promise that does not hold is a crash.
inline void require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

}  // namespace pel::test
