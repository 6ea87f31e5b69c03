#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/cli.hpp"

namespace pel::test {

// A stdio stream whose text can be read back.
class MemoryStream {
 public:
  MemoryStream() : file_(::open_memstream(&text_, &size_)) {}

  ~MemoryStream() {
    std::fclose(file_);
    std::free(text_);
  }

  MemoryStream(const MemoryStream&) = delete;
  MemoryStream& operator=(const MemoryStream&) = delete;

  [[nodiscard]] std::FILE* file() const { return file_; }

  [[nodiscard]] std::string text() const {
    std::fflush(file_);
    return {text_, size_};
  }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* file_;
};

// Runs command lines in this process, with directories of the test's own.
class CommandRunner {
 public:
  explicit CommandRunner(const std::string& directory) {
    settings_.locations = [directory] {
      return StoreLocations{directory + "/home", directory + "/cache"};
    };
    settings_.interrupted = &never_;
  }

  struct Result {
    int status = -1;
    std::string out;
    std::string err;
  };

  // Throws what the command throws.
  [[nodiscard]] Result run(const std::vector<std::string>& words) const {
    const MemoryStream out;
    const MemoryStream err;
    Console console(out.file(), err.file());
    CommandContext context{console, settings_};
    const std::vector<std::string_view> args(words.begin(), words.end());
    const int status = dispatch(context, args);
    return {status, out.text(), err.text()};
  }

  [[nodiscard]] Settings& settings() { return settings_; }

 private:
  std::atomic<bool> never_{false};
  Settings settings_;
};

}  // namespace pel::test
