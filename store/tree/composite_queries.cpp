#include "store/tree/composite_queries.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/store.hpp"
#include "store/tree/stored_index.hpp"

namespace pel {
namespace {

void measure(const std::string& path, std::uint64_t& bytes, std::uint64_t& inodes) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) {
      return;
    }
    throw_errno("measure", path);
  }
  if (S_ISDIR(status.st_mode)) {
    ++inodes;
    for (const DirectoryEntry& entry : read_directory(path)) {
      measure(concat(path, "/", entry.name), bytes, inodes);
    }
  } else if (status.st_nlink == 1) {
    ++inodes;
    bytes += static_cast<std::uint64_t>(status.st_size);
  }
}

}  // namespace

std::vector<std::string> composite_ids(const StoreLayout& layout) {
  std::vector<std::string> ids;
  for (DirectoryEntry& entry : read_directory(layout.composites())) {
    if (entry.is_directory && is_store_id(entry.name)) {
      ids.push_back(std::move(entry.name));
    }
  }
  return ids;
}

std::optional<std::vector<std::string>> composite_members(const StoreLayout& layout,
                                                          std::string_view id) {
  const StoredIndex index(concat(layout.composite(id), "/", index_format::kFileName));
  if (index.view() == nullptr || !index.view()->cold_is_intact()) {
    return std::nullopt;
  }
  std::vector<std::string> ids;
  for (std::string_view rest = index.view()->record(); !rest.empty();) {
    const std::size_t end = rest.find('\n');
    ids.emplace_back(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return ids;
}

WheelUsage composite_usage(const StoreLayout& layout, const std::string& id) {
  WheelUsage usage;
  usage.id = id;
  measure(layout.composite(id), usage.bytes, usage.inodes);
  measure(layout.bytecode(id), usage.bytecode_bytes, usage.bytecode_inodes);
  return usage;
}

}  // namespace pel
