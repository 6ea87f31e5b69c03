#include "launcher/hot/phase_log.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>

namespace pel {
namespace {

constexpr double kMillisecondsInSecond = 1e3;
constexpr double kNanosecondsInMillisecond = 1e6;
constexpr std::size_t kLongestLine = 4096 + 200;  // with a path

int printed_size(std::string_view text) {
  return static_cast<int>(text.size());
}

}  // namespace

void PhaseLog::end(std::string_view phase, std::string_view detail) noexcept {
  if (!on_) {
    return;
  }
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const double milliseconds =
      static_cast<double>(now.tv_sec - begin_.tv_sec) * kMillisecondsInSecond +
      static_cast<double>(now.tv_nsec - begin_.tv_nsec) / kNanosecondsInMillisecond;
  begin_ = now;
  std::array<char, kLongestLine> line{};
  const int size = std::snprintf(
      line.data(), line.size(), "pyenvlaunch: debug: %.*s: %.*s%s%.2f ms\n", printed_size(phase),
      phase.data(), printed_size(detail), detail.data(), detail.empty() ? "" : ", ", milliseconds);
  if (size > 0 && static_cast<std::size_t>(size) < line.size()) {
    static_cast<void>(!::write(STDERR_FILENO, line.data(), static_cast<std::size_t>(size)));
  }
}

}  // namespace pel
