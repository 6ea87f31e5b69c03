#pragma once

#include <span>
#include <string>

#include "lock/interpreter_facts.hpp"

namespace pel {

// What names the content of a store for a CI's cache: the same on every machine of one kind, for
// the same locks in any order, and another when the store's formats, the system, the interpreter or
// a lock are others. Two parts, each of letters, digits, '.', '_' and '-': machine() is a prefix of
// every key of this kind of machine, for caches that take the nearest.
class CacheKey {
 public:
  // `locks` are digests of the locks' text and of what is chosen of it.
  CacheKey(const InterpreterFacts& interpreter, std::span<const std::string> locks);

  // "pyenvlaunch-1.1.1-linux-x86_64-glibc2.36-cpython-311-x86_64-linux-gnu-3.11.2-"
  [[nodiscard]] const std::string& machine() const noexcept { return machine_; }

  [[nodiscard]] std::string text() const { return machine_ + digest_; }

 private:
  std::string machine_;
  std::string digest_;
};

}  // namespace pel
