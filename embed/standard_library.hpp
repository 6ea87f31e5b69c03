#pragma once

#include <sys/stat.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "store/format/standard_view.hpp"

namespace pel {

// The pack of the interpreter's standard library. What it says of a directory holds as long as that
// has the time that it had when the pack was made, which is looked at once in a process, and again
// after importlib.invalidate_caches(). What it says of a module's code holds as long as the source
// has that time and size, which is looked at each time.
//
// One of the process, shared by all interpreters and threads, without a lock. Without a pack, or
// with one that cannot be used, every question is left to importlib.
class StandardLibrary {
 public:
  [[nodiscard]] static StandardLibrary& get() noexcept;

  constexpr StandardLibrary() noexcept = default;

  // The number of a directory of which the pack knows all; `path` is below the library's own,
  // `root`. Nothing when importlib has to look.
  [[nodiscard]] std::optional<std::uint32_t> directory(std::string_view root,
                                                       std::string_view path) noexcept;

  // What FileFinder would find in that directory; ModuleKind::other when only it can tell, nothing
  // when there is no such module.
  [[nodiscard]] std::optional<standard_format::ModuleRecord> module(std::uint32_t directory,
                                                                    std::string_view name) noexcept;

  [[nodiscard]] std::string_view text(StringRef ref) noexcept { return view_.text(ref); }

  // The marshalled code of the source at `path`, an absolute one of which the first `root_size`
  // characters are the library's, if the source with this `status` is what it was. Empty when
  // importlib has to look.
  [[nodiscard]] std::span<const std::byte> code(std::string_view path, std::size_t root_size,
                                                const struct stat& status) noexcept;

  // The directories are looked at again.
  void forget() noexcept { generation_.fetch_add(1, std::memory_order_relaxed); }

 private:
  [[nodiscard]] const StandardView* view() noexcept;
  [[nodiscard]] bool open() noexcept;
  [[nodiscard]] static bool pack_path(char* buffer, std::size_t size) noexcept;

  static StandardLibrary of_process_;

  std::atomic<int> state_{0};
  std::atomic<std::uint32_t> generation_{1};
  StandardView view_;  // of a mapping that stays, as threads do while the process ends
  // Of each directory: twice the generation in which it was looked at, plus one if it is unchanged.
  std::atomic<std::uint32_t>* looked_ = nullptr;
};

}  // namespace pel
