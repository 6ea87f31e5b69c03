#include "frontend/package_index.hpp"

#include <algorithm>
#include <boost/filesystem/operations.hpp>
#include <set>

#include "frontend/lock_text.hpp"
#include "frontend/scratch_directory.hpp"
#include "lock/package_name.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/fetch/find_links.hpp"
#include "store/fetch/url.hpp"
#include "store/format/selection_key.hpp"
#include "store/tree/wheel_file.hpp"

namespace pel {
namespace {

namespace fs = boost::filesystem;
using Found = std::map<std::string, std::vector<IndexFile>>;

std::string page_url(std::string_view index, std::string_view name) {
  return concat(index, index.ends_with('/') ? "" : "/", name, "/");
}

// The project of a file's name, normalised: "foo-bar" of Foo_Bar-1.0-py3-none-any.whl. That of an
// sdist may hold dashes; then all up to the last is the name.
std::string project_of(const std::string& file) {
  const std::size_t dash = file.ends_with(".whl") ? file.find('-') : file.rfind('-');
  return dash == std::string::npos ? std::string() : normalize_name(file.substr(0, dash));
}

void add_folder(const std::string& folder, const std::set<std::string>& names, Found& result) {
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

// Of a page that lists files of any projects. One without a hash is of no use in a lock.
void add_page(const std::vector<IndexFile>& files, const std::set<std::string>& names,
              Found& found) {
  for (const IndexFile& file : files) {
    const std::string project = project_of(file.name);
    if (names.contains(project)) {
      found[project].push_back(file);
    }
  }
}

void add_find_links(const IndexQuery& query, const std::set<std::string>& names, Found& found) {
  const FindLinks links = FindLinks::parse(query.find_links);
  for (const std::string& folder : links.folders) {
    add_folder(folder, names, found);
  }
  for (const std::string& page : links.files) {
    add_page(parse_index_page(read_file(page), "text/html", file_url(absolute_path(page))), names,
             found);
  }
  if (query.offline) {
    return;
  }
  const auto pages =
      fetch_index_pages(links.pages, query.downloads.applied_to({}), query.cancelled);
  for (std::size_t i = 0; i < pages.size(); ++i) {
    if (!pages[i]) {
      throw Error(ErrorCode::not_found,
                  concat("cannot use --find-links ", url_for_messages(links.pages[i]),
                         ": the server has no such page"));
    }
    add_page(*pages[i], names, found);
  }
}

}  // namespace

std::map<std::string, std::vector<IndexFile>> find_index_files(const IndexQuery& query) {
  Found result;
  const std::set<std::string> names(query.names.begin(), query.names.end());
  if (names.empty()) {
    return result;
  }
  add_find_links(query, names, result);
  if (query.offline) {
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
  const auto pages = fetch_index_pages(urls, query.downloads.applied_to({}), query.cancelled);
  for (std::size_t i = 0; i < pages.size(); ++i) {
    if (pages[i]) {
      auto& files = result[owners[i]];
      files.insert(files.end(), pages[i]->begin(), pages[i]->end());
    }
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
