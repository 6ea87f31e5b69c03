#include "frontend/adopt.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>

#include "frontend/cached_wheels.hpp"
#include "frontend/default_index.hpp"
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

namespace pel {
namespace {

using Json = nlohmann::json;

// A distribution with the wheels that it may have come from, the likeliest first.
struct Search {
  const InstalledDistribution* installed = nullptr;
  std::vector<IndexFile> candidates;
  std::size_t next = 0;
  bool found = false;
  std::string origin;  // the cache that tells, or empty
  std::string problem;
};

// Why direct_url.json rules out a wheel of an index; empty if it does not.
std::string direct_problem(const std::string& text) {
  const Json info = Json::parse(text, nullptr, false);
  if (!info.is_object()) {
    return {};
  }
  const auto url = info.find("url");
  const std::string place =
      url != info.end() && url->is_string() ? url_for_messages(url->get<std::string>()) : "";
  const auto directory = info.find("dir_info");
  if (directory != info.end() && directory->is_object()) {
    const auto editable = directory->find("editable");
    const bool is_editable =
        editable != directory->end() && editable->is_boolean() && editable->get<bool>();
    return concat(is_editable ? "it is an editable install of " : "it was built from ", place);
  }
  return info.contains("vcs_info") ? concat("it was built from the repository ", place)
                                   : std::string();
}

// The wheel file that was installed by its URL, where that and its hash are known.
std::optional<IndexFile> direct_file(const std::string& text) {
  const Json info = Json::parse(text, nullptr, false);
  if (!info.is_object() || !info.contains("archive_info") || !info["archive_info"].is_object() ||
      !info.contains("url") || !info["url"].is_string()) {
    return std::nullopt;
  }
  IndexFile file;
  file.url = info["url"].get<std::string>();
  file.name = file_name_of_link(file.url);
  const auto hashes = info["archive_info"].find("hashes");
  if (hashes != info["archive_info"].end() && hashes->is_object() && hashes->contains("sha256") &&
      (*hashes)["sha256"].is_string()) {
    file.sha256 = (*hashes)["sha256"].get<std::string>();
  }
  return file.name.ends_with(".whl") && !file.sha256.empty() ? std::optional(file) : std::nullopt;
}

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
    }
  }
  if (search.candidates.empty()) {
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

std::map<std::string, std::vector<IndexFile>> offered_files(const InstalledEnvironment& environment,
                                                            const AdoptRequest& request) {
  IndexQuery query{.urls = {index_url_or_default(request.index_url, request.offline,
                                                 request.directory + "/bin/python")},
                   .find_links = request.find_links,
                   .offline = request.offline,
                   .cancelled = request.cancelled};
  query.urls.insert(query.urls.end(), request.extra_index_urls.begin(),
                    request.extra_index_urls.end());
  for (const InstalledDistribution& installed : environment.distributions) {
    if (installed.problem.empty()) {
      query.names.push_back(installed.name);
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
      search.problem =
          concat(wheel.origin, " has its wheel, but nothing says where that came from");
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

void report(const Search& search, const LockFolders& folders, AdoptResult& result) {
  const InstalledDistribution& installed = *search.installed;
  AdoptedPackage adopted{.name = installed.name,
                         .version = installed.version,
                         .file = {},
                         .sha256 = {},
                         .cache = {},
                         .problem = search.problem};
  if (search.found) {
    const IndexFile& file = search.candidates[search.next];
    adopted.file = file.name;
    adopted.sha256 = file.sha256;
    adopted.cache = search.origin;
    adopted.changed = changed_file(installed);
    DraftPackage package;
    package.name = installed.name;
    package.version = installed.version;
    DraftFile wheel;
    set_place(wheel, file, folders);
    wheel.hashes.emplace_back("sha256", file.sha256);
    package.wheels.push_back(std::move(wheel));
    result.draft.packages.push_back(std::move(package));
  }
  result.packages.push_back(std::move(adopted));
}

}  // namespace

AdoptResult adopt_environment(const AdoptRequest& request) {
  const InstalledEnvironment environment = read_installed(request.directory);
  const auto offered = offered_files(environment, request);
  const auto cached = find_cached_wheels({.environment = &environment,
                                          .directory = request.directory,
                                          .home = request.home,
                                          .known = &request.known,
                                          .cancelled = request.cancelled});
  std::vector<Search> searches;
  for (const InstalledDistribution& installed : environment.distributions) {
    Search search;
    search.installed = &installed;
    search.problem =
        installed.problem.empty() ? direct_problem(installed.direct_url) : installed.problem;
    if (search.problem.empty()) {
      const auto files = offered.find(installed.name);
      collect(search, files == offered.end() ? std::vector<IndexFile>() : files->second);
      if (auto direct = direct_file(installed.direct_url)) {
        search.candidates.insert(search.candidates.begin(), std::move(*direct));
        search.problem.clear();
      }
      if (const auto there = cached.find(installed.name); there != cached.end()) {
        use_caches(search, there->second);
      }
    }
    searches.push_back(std::move(search));
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
  return result;
}

}  // namespace pel
