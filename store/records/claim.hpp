#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/base/fd.hpp"
#include "store/tree/store_layout.hpp"
#include "store/tree/store_lock.hpp"

namespace pel {

// An environment that is being made is a root, too: what is found in the store stays there until
// the environment's own root is written, and so does an earlier directory of the environment. A
// claim is a file "add-<process>-<random>" among the roots, locked with flock as long as its
// process lives; what a dead one has left says nothing.
//
// Must be made before the store is asked for the wheels. Where no root can be written (a store of
// somebody else) it holds the StoreLock instead, and clearing up waits.
class Claim {
 public:
  // Throws Error(busy) when garbage collection does not come to an end.
  Claim(const StoreLayout& layout, std::string_view environment_id,
        std::span<const std::string> wheel_ids, std::string_view launcher_id,
        const std::atomic<bool>* cancelled = nullptr);
  ~Claim();
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

  // Claims composites as well, before the store is asked for them.
  void extend(std::span<const std::string> composite_ids);

 private:
  void write(std::span<const std::string> composite_ids);

  StoreLayout layout_;
  std::string environment_id_;
  std::vector<std::string> wheel_ids_;
  std::string launcher_id_;
  const std::atomic<bool>* cancelled_;
  std::string path_;
  UniqueFd fd_;
  std::optional<StoreLock> lock_;  // instead of a file
};

// Whether the claim of this file is that of a process that lives. Asked under the StoreLock, alone.
[[nodiscard]] bool is_live_claim(const std::string& path);

}  // namespace pel
