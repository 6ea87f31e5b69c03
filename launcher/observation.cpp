#include "launcher/observation.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>

#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/format/selection_key.hpp"

namespace pel {
namespace {

constexpr const char* kTimesVariable = "PYENVLAUNCH_IMPORT_TIMES";
constexpr const char* kTraceVariable = "PYENVLAUNCH_TRACE";
constexpr std::string_view kStandardError = "-";
constexpr double kNanosecondsInMillisecond = 1e6;

void set(const char* variable, const std::string& value) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the only thread left
  if (::setenv(variable, value.c_str(), 1) != 0) {
    throw_errno("set", variable);
  }
}

}  // namespace

std::int64_t Observation::now() noexcept {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

void Observation::describe(OptionSet& options) {
  options.optional_value("import-times", import_times_, kStandardError, "FILE",
                         "tell how long imports took, or draw it on an HTML page");
  options.flag("trace", trace_, "print what a run consists of, and when it is done");
}

void Observation::check() const {
  if (import_times_.empty() || import_times_ == kStandardError) {
    return;
  }
  const std::string path = absolute_path(import_times_);
  if (::access(directory_of(path).c_str(), W_OK | X_OK) != 0 ||
      (::access(path.c_str(), F_OK) == 0 && ::access(path.c_str(), W_OK) != 0)) {
    throw_errno("write", path);
  }
}

void Observation::hand_on(CommandContext& context, const EnvironmentResult& result) const {
  const std::string process = concat(std::to_string(::getpid()), ":", std::to_string(begin_));
  if (!import_times_.empty()) {
    set(kTimesVariable,
        concat(process, ":",
               import_times_ == kStandardError ? std::string() : absolute_path(import_times_)));
  }
  if (!trace_) {
    return;
  }
  set(kTraceVariable, process);
  const auto tell = [&](double milliseconds, std::string_view what) {
    std::array<char, 32> number{};
    std::snprintf(number.data(), number.size(), "%8.1f ms  ", milliseconds);
    context.console.note(concat("trace: ", number.data(), what));
  };
  double at = 0;
  for (const Phase& phase : result.phases) {
    at += phase.milliseconds;
    tell(at, concat("environment: ", phase.name));
  }
  tell(static_cast<double>(now() - begin_) / kNanosecondsInMillisecond,
       "the environment is complete, the first program takes over");
}

}  // namespace pel
