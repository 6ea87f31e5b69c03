#include "frontend/foreign_lock.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>

#include "frontend/default_index.hpp"
#include "frontend/lock_text.hpp"
#include "frontend/package_index.hpp"
#include "frontend/scratch_directory.hpp"
#include "lock/characters.hpp"
#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/fetch/url.hpp"

namespace pel {
namespace {

bool is_sdist(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 4> kEndings{".tar.gz", ".zip", ".tar.bz2", ".tgz"};
  return std::ranges::any_of(kEndings, [&](std::string_view end) { return name.ends_with(end); });
}

// Puts a file where it belongs. A lock can have one source distribution, by preference a .tar.gz;
// installers of other systems (.exe, .egg) have no place in it.
void place_file(DraftPackage& package, DraftFile file) {
  const std::string name = file.name;
  file.name.clear();
  if (name.ends_with(".whl")) {
    package.wheels.push_back(std::move(file));
  } else if (is_sdist(name) && (!package.sdist || name.ends_with(".tar.gz"))) {
    package.sdist = std::move(file);
  }
}

const IndexFile* find_file(const std::vector<IndexFile>& offered, const DraftFile& wanted) {
  const std::string_view sha256 = hash_of(wanted, "sha256");
  const auto found = std::ranges::find_if(
      offered, [&](const IndexFile& file) { return !sha256.empty() && file.sha256 == sha256; });
  return found == offered.end() ? nullptr : &*found;
}

void complete(ForeignPackage& foreign, const std::vector<IndexFile>& offered,
              const LockFolders& folders, std::vector<std::string>& problems) {
  for (DraftFile& file : foreign.files) {
    if (file.url.empty() && file.path.empty()) {
      const IndexFile* const found = find_file(offered, file);
      if (found == nullptr) {
        problems.push_back(concat(describe(foreign.package), ": the index has no file ",
                                  file.name.empty() ? "" : concat(file.name, " "), "with sha256 ",
                                  hash_of(file, "sha256")));
        continue;
      }
      file.name = found->name;
      set_place(file, *found, folders);
    }
    place_file(foreign.package, std::move(file));
  }
}

// A lock of PEP 751 under any name.
bool is_lock(const std::string& path) {
  const std::string text = concat("\n", read_file(path));
  return text.find("\nlock-version = ") != text.npos && text.find("\n[[packages]]") != text.npos;
}

// Tells all of them, and throws, if there is one.
void report_problems(const std::vector<std::string>& problems, const std::string& path,
                     const ResolveRequest& request, std::string hint) {
  if (problems.empty()) {
    return;
  }
  if (request.tell && problems.size() > 1) {
    for (const std::string& problem : problems) {
      request.tell(problem);
    }
  }
  throw Error(ErrorCode::not_found,
              concat("cannot convert ", path, ": ", problems.front(),
                     problems.size() == 1
                         ? ""
                         : concat(" (and ", std::to_string(problems.size() - 1), " more)")))
      .with_hint(std::move(hint));
}

constexpr const char* kIndexHint =
    "name the index that has the files with --index-url or --extra-index-url, or a folder of them "
    "with --find-links";

// The indexes of the command line, or that uv and pip are set up with; they are asked for every
// package.
std::vector<std::string> given_indexes(const ResolveRequest& request, const ToolPlaces& tools) {
  std::vector<std::string> urls{request.index_url.empty() ? tools.default_index
                                                          : request.index_url};
  if (request.index_url.empty()) {
    urls.insert(urls.end(), tools.extra_indexes.begin(), tools.extra_indexes.end());
  }
  urls.insert(urls.end(), request.extra_index_urls.begin(), request.extra_index_urls.end());
  std::erase(urls, "");
  return urls;
}

std::string place_of_index(const std::string& url) {
  std::string place = without_credentials(url);
  while (place.ends_with('/')) {
    place.pop_back();
  }
  return place;
}

// A lock names an index without a password. Where the user names the same index, it is that one.
std::string as_given(const std::string& index, const std::vector<std::string>& given) {
  const auto same = std::ranges::find(given, place_of_index(index), place_of_index);
  return same == given.end() ? index : *same;
}

}  // namespace

ForeignKind foreign_kind(std::string_view path) noexcept {
  const std::string_view name = name_of(path);
  return name == "uv.lock" || name.ends_with(".py.lock") ? ForeignKind::uv
         : name == "poetry.lock"                         ? ForeignKind::poetry
         : name == "pdm.lock"                            ? ForeignKind::pdm
         : name == "Pipfile.lock"                        ? ForeignKind::pipfile
         : name.ends_with(".txt")                        ? ForeignKind::requirements
                                                         : ForeignKind::none;
}

std::string extras_marker(std::string_view marker) {
  constexpr std::string_view kExtra = "extra";
  std::string result;
  std::size_t done = 0;
  for (std::size_t at = marker.find(kExtra); at != std::string_view::npos;
       at = marker.find(kExtra, at + 1)) {
    std::string_view rest = trim(marker.substr(at + kExtra.size()));
    const bool is_word = (at == 0 || !is_alphanumeric(marker[at - 1])) && rest.starts_with("==");
    rest = is_word ? trim(rest.substr(2)) : std::string_view();
    const std::size_t end = rest.empty() ? std::string_view::npos : rest.find(rest.front(), 1);
    if (end == std::string_view::npos || (rest.front() != '"' && rest.front() != '\'')) {
      continue;
    }
    const auto behind = static_cast<std::size_t>(rest.data() - marker.data()) + end + 1;
    result += concat(marker.substr(done, at - done), "'", rest.substr(1, end - 1), "' in extras");
    done = behind;
  }
  return concat(result, marker.substr(done));
}

std::string marker_of_groups(const std::vector<GroupCondition>& conditions) {
  std::vector<std::string> parts;
  for (const auto& [group, marker, is_extra] : conditions) {
    if (group.empty() && marker.empty()) {
      return {};
    }
    const std::string in_group =
        group.empty() ? std::string()
                      : concat("'", group, "' in ", is_extra ? "extras" : "dependency_groups");
    std::string part = marker.empty()  ? in_group
                       : group.empty() ? marker
                                       : concat(in_group, " and (", marker, ")");
    if (std::ranges::find(parts, part) == parts.end()) {
      parts.push_back(std::move(part));
    }
  }
  if (parts.size() == 1) {
    return parts.front();
  }
  std::string text;
  for (const std::string& part : parts) {
    text += concat(text.empty() ? "(" : " or (", part, ")");
  }
  return text;
}

LockDraft complete_foreign_lock(ForeignLock lock, const std::string& path,
                                const ResolveRequest& request) {
  IndexQuery query{.urls = {},
                   .find_links = request.find_links,
                   .offline = request.offline,
                   .downloads = request.downloads,
                   .cancelled = request.cancelled};
  const ToolPlaces tools = places_of_tools({}, working_directory());
  const std::vector<std::string> given = given_indexes(request, tools);
  add_find_links_of_tools(tools, query.find_links);
  std::vector<std::string> indexes = lock.indexes;
  for (std::string& index : indexes) {
    index = as_given(index, given);
  }
  std::set<std::string> elsewhere;  // names that have an entry without an index of its own
  for (const ForeignPackage& foreign : lock.packages) {
    if (std::ranges::none_of(foreign.files, [](const DraftFile& file) {
          return file.url.empty() && file.path.empty();
        })) {
      continue;
    }
    query.names.push_back(foreign.package.name);
    if (foreign.package.index.empty()) {
      elsewhere.insert(foreign.package.name);
      continue;
    }
    std::vector<std::string>& own = query.own_urls[foreign.package.name];
    own.insert(own.end(), given.begin(), given.end());
    own.push_back(as_given(foreign.package.index, given));
  }
  if (!elsewhere.empty()) {
    query.urls = indexes_to_ask(request.index_url, request.extra_index_urls, tools, request.offline,
                                request.python);
    query.urls.insert(query.urls.end(), indexes.begin(), indexes.end());
    for (auto& [name, own] : query.own_urls) {
      if (elsewhere.contains(name)) {
        own.insert(own.end(), query.urls.begin(), query.urls.end());
      }
    }
  }
  query.find_links.insert(query.find_links.end(), lock.find_links.begin(), lock.find_links.end());
  const std::map<std::string, std::vector<IndexFile>> offered = find_index_files(query);
  LockDraft draft = std::move(lock.head);
  const std::string unset = lock.unset_variable.empty()
                                ? std::string()
                                : concat("set ", lock.unset_variable,
                                         ", which the address of one of the lock's indexes names, "
                                         "or ");
  const std::string hint = lock.problems.empty() ? concat(unset, kIndexHint) : std::move(lock.hint);
  std::vector<std::string> problems = std::move(lock.problems);
  for (ForeignPackage& foreign : lock.packages) {
    const auto files = offered.find(foreign.package.name);
    complete(foreign, files == offered.end() ? std::vector<IndexFile>() : files->second,
             request.folders, problems);
    foreign.package.index.clear();
    draft.packages.push_back(std::move(foreign.package));
  }
  report_problems(problems, path, request, hint);
  return draft;
}

namespace {

// The pyproject.toml of the project whose lock that is; nothing when there is none.
std::optional<std::string> project_beside(const std::string& lock) {
  std::string project = concat(directory_of(lock), "/pyproject.toml");
  return ::access(project.c_str(), F_OK) == 0 ? std::optional(std::move(project)) : std::nullopt;
}

// A group that is installed by default is named only as such (PEP 751, "default-groups").
ForeignLock read_pdm_project(const std::string& path, const LockFolders& folders) {
  const auto project = project_beside(path);
  ForeignLock lock = read_pdm_lock(
      read_file(path), path, folders,
      project ? read_extras(read_file(*project), *project) : std::vector<std::string>());
  if (project) {  // without it, a group may be an extra
    lock.head.default_groups = std::move(lock.head.groups);
    lock.head.groups.clear();
  }
  return lock;
}

ForeignLock read_poetry_project(const std::string& path, const LockFolders& folders) {
  ForeignLock lock = read_poetry_lock(read_file(path), path, folders);
  if (const auto project = project_beside(path)) {  // without it, a group may be optional
    const std::vector<std::string> optional = read_optional_groups(read_file(*project), *project);
    const auto of_the_default =
        std::ranges::stable_partition(lock.head.groups, [&](const std::string& group) {
          return std::ranges::find(optional, group) != optional.end();
        });
    std::ranges::move(of_the_default, std::back_inserter(lock.head.default_groups));
    lock.head.groups.erase(of_the_default.begin(), of_the_default.end());
  }
  return lock;
}

}  // namespace

LockDraft convert_lock(const std::string& path, const ResolveRequest& request) {
  const LockFolders folders{directory_of(path), request.folders.to};
  switch (foreign_kind(path)) {
    case ForeignKind::uv:
      static_cast<void>(read_file(path));  // that it can be read: uv would look for another one
      return export_uv_lock(path, request);
    case ForeignKind::poetry:
      return complete_foreign_lock(read_poetry_project(path, folders), path, request);
    case ForeignKind::pdm:
      return complete_foreign_lock(read_pdm_project(path, folders), path, request);
    case ForeignKind::pipfile:
      return complete_foreign_lock(
          read_pipfile_lock(read_file(path), path, folders, environment_variable), path, request);
    case ForeignKind::requirements:
      return complete_foreign_lock(read_hashed_requirements(path, folders), path, request);
    case ForeignKind::none:
      break;
  }
  if (name_of(path).starts_with("pylock.") || is_lock(path)) {
    throw Error(ErrorCode::usage, concat("cannot convert ", path, ": it is a lock already"))
        .with_hint(concat("use it as it is: pyenvlaunch run ", path, " -- PROGRAM"));
  }
  throw Error(ErrorCode::usage, concat("cannot convert ", path, ": its name is that of no lock"))
      .with_hint("it can be uv.lock, poetry.lock, pdm.lock, Pipfile.lock or a requirements.txt");
}

}  // namespace pel
