#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace pel {

// Hears how far a piece of work is. All functions are called from any thread.
class ProgressSink {
 public:
  ProgressSink() = default;
  virtual ~ProgressSink() = default;
  ProgressSink(const ProgressSink&) = delete;
  ProgressSink& operator=(const ProgressSink&) = delete;

  virtual void files(std::size_t count) { static_cast<void>(count); }

  virtual void file_done() {}

  // How many bytes there are altogether, as far as is known now; may grow.
  virtual void total(std::uint64_t bytes) { static_cast<void>(bytes); }

  virtual void advance(std::uint64_t bytes) { static_cast<void>(bytes); }

  // Something that a person wants to know although the work goes on: "retrying …".
  virtual void message(std::string_view text) { static_cast<void>(text); }
};

enum class ProgressStyle { bar, silent };

// What suits the standard error stream: a bar only on a terminal that can redraw a line, and not in
// a CI job (the variable CI is set).
[[nodiscard]] ProgressStyle progress_style_for_stderr();

// A line on standard error that is redrawn at most ten times a second and is gone when the object
// is destroyed; with ProgressStyle::silent nothing is written. `title` is "Downloading".
[[nodiscard]] std::unique_ptr<ProgressSink> make_progress(ProgressStyle style,
                                                          std::string_view title);

}  // namespace pel
