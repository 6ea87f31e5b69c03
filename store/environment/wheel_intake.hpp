#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "lock/selection.hpp"

namespace pel {

class ProgressSink;
class Store;

struct IntakeOptions {
  bool offline = false;
  std::vector<std::string> find_links;
  std::string download_dir;
  ProgressSink* progress = nullptr;
  const std::atomic<bool>* cancelled = nullptr;

  // Called for each wheel once it is in the store, at once for those that were there already; from
  // several threads.
  std::function<void(const std::string& id)> on_present;
};

struct IntakeResult {
  std::vector<std::string> wheel_ids;  // of all wheels, in the selection's order
  std::size_t added = 0;
  std::size_t downloaded = 0;
  std::uint64_t bytes = 0;  // of the wheel files that were added
  std::vector<std::string> warnings;
};

// Brings the wheels of a selection that are missing into the store: several are unpacked at once
// while others are still being downloaded. The first failure stops the rest and is thrown, with
// the wheel's name as a frame.
[[nodiscard]] IntakeResult take_in_wheels(const Store& store, const Selection& selection,
                                          const IntakeOptions& options);

}  // namespace pel
