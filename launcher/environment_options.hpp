#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/cli.hpp"
#include "launcher/options.hpp"
#include "store/environment/environment.hpp"

namespace pel {

// The options that say which environment of a lock is meant: shared by run, exec, sync and env.
struct EnvironmentOptions {
  std::string python;
  std::vector<std::string> extras;
  std::vector<std::string> groups;
  bool no_default_groups = false;
  bool offline = false;
  std::vector<std::string> find_links;

  // Adds them to a command's set. The object must outlive it.
  void describe(OptionSet& options);

  // The request for `lock`, with what the variables say where no option does. Throws Error(usage)
  // for a PYENVLAUNCH_MODE that this release does not have.
  [[nodiscard]] EnvironmentRequest request(const Settings& settings, std::string_view lock) const;

  // The request for the environment of a script. Throws what request_script() throws, too.
  [[nodiscard]] EnvironmentRequest script_request(const Settings& settings,
                                                  std::string_view script) const;
};

// Values of --find-links: URLs as they are, folders as absolute paths.
[[nodiscard]] std::vector<std::string> absolute_places(const std::vector<std::string>& places);

// make_environment() as commands run it: with a progress bar on a terminal and notes, unless it is
// to be quiet, with warnings, and the phases behind it if the console is in debug mode.
[[nodiscard]] EnvironmentResult make_environment_for(CommandContext& context,
                                                     EnvironmentRequest request,
                                                     bool quiet = false);

// Prints how long each phase took if the console is in debug mode.
void report_phases(CommandContext& context, const EnvironmentResult& result);

// How long all phases took together.
[[nodiscard]] double total_milliseconds(const EnvironmentResult& result);

// 1234567 -> "1.2 MB"
[[nodiscard]] std::string human_size(std::uint64_t bytes);

// 0.01234 -> "12 ms", 2.345 -> "2.3 s"
[[nodiscard]] std::string human_time(double milliseconds);

// 1, "wheel" -> "1 wheel"; 2 -> "2 wheels"
[[nodiscard]] std::string counted(std::size_t count, std::string_view noun);

}  // namespace pel
