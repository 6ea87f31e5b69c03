#pragma once

#include <ctime>
#include <string_view>

namespace pel {

// Tells on standard error how long each part of a start took, as the manager does for its own:
//
//   pyenvlaunch: debug: lock: 0.1 ms
//
// Of one thread.
class PhaseLog {
 public:
  // Begins to measure, though nobody may have asked yet.
  PhaseLog() noexcept { ::clock_gettime(CLOCK_MONOTONIC, &begin_); }

  void turn_on() noexcept { on_ = true; }

  // The part that ends here; `detail`, if any, stands in front of its time. Never throws: what
  // cannot be written is not.
  void end(std::string_view phase, std::string_view detail = {}) noexcept;

 private:
  timespec begin_{};
  bool on_ = false;
};

}  // namespace pel
