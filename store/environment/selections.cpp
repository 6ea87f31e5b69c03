#include "store/environment/selections.hpp"

#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/environment/file_system.hpp"

namespace pel {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

}  // namespace

std::vector<StoredSelection> list_selections(const CacheLayout& cache) {
  const std::string folder = cache.selections();
  const std::unique_ptr<DIR, CloseDirectory> directory(::opendir(folder.c_str()));
  std::vector<StoredSelection> found;
  if (directory == nullptr) {
    if (errno == ENOENT) {
      return found;
    }
    throw_errno("list", folder);
  }
  while (const dirent* const entry = ::readdir(directory.get())) {
    std::string key = static_cast<const char*>(entry->d_name);
    if (key.starts_with('.')) {
      continue;
    }
    if (auto record = read_selection(cache, key)) {
      found.push_back({std::move(key), std::move(*record)});
    }
  }
  std::ranges::sort(found, {}, &StoredSelection::key);
  return found;
}

std::optional<SelectionRecord> read_selection(const CacheLayout& cache, const std::string& key) {
  const auto bytes = read_file_if_any(cache.selection(key));
  if (!bytes) {
    return std::nullopt;
  }
  return SelectionRecord::parse(std::as_bytes(std::span(*bytes)));
}

void write_selection(const CacheLayout& cache, const std::string& key,
                     const SelectionRecord& record) {
  AtomicFile file(cache.selection(key));
  file.write(record.serialize());
  file.commit();
}

}  // namespace pel
