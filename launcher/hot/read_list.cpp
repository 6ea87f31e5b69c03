#include "launcher/hot/read_list.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "store/base/fd.hpp"
#include "store/base/hash.hpp"
#include "store/base/text.hpp"

namespace pel::read_list {
namespace {

constexpr std::size_t kDigits = 16;
constexpr int kDecimal = 10;
constexpr int kHexadecimal = 16;
// Ranges with a smaller gap between them are read as one: a request more costs more than its pages.
constexpr std::uint64_t kMaxGap = 32;

std::string hexadecimal(std::uint64_t number) {
  std::string digits(kDigits, '0');
  char buffer[kDigits];
  const auto end = std::to_chars(buffer, buffer + kDigits, number, kHexadecimal).ptr;
  std::copy(buffer, end, digits.end() - (end - buffer));
  return digits;
}

// Takes a number and the character behind it off the front of `text`.
std::optional<std::uint64_t> take_number(std::string_view& text, char end, int base = kDecimal) {
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  const auto size = static_cast<std::size_t>(rest - text.data());
  if (error != std::errc() || size >= text.size() || text[size] != end) {
    return std::nullopt;
  }
  text.remove_prefix(size + 1);
  return number;
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::size_t shared_bytes(std::string_view one, std::string_view other) {
  return static_cast<std::size_t>(std::ranges::mismatch(one, other).in1 - one.begin());
}

std::string format_line(const File& file, std::string_view before) {
  const std::size_t shared = shared_bytes(file.path, before);
  std::string line = std::to_string(shared);
  char separator = ' ';
  for (const Range& range : file.ranges) {
    line += separator;
    line += concat(std::to_string(range.first), "+", std::to_string(range.count));
    separator = ',';
  }
  return concat(line, " ", std::string_view(file.path).substr(shared), "\n");
}

std::optional<File> parse_line(std::string_view line, std::string_view before) {
  const auto shared = take_number(line, ' ');
  if (!shared || *shared > before.size()) {
    return std::nullopt;
  }
  File file;
  for (bool more = true; more;) {
    const auto first = take_number(line, '+');
    more = line.find(',') < line.find(' ');
    const auto count = first ? take_number(line, more ? ',' : ' ') : std::nullopt;
    if (!count || file.ranges.size() == kMaxRanges) {
      return std::nullopt;
    }
    file.ranges.push_back({*first, *count});
  }
  file.path = concat(before.substr(0, *shared), line);
  return file;
}

// One line of /proc/self/maps.
struct Mapping {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t offset = 0;
  bool is_private = false;
  std::string_view path;
};

std::optional<Mapping> parse_mapping(std::string_view line) {
  Mapping mapping;
  const auto begin = take_number(line, '-', kHexadecimal);
  const auto end = begin ? take_number(line, ' ', kHexadecimal) : std::nullopt;
  constexpr std::size_t kPermissions = 5;  // "r-xp "
  if (!end || line.size() < kPermissions) {
    return std::nullopt;
  }
  mapping.is_private = line[3] == 'p';
  line.remove_prefix(kPermissions);
  const auto offset = take_number(line, ' ', kHexadecimal);
  const std::size_t path = line.find('/');
  if (!offset || path == std::string_view::npos) {
    return std::nullopt;
  }
  mapping.begin = *begin;
  mapping.end = *end;
  mapping.offset = *offset;
  mapping.path = line.substr(path);
  return mapping;
}

void add_page(std::vector<Range>& ranges, std::uint64_t page) {
  if (!ranges.empty()) {
    Range& last = ranges.back();
    if (page >= last.first && page <= last.first + last.count + kMaxGap) {
      last.count = std::max(last.count, page - last.first + 1);
      return;
    }
  }
  if (ranges.size() < kMaxRanges) {
    ranges.push_back({page, 1});
  }
}

// /proc/self/pagemap: eight bytes a page, the highest bit of which says that it is mapped. What is
// in the page cache (mincore) would be more: whatever the kernel has read ahead.
class PageMap {
 public:
  PageMap() : fd_(::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC)) {}

  void add_present(const Mapping& mapping, std::vector<Range>& ranges) const {
    const std::uint64_t pages = std::min((mapping.end - mapping.begin) / kPageSize, kMaxPages);
    std::vector<std::uint64_t> entries(pages);
    const std::size_t size = pages * sizeof(std::uint64_t);
    const std::uint64_t offset = mapping.begin / kPageSize * sizeof(std::uint64_t);
    if (::pread(fd_.get(), entries.data(), size, static_cast<off_t>(offset)) !=
        static_cast<ssize_t>(size)) {
      return;
    }
    constexpr unsigned kPresentBit = 63;
    for (std::uint64_t page = 0; page < pages; ++page) {
      if ((entries[page] >> kPresentBit) != 0) {
        add_page(ranges, mapping.offset / kPageSize + page);
      }
    }
  }

 private:
  UniqueFd fd_;
};

std::uint64_t page_count(const std::vector<Range>& ranges) {
  std::uint64_t count = 0;
  for (const Range& range : ranges) {
    count += range.count;
  }
  return count;
}

// How many pages of the ranges lie in both.
std::uint64_t common_pages(const std::vector<Range>& some, const std::vector<Range>& others) {
  std::uint64_t count = 0;
  for (const Range& one : some) {
    for (const Range& other : others) {
      const std::uint64_t begin = std::max(one.first, other.first);
      const std::uint64_t end = std::min(one.first + one.count, other.first + other.count);
      count += end > begin ? end - begin : 0;
    }
  }
  return count;
}

void limit_pages(std::vector<File>& files) {
  std::uint64_t left = kMaxPages;
  for (File& file : files) {
    for (Range& range : file.ranges) {
      range.count = std::min(range.count, left);
      left -= range.count;
    }
    std::erase_if(file.ranges, [](const Range& range) { return range.count == 0; });
  }
  std::erase_if(files, [](const File& file) { return file.ranges.empty(); });
}

}  // namespace

std::string format(std::uint64_t key, const std::vector<File>& files) {
  std::string text = concat(hexadecimal(key), "\n");
  std::string_view before;
  for (const File& file : files) {
    const std::string line = format_line(file, before);
    if (kDigits + 1 + text.size() + line.size() > kMaxSize) {
      break;
    }
    text += line;
    before = file.path;
  }
  return concat(hexadecimal(hash64(text)), " ", text);
}

std::optional<std::vector<File>> parse(std::uint64_t key, std::string_view text) {
  const auto digest = take_number(text, ' ', kHexadecimal);
  if (!digest || *digest != hash64(text) || take_number(text, '\n', kHexadecimal) != key) {
    return std::nullopt;
  }
  std::vector<File> files;
  while (!text.empty() && files.size() < kMaxFiles) {
    auto file = parse_line(take_line(text), files.empty() ? std::string_view() : files.back().path);
    if (!file) {
      return std::nullopt;
    }
    files.push_back(*std::move(file));
  }
  return files;
}

bool suffices(const std::vector<File>& known, const std::vector<File>& used) {
  std::uint64_t known_pages = 0;
  std::uint64_t used_pages = 0;
  std::uint64_t common = 0;
  for (const File& file : known) {
    known_pages += page_count(file.ranges);
  }
  for (const File& file : used) {
    used_pages += page_count(file.ranges);
    const auto same = std::ranges::find(known, file.path, &File::path);
    common += same == known.end() ? 0 : common_pages(same->ranges, file.ranges);
  }
  constexpr std::uint64_t kParts = 8;
  return common * kParts >= used_pages * (kParts - 1) && known_pages <= 2 * used_pages;
}

std::vector<File> mapped_files(std::string_view maps) {
  const PageMap page_map;
  std::vector<File> files;
  std::string_view before;
  while (!maps.empty() && files.size() < kMaxFiles) {
    const auto mapping = parse_mapping(take_line(maps));
    if (!mapping || !mapping->is_private || mapping->path.ends_with(" (deleted)")) {
      continue;
    }
    if (mapping->path != before) {
      files.push_back({std::string(mapping->path), {}});
      before = mapping->path;
    }
    page_map.add_present(*mapping, files.back().ranges);
  }
  // The kernel hands out addresses from above.
  std::ranges::reverse(files);
  limit_pages(files);
  return files;
}

}  // namespace pel::read_list
