#include "launcher/environment_options.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <numeric>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/environment/script_request.hpp"
#include "store/fetch/progress.hpp"
#include "store/format/selection_key.hpp"

namespace pel {
namespace {

std::string with_one_decimal(double value, const char* unit) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.1f %s", value, unit);
  return text.data();
}

void check_mode(const std::string& mode) {
  if (mode.empty() || mode == "embedded" || mode == "hosted") {
    return;
  }
  throw Error(ErrorCode::usage, concat("bad value '", mode, "' of PYENVLAUNCH_MODE"))
      .with_hint("set it to embedded or hosted, or unset it");
}

}  // namespace

void EnvironmentOptions::describe(OptionSet& options) {
  options.value("python", python, "SPEC", "interpreter: a path, 3.12, or >=3.11");
  options.list("extra", extras, "E", "with this extra of the lock (may be repeated)");
  options.list("group", groups, "G", "with this dependency group (may be repeated)");
  options.flag("no-default-groups", no_default_groups, "without the lock's default groups");
  options.flag("offline", offline, "make no network connection");
  options.list("find-links", find_links, "DIR|URL",
               "look for wheels there first (may be repeated)");
}

EnvironmentRequest EnvironmentOptions::request(const Settings& settings,
                                               std::string_view lock) const {
  check_mode(settings.mode);
  EnvironmentRequest request;
  request.lock_path = lock.empty() ? std::string() : absolute_path(lock);
  request.selection = {extras, groups, !no_default_groups};
  request.python_spec = python;
  if (settings.python_source == "PYENVLAUNCH_PYTHON") {
    request.env_python = settings.python;
  } else {
    request.configured_python = settings.python;
    request.configured_python_source = settings.python_source;
  }
  request.path_variable = settings.path;
  request.mode = settings.mode;
  request.offline = offline || settings.offline;
  request.find_links = absolute_places(find_links.empty() ? settings.find_links : find_links);
  request.locations = settings.locations();
  request.limits = settings.unpack_limits();
  request.downloads = settings.downloads();
  request.cancelled = settings.interrupted;
  return request;
}

EnvironmentRequest EnvironmentOptions::script_request(const Settings& settings,
                                                      std::string_view script) const {
  EnvironmentRequest result = request(settings, {});
  request_script(result, std::string(script));
  return result;
}

std::vector<std::string> absolute_places(const std::vector<std::string>& places) {
  std::vector<std::string> result;
  for (const std::string& place : places) {
    const bool is_url = place.find("://") != std::string::npos || place.starts_with("file:");
    result.push_back(is_url ? place : absolute_path(place));
  }
  return result;
}

EnvironmentResult make_environment_for(CommandContext& context, EnvironmentRequest request,
                                       bool quiet) {
  EnvironmentResult result;
  {
    const auto progress =
        make_progress(quiet ? ProgressStyle::silent : progress_style_for_stderr(), "Downloading");
    request.progress = progress.get();
    if (!quiet) {
      request.notify = [&](std::string_view line) { context.console.note(line); };
    }
    result = make_environment(request);
  }
  report_phases(context, result);
  for (const std::string& warning : result.warnings) {
    context.console.warn(warning);
  }
  return result;
}

void report_phases(CommandContext& context, const EnvironmentResult& result) {
  for (const Phase& phase : result.phases) {
    context.console.debug(concat(phase.name, ": ", human_time(phase.milliseconds)));
  }
}

double total_milliseconds(const EnvironmentResult& result) {
  return std::accumulate(result.phases.begin(), result.phases.end(), 0.0,
                         [](double sum, const Phase& phase) { return sum + phase.milliseconds; });
}

std::string human_size(std::uint64_t bytes) {
  constexpr double kStep = 1000;
  constexpr std::array kUnits = {"kB", "MB", "GB", "TB"};
  if (bytes < 1000) {
    return concat(std::to_string(bytes), " bytes");
  }
  double value = static_cast<double>(bytes) / kStep;
  std::size_t unit = 0;
  while (value >= kStep && unit + 1 < kUnits.size()) {
    value /= kStep;
    ++unit;
  }
  return with_one_decimal(value, kUnits[unit]);
}

std::string human_time(double milliseconds) {
  constexpr double kSecond = 1000;
  return milliseconds < kSecond ? with_one_decimal(milliseconds, "ms")
                                : with_one_decimal(milliseconds / kSecond, "s");
}

std::string counted(std::size_t count, std::string_view noun) {
  return concat(std::to_string(count), " ", noun, count == 1 ? "" : "s");
}

}  // namespace pel
