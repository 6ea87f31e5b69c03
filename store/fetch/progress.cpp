#include "store/fetch/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>

#include "store/base/terminal_text.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kRedrawInterval{100};
constexpr std::size_t kUsualWidth = 80;
constexpr std::string_view kEraseLine = "\r\x1b[K";

class SilentProgress : public ProgressSink {};

// "12.3 MB"; decimal units, as download sizes usually have.
std::string size_text(std::uint64_t bytes) {
  constexpr std::array<const char*, 4> kUnits{"kB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  while (value >= 999.95 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  std::array<char, 32> buffer;
  const int size = std::snprintf(buffer.data(), buffer.size(), "%.1f %s", value, kUnits[unit]);
  return {buffer.data(), static_cast<std::size_t>(std::max(size, 0))};
}

// Never more than there is: a line that wraps could not be erased.
std::size_t terminal_width() {
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? std::size_t{size.ws_col} : kUsualWidth;
}

// Whatever cannot be written is lost: progress is no result.
void put(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno != EINTR) {
      return;
    }
    text.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
  }
}

class TerminalProgress : public ProgressSink {
 public:
  explicit TerminalProgress(std::string_view title) : title_(title) {}

  ~TerminalProgress() override {
    if (drawn_) {
      put(kEraseLine);
    }
  }

  TerminalProgress(const TerminalProgress&) = delete;
  TerminalProgress& operator=(const TerminalProgress&) = delete;

  void files(std::size_t count) override {
    const std::scoped_lock lock(mutex_);
    files_ = count;
  }

  void file_done() override {
    const std::scoped_lock lock(mutex_);
    ++files_done_;
    draw();
  }

  void total(std::uint64_t bytes) override {
    const std::scoped_lock lock(mutex_);
    total_ = bytes;
  }

  void advance(std::uint64_t bytes) override {
    const std::scoped_lock lock(mutex_);
    done_ += bytes;
    draw();
  }

  void message(std::string_view text) override {
    const std::scoped_lock lock(mutex_);
    put(concat(drawn_ ? kEraseLine : "", terminal_text(text), "\n"));
    drawn_ = false;
    last_draw_ = {};
  }

 private:
  void draw() {
    const auto now = Clock::now();
    if (drawn_ && now - last_draw_ < kRedrawInterval) {
      return;
    }
    last_draw_ = now;
    drawn_ = true;
    std::string line =
        concat(title_, " ", std::to_string(files_done_), "/", std::to_string(files_));
    if (total_ > 0) {
      line += concat("  ", size_text(done_), " of ", size_text(total_), "  ", bar());
    }
    put(concat(kEraseLine, std::string_view(line).substr(0, terminal_width() - 1)));
  }

  [[nodiscard]] std::string bar() const {
    constexpr std::size_t kWidth = 20;
    const double share = static_cast<double>(done_) / static_cast<double>(std::max(total_, done_));
    const auto full = static_cast<std::size_t>(share * kWidth);
    return concat("[", std::string(full, '='), std::string(kWidth - full, ' '), "]");
  }

  std::mutex mutex_;
  std::string title_;
  std::size_t files_ = 0;
  std::size_t files_done_ = 0;
  std::uint64_t total_ = 0;
  std::uint64_t done_ = 0;
  bool drawn_ = false;
  Clock::time_point last_draw_;
};

}  // namespace

ProgressStyle progress_style_for_stderr() {
  const char* const term = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  const bool capable = term != nullptr && *term != '\0' && std::string_view(term) != "dumb";
  // The terminal of a CI job is a file in the end.
  const char* const ci = std::getenv("CI");  // NOLINT(concurrency-mt-unsafe): as above
  const bool watched = ci == nullptr || *ci == '\0' || std::string_view(ci) == "false";
  return capable && watched && ::isatty(STDERR_FILENO) == 1 ? ProgressStyle::bar
                                                            : ProgressStyle::silent;
}

std::unique_ptr<ProgressSink> make_progress(ProgressStyle style, std::string_view title) {
  if (style == ProgressStyle::bar) {
    return std::make_unique<TerminalProgress>(title);
  }
  return std::make_unique<SilentProgress>();
}

}  // namespace pel
