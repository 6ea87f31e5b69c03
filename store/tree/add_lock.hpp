#pragma once

#include "store/base/fd.hpp"
#include "store/base/sha256.hpp"
#include "store/tree/store_layout.hpp"

namespace pel {

// Held while a wheel is unpacked, so that others who want the same one wait for it instead of
// unpacking it as well. A courtesy: an add is right without it, too. So nobody waits longer than a
// minute, and a store that cannot be locked is not. Wheels share locks by the first digits of their
// hash; nobody holds two.
class AddLock {
 public:
  AddLock(const StoreLayout& layout, const Sha256& sha256);

 private:
  UniqueFd fd_;
};

}  // namespace pel
