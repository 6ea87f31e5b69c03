#pragma once

#include <atomic>
#include <map>
#include <string>
#include <vector>

#include "frontend/lock_draft.hpp"
#include "store/fetch/index_pages.hpp"

namespace pel {

struct IndexQuery {
  std::vector<std::string> names{};  // normalised
  std::vector<std::string> urls{};   // of indexes: ".../simple"; each once is enough
  // Names that are looked for in these indexes, and in none of `urls`.
  std::map<std::string, std::vector<std::string>> own_urls{};
  // Folders whose files count too, hashed here, and pages of links with hashes.
  std::vector<std::string> find_links{};
  bool offline = false;  // folders and local pages only
  DownloadLimits downloads{};
  const std::atomic<bool>* cancelled = nullptr;
};

// What indexes and folders offer for each name; files of find_links come first, those of folders
// with a file: URL. Throws what fetch_index_pages() and FindLinks::parse() throw.
[[nodiscard]] std::map<std::string, std::vector<IndexFile>> find_index_files(
    const IndexQuery& query);

// Where the file lies, for a lock: URL without credentials, or path; and its size.
void set_place(DraftFile& file, const IndexFile& found, const LockFolders& folders);

}  // namespace pel
