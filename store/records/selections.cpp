#include "store/records/selections.hpp"

#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>
#include <utility>

#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/base/mapped_file.hpp"

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
  // Under the same condition as on the hot path, or what that refuses would never be written anew.
  int error = 0;
  const MappedFile file =
      MappedFile::open(cache.selection(key).c_str(), MappedFile::Trust::own_or_root, error);
  return file ? SelectionRecord::parse(file.bytes()) : std::nullopt;
}

void write_selection(const CacheLayout& cache, const std::string& key,
                     const SelectionRecord& record) {
  AtomicFile file(cache.selection(key));
  file.write(record.serialize());
  file.commit();
}

}  // namespace pel
