#include "frontend/adopt.hpp"

#include <algorithm>
#include <map>
#include <mutex>

#include "frontend/cached_wheels.hpp"
#include "frontend/default_index.hpp"
#include "frontend/direct_source.hpp"
#include "frontend/installed.hpp"
#include "frontend/lock_text.hpp"
#include "frontend/package_index.hpp"
#include "frontend/scratch_directory.hpp"
#include "lock/version.hpp"
#include "lock/wheel_file_name.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/fetch/fetch.hpp"
#include "store/fetch/url.hpp"
#include "store/wheel/foreign_text.hpp"

namespace pel {
namespace {

// A distribution with the wheels that it may have come from, the likeliest first.
struct Search {
  const InstalledDistribution* installed = nullptr;
  DirectSource direct;
  std::vector<IndexFile> candidates;
  std::size_t next = 0;
  bool found = false;
  std::string origin;  // the cache that tells, or empty
  std::string problem;

  // What was installed from its own place is looked for elsewhere only if it was a wheel that is
  // not there any more: what was built here is in no index.
  [[nodiscard]] bool needs_index() const {
    return installed->problem.empty() && !found && !direct.wheel &&
           (!direct.known || direct.is_wheel);
  }
};

// METADATA of a file that differs from the installed one rules it out without a download.
bool has_other_metadata(const InstalledDistribution& installed, const IndexFile& file) {
  const auto sum = Sha256::parse_hex(file.metadata_sha256);
  if (!sum) {
    return false;
  }
  const std::string raw(reinterpret_cast<const char*>(sum->bytes.data()), sum->bytes.size());
  return std::ranges::any_of(installed.record, [&](const auto& row) {
    return row.first.ends_with(".dist-info/METADATA") && std::ranges::count(row.first, '/') == 1 &&
           row.second != raw;
  });
}

void collect(Search& search, const std::vector<IndexFile>& offered) {
  const InstalledDistribution& installed = *search.installed;
  bool has_version = false;
  for (const IndexFile& file : offered) {
    const auto parts = WheelFileName::parse(file.name);
    if (!parts || file.sha256.empty() ||
        Version::parse(parts->version_text) != Version::parse(installed.version)) {
      continue;
    }
    has_version = true;
    if (has_tags_of(installed, file.name) && !has_other_metadata(installed, file)) {
      search.candidates.push_back(file);
      search.problem.clear();
    }
  }
  if (search.candidates.empty() && !search.direct.known) {
    search.problem = has_version ? "no wheel of this version has its tags: it was built here"
                                 : "no index or folder has a wheel of this version";
  }
}

LockedArtifact artifact_of(const IndexFile& file) {
  LockedArtifact artifact;
  artifact.file_name = file.name;
  artifact.url = file.url;
  artifact.size = file.size;
  artifact.sha256 = Sha256::parse_hex(file.sha256);
  return artifact;
}

// Gets the next candidate of each search that has found nothing yet, and looks into it.
bool try_next(std::vector<Search>& searches, const AdoptRequest& request,
              const std::string& downloads) {
  std::vector<FetchItem> items;
  std::vector<Search*> owners;
  for (Search& search : searches) {
    if (!search.found && search.next < search.candidates.size()) {
      items.push_back({artifact_of(search.candidates[search.next]),
                       describe(DraftPackage{.name = search.installed->name,
                                             .version = search.installed->version,
                                             .marker = {},
                                             .requires_python = {},
                                             .index = {},
                                             .sdist = {},
                                             .wheels = {},
                                             .source_key = {},
                                             .source_text = {}})});
      owners.push_back(&search);
    }
  }
  if (items.empty()) {
    return false;
  }
  FetchOptions options;
  options.offline = request.offline;
  options.download_dir = downloads;
  options.downloads = request.downloads;
  options.progress = request.progress;
  options.cancelled = request.cancelled;
  options.on_ready = [&](std::size_t i, const std::string& file) {
    owners[i]->found = comes_from(owners[i]->installed->record, read_wheel_record(file));
  };
  fetch_wheels(items, options);
  for (Search* const search : owners) {
    search->next += search->found ? 0 : 1;
    if (!search->found && search->next == search->candidates.size()) {
      search->problem = "no wheel of this version has its files: it was built here, or changed";
    }
  }
  return true;
}

std::map<std::string, std::vector<IndexFile>> offered_files(const std::vector<Search>& searches,
                                                            const AdoptRequest& request) {
  const ToolPlaces tools = places_of_tools(request.directory, working_directory());
  IndexQuery query{.urls = indexes_to_ask(request.index_url, request.extra_index_urls, tools,
                                          request.offline, request.directory + "/bin/python"),
                   .find_links = request.find_links,
                   .offline = request.offline,
                   .downloads = request.downloads,
                   .cancelled = request.cancelled};
  add_find_links_of_tools(tools, query.find_links);
  for (const Search& search : searches) {
    if (search.needs_index()) {
      query.names.push_back(search.installed->name);
    }
  }
  return find_index_files(query);
}

// Takes what caches tell for certain: no download is needed then. An index that offers the same
// file has the better place for a lock.
void use_caches(Search& search, const std::vector<CachedWheel>& cached) {
  for (const CachedWheel& wheel : cached) {
    const auto offered =
        std::ranges::find(search.candidates, wheel.file.sha256, &IndexFile::sha256);
    if (offered == search.candidates.end() && wheel.file.url.empty()) {
      if (!search.direct.known) {
        search.problem =
            concat(wheel.origin, " has its wheel, but nothing says where that came from");
      }
      continue;
    }
    search.candidates = {offered == search.candidates.end() ? wheel.file : *offered};
    search.origin = wheel.origin;
    search.next = 0;
    search.found = true;
    search.problem.clear();
    return;
  }
}

Search search_for(const InstalledDistribution& installed, const AdoptRequest& request) {
  Search search;
  search.installed = &installed;
  search.problem = installed.problem;
  if (!search.problem.empty()) {
    return search;
  }
  search.direct = direct_source_of(installed, request.folders);
  search.problem = search.direct.problem;
  search.found = !search.direct.package.source_key.empty();
  if (search.direct.wheel) {
    search.candidates.push_back(*search.direct.wheel);
    search.found = search.direct.wheel_is_certain;
  }
  return search;
}

DraftPackage package_of(const Search& search, const IndexFile& file, const LockFolders& folders) {
  DraftPackage package;
  package.name = search.installed->name;
  package.version = search.installed->version;
  DraftFile wheel;
  set_place(wheel, file, folders);
  wheel.hashes.emplace_back("sha256", file.sha256);
  package.wheels.push_back(std::move(wheel));
  return package;
}

void report(const Search& search, const LockFolders& folders, AdoptResult& result) {
  const InstalledDistribution& installed = *search.installed;
  AdoptedPackage adopted{.name = installed.name,
                         .version = installed.version,
                         .source = {},
                         .file = {},
                         .sha256 = {},
                         .cache = {},
                         .problem = search.problem};
  if (search.found) {
    adopted.changed = changed_file(installed);
    adopted.note = search.direct.note;
    if (search.candidates.empty()) {
      adopted.source = search.direct.package.source_key;
      result.draft.packages.push_back(search.direct.package);
    } else {
      const IndexFile& file = search.candidates[search.next];
      adopted.file = file.name;
      adopted.sha256 = file.sha256;
      adopted.cache = search.origin;
      result.draft.packages.push_back(package_of(search, file, folders));
    }
  }
  result.packages.push_back(std::move(adopted));
}

std::vector<std::string> notes_on(const InstalledEnvironment& environment) {
  std::vector<std::string> notes;
  for (const std::string& name : environment.own_files) {
    notes.push_back(
        concat(quote(name), " in its site-packages is of no package: the lock does not have it"));
  }
  if (environment.uses_system_packages) {
    notes.emplace_back(
        "it uses the interpreter's own packages, too (include-system-site-packages): the lock does "
        "not have them");
  }
  return notes;
}

}  // namespace

AdoptResult adopt_environment(const AdoptRequest& request) {
  const InstalledEnvironment environment = read_installed(request.directory);
  std::vector<Search> searches;
  for (const InstalledDistribution& installed : environment.distributions) {
    searches.push_back(search_for(installed, request));
  }
  const auto offered = offered_files(searches, request);
  const auto cached = find_cached_wheels({.environment = &environment,
                                          .directory = request.directory,
                                          .home = request.home,
                                          .known = &request.known,
                                          .cancelled = request.cancelled});
  for (Search& search : searches) {
    const std::string& name = search.installed->name;
    if (search.needs_index()) {
      const auto files = offered.find(name);
      collect(search, files == offered.end() ? std::vector<IndexFile>() : files->second);
    }
    const auto there = cached.find(name);
    if (search.installed->problem.empty() && !search.found && there != cached.end()) {
      use_caches(search, there->second);
    }
  }
  const ScratchDirectory downloads;
  while (try_next(searches, request, downloads.path())) {
  }
  AdoptResult result;
  result.draft.requires_python =
      environment.python.empty() ? std::string() : concat("==", environment.python, ".*");
  for (const Search& search : searches) {
    report(search, request.folders, result);
  }
  result.notes = notes_on(environment);
  return result;
}

}  // namespace pel
