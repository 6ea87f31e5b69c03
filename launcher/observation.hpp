#pragma once

#include <cstdint>
#include <string>

#include "launcher/command_line.hpp"
#include "launcher/options.hpp"
#include "store/environment/environment.hpp"

namespace pel {

// What `run` shall tell of itself: how long imports took, and its phases. Most of it happens in the
// process that this one becomes, which is told by variables (embed/import_observer.hpp).
class Observation {
 public:
  void describe(OptionSet& options);

  [[nodiscard]] bool wanted() const noexcept { return trace_ || !import_times_.empty(); }

  // Throws Error if what is wanted cannot be had, before anything else is done.
  void check() const;

  // Prints the phases up to here, and sets the variables for the program that this process becomes.
  void hand_on(CommandContext& context, const EnvironmentResult& result) const;

 private:
  bool trace_ = false;
  std::string import_times_;  // a file, or "-" for standard error
  std::int64_t begin_ = now();

  // Nanoseconds of CLOCK_MONOTONIC.
  [[nodiscard]] static std::int64_t now() noexcept;
};

}  // namespace pel
