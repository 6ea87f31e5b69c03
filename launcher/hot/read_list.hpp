#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pel {

// Which parts of which files a process has mapped, in the order of their first use: what its next
// start on a machine that has forgotten them (a cold page cache) will wait for.
//
//   list = digest:16 " " key:16 "\n" line{n}
//   line = shared " " first "+" count {"," first "+" count} " " rest "\n"
//
// `digest` and `key` are hexadecimal, all else is decimal. `digest` is XXH3-64 of what follows the
// blank behind it, `key` says what was run. A path is the first `shared` bytes of the one before,
// and `rest`; `first` and `count` are pages of 4096 bytes.
namespace read_list {

// In the prefix directory: this, "-", and the key modulo kLists. Commands share these few files.
inline constexpr std::string_view kFileName = "pyenvlaunch.reads";
constexpr std::uint64_t kLists = 3;

constexpr std::uint64_t kPageSize = 4096;
constexpr std::size_t kMaxFiles = 512;
constexpr std::size_t kMaxRanges = 64;         // of one file
constexpr std::size_t kMaxSize = 12UL * 1024;  // of the list's text
constexpr std::uint64_t kMaxPages = 24'576;    // of all files: 96 MiB

struct Range {
  std::uint64_t first;
  std::uint64_t count;
  bool operator==(const Range&) const = default;
};

struct File {
  std::string path;  // absolute
  std::vector<Range> ranges;
  bool operator==(const File&) const = default;
};

[[nodiscard]] std::string format(std::uint64_t key, const std::vector<File>& files);

// Nothing when the text is damaged, or for another key. At most kMaxFiles of kMaxRanges each.
[[nodiscard]] std::optional<std::vector<File>> parse(std::uint64_t key, std::string_view text);

// Whether reading ahead `known` does for a process that has mapped `used`: seven of eight of its
// pages are there, and no more than twice as many. Addresses differ from run to run, and with them
// what the kernel maps around a page.
[[nodiscard]] bool suffices(const std::vector<File>& known, const std::vector<File>& used);

// Of the text of /proc/self/maps: the files that are mapped privately, with the pages that this
// process has used, or the kernel has mapped around them, as far as the limits above reach.
[[nodiscard]] std::vector<File> mapped_files(std::string_view maps);

}  // namespace read_list
}  // namespace pel
