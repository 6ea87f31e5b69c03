#include "frontend/package_index.hpp"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <set>

#include "frontend/lock_text.hpp"
#include "lock/package_name.hpp"
#include "store/base/text.hpp"
#include "store/fetch/url.hpp"
#include "store/tree/wheel_file.hpp"

namespace pel {
namespace {

namespace fs = boost::filesystem;

std::string page_url(std::string_view index, std::string_view name) {
  return concat(index, index.ends_with('/') ? "" : "/", name, "/");
}

// The project of a file's name, normalised: "foo-bar" of Foo_Bar-1.0-py3-none-any.whl. That of an
// sdist may hold dashes; then all up to the last is the name.
std::string project_of(const std::string& file) {
  const std::size_t dash = file.ends_with(".whl") ? file.find('-') : file.rfind('-');
  return dash == std::string::npos ? std::string() : normalize_name(file.substr(0, dash));
}

void add_folder(const std::string& folder, const std::set<std::string>& names,
                std::map<std::string, std::vector<IndexFile>>& result) {
  boost::system::error_code error;
  std::vector<std::string> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    files.push_back(entry.path().filename().native());
  }
  std::ranges::sort(files);
  for (const std::string& name : files) {
    const std::string project = project_of(name);
    if (names.contains(project)) {
      const WheelFile file(concat(folder, "/", name));
      result[project].push_back({.name = name,
                                 .url = concat("file://", file.path()),
                                 .size = file.bytes().size(),
                                 .sha256 = file.sha256().hex(),
                                 .metadata_sha256 = {}});
    }
  }
}

}  // namespace

std::map<std::string, std::vector<IndexFile>> find_index_files(const IndexQuery& query) {
  std::map<std::string, std::vector<IndexFile>> result;
  const std::set<std::string> names(query.names.begin(), query.names.end());
  for (const std::string& place : query.find_links) {
    if (!is_http_url(place)) {
      add_folder(path_of_file_url(place).value_or(place), names, result);
    }
  }
  if (query.offline || names.empty()) {
    return result;
  }
  std::vector<std::string> urls;
  std::vector<std::string> owners;
  std::set<std::string> seen;
  for (const std::string& name : names) {
    const auto own = query.own_urls.find(name);
    for (const std::string& index : own == query.own_urls.end() ? query.urls : own->second) {
      if (is_http_url(index) && seen.insert(page_url(index, name)).second) {
        urls.push_back(page_url(index, name));
        owners.push_back(name);
      }
    }
  }
  const auto pages = fetch_index_pages(urls, {}, query.cancelled);
  for (std::size_t i = 0; i < pages.size(); ++i) {
    auto& files = result[owners[i]];
    files.insert(files.end(), pages[i].begin(), pages[i].end());
  }
  return result;
}

void set_place(DraftFile& file, const IndexFile& found, const LockFolders& folders) {
  if (const auto path = path_of_file_url(found.url)) {
    file.path = moved_path(*path, folders);
  } else {
    file.url = without_credentials(found.url);
  }
  file.size = found.size;
}

}  // namespace pel
