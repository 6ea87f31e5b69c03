#include "store/venv/thin_venv_files.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <ranges>
#include <string_view>
#include <utility>
#include <vector>

#include "lock/package_name.hpp"
#include "store/base/file_kind.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/fetch/url.hpp"
#include "store/format/config_path.hpp"
#include "store/format/followed_lock.hpp"
#include "store/format/recipe_file.hpp"
#include "store/layout/start_files.hpp"
#include "store/prefix/activation_scripts.hpp"
#include "store/prefix/prefix_content.hpp"
#include "store/records/edit_record.hpp"
#include "store/tree/directory_entries.hpp"

namespace pel {
namespace {

using Kind = PrefixEntry::Kind;

constexpr const char* kConfiguration = "pyvenv.cfg";
constexpr const char* kIgnoreFile = ".gitignore";
constexpr std::string_view kDistInfo = ".dist-info";
constexpr std::string_view kSitePackages = "/site-packages/";
constexpr std::string_view kRecord = "/RECORD";

std::string prompt_of(const ThinVenvRequest& request) {
  return request.prompt.empty() ? std::string(name_of(request.directory)) : request.prompt;
}

// The lock as pyvenv.cfg names it: relative to the directory when it lies beside or below that, so
// that both can be moved together.
std::string followed_path(const std::string& lock, const std::string& directory) {
  const std::string folder = directory_of(directory);
  const std::string start = concat(folder == "/" ? "" : folder, "/");
  if (!lock.starts_with(start)) {
    return lock;
  }
  std::string relative = concat("../", lock.substr(start.size()));
  // Not when the directory is a link, whose parent is another one.
  const bool exists = identify(directory.c_str()).has_value();
  const auto there = identify(concat(directory, "/", relative).c_str());
  return !exists || (there && there == identify(lock.c_str())) ? relative : lock;
}

std::string configuration_lines(const ThinVenvRequest& request,
                                const std::optional<FileIdentity>& lock_state) {
  std::string lines;
  if (!request.prompt.empty()) {
    lines += concat("prompt = '", request.prompt, "'\n");
  }
  if (request.follows == Follows::lock) {
    const std::string path = followed_path(request.environment.lock_path, request.directory);
    lines += concat(kFollowedLockKey, " = ", encode_config_path(path), "\n", kFollowedStateKey,
                    " = ", followed_state(lock_state.value_or(FileIdentity{})), "\n");
  }
  return lines;
}

// Tools that read site-packages without running Python see the distributions by these. There is no
// RECORD: what is in the store cannot be uninstalled.
void add_metadata(PrefixPlan& plan, const EnvironmentMaker& maker,
                  const std::string& site_packages) {
  for (const StoredDistribution& distribution : maker.distributions()) {
    const std::string folder = concat(site_packages, distribution.dist_info);
    for (const std::string& name : distribution.metadata_files) {
      plan.add(concat(folder, "/", name),
               {Kind::program_link,
                concat(distribution.site_packages, "/", distribution.dist_info, "/", name)});
    }
  }
}

// "alpha_pkg-1.0.dist-info" -> "alpha-pkg"
std::string name_in(std::string_view dist_info) {
  return normalize_name(dist_info.substr(0, dist_info.find('-')));
}

// The names of what is installed in the directory itself: its metadata has a RECORD, as ours never
// has.
std::set<std::string, std::less<>> installed_names(const std::string& site_packages) {
  std::set<std::string, std::less<>> names;
  for (const DirectoryEntry& entry : read_directory(site_packages)) {
    if (entry.is_directory && entry.name.ends_with(kDistInfo) &&
        has_entry(concat(site_packages, "/", entry.name, kRecord))) {
      names.insert(name_in(entry.name));
    }
  }
  return names;
}

// The names of the packages that are edited there; their metadata has a RECORD, too.
std::set<std::string, std::less<>> edited_names(const std::string& directory) {
  std::set<std::string, std::less<>> names;
  for (const EditedPackage& edit : read_edits(directory)) {
    for (const std::string& id : edit.wheel_ids) {
      names.insert(name_in(id));
    }
  }
  return names;
}

bool is_edited(const EditedPackage& edit, const std::string& path) {
  const std::size_t start = path.find(kSitePackages);
  return std::ranges::binary_search(edit.replaced, path) ||
         (start != std::string::npos &&
          std::ranges::binary_search(edit.files, path.substr(start + kSitePackages.size())));
}

// The directory of metadata that a path lies in, or is; empty when it is none.
std::string_view metadata_folder(std::string_view path) {
  const std::size_t start = path.find(kSitePackages);
  const std::size_t end = path.find(kDistInfo);
  return start == std::string_view::npos || end == std::string_view::npos
             ? std::string_view()
             : path.substr(0, end + kDistInfo.size());
}

}  // namespace

void add_thin_venv_files(PrefixPlan& plan, const EnvironmentMaker& maker,
                         const ThinVenvRequest& request,
                         const std::optional<FileIdentity>& lock_state) {
  add_activation_scripts(plan, request.directory, prompt_of(request));
  if (!request.allow_existing) {
    // As uv and venv (3.13) do; never in a directory that is somebody's for other things, too.
    plan.add(kIgnoreFile, {Kind::text, "*\n"});
  }
  const InterpreterFacts& interpreter = maker.locked().interpreter;
  const std::string site_packages =
      concat("lib/", versioned_directory(interpreter), "/site-packages/");
  if (!interpreter.libpython.empty()) {
    plan.add(concat(site_packages, kFinderStartFile), {Kind::text, tolerant_finder_start_file()});
  }
  plan.add(concat(site_packages, kPlainPathsFile),
           {Kind::text, plain_paths_file(maker.roots_on_path())});
  add_metadata(plan, maker, site_packages);
  PrefixEntry configuration = plan.entries().find(kConfiguration)->second;
  configuration.content += configuration_lines(request, lock_state);
  plan.add(kConfiguration, std::move(configuration));
  Recipe recipe = maker.recipe(RootKind::venv, request.directory);
  recipe.lock = request.follows == Follows::lock
                    ? followed_path(request.environment.lock_path, request.directory)
                    : request.environment.lock_path;
  recipe.lock_digest = maker.locked().text_digest;
  recipe.follows = request.follows;
  recipe.prompt = request.prompt;
  recipe.python_spec = request.environment.python_spec;
  recipe.selection = request.environment.selection;
  // The file is as open as the directory: who makes it again finds a password in ~/.netrc.
  std::ranges::transform(request.environment.find_links, std::back_inserter(recipe.find_links),
                         without_credentials);
  plan.add(kRecipeFile, {Kind::text, write_recipe(recipe)});
}

void leave_files_of_others(PrefixPlan& plan, const std::string& directory,
                           std::set<std::string, std::less<>>& ours) {
  std::vector<std::string> foreign;
  const bool is_new = ours.empty();
  if (plan.has(kIgnoreFile) && !ours.contains(kIgnoreFile) &&
      (!is_new || has_entry(concat(directory, "/", kIgnoreFile)))) {
    plan.remove(kIgnoreFile);
  }
  const auto edited = edited_names(directory);
  std::optional<std::set<std::string, std::less<>>> installed;
  for (const auto& [path, entry] : plan.entries()) {
    if (path.starts_with("bin/") && !path.starts_with("bin/python") && !ours.contains(path) &&
        has_entry(concat(directory, "/", path))) {
      foreign.push_back(path);
    }
    const std::string_view folder = metadata_folder(path);
    if (folder.empty()) {
      continue;
    }
    if (!installed) {
      installed = installed_names(concat(directory, "/", directory_of(folder)));
    }
    const std::string name = name_in(name_of(folder));
    if (installed->contains(name) && !edited.contains(name)) {
      foreign.push_back(path);
    }
  }
  // What is in a directory sorts behind it, and has to go first.
  for (const std::string& path : std::ranges::reverse_view(foreign)) {
    plan.remove(path);
  }
  // Installed into the very directory of ours: all in it is theirs now.
  std::erase_if(ours, [&](const std::string& path) {
    const std::string_view folder = metadata_folder(path);
    return !folder.empty() && !edited.contains(name_in(name_of(folder))) &&
           has_entry(concat(directory, "/", folder, kRecord));
  });
}

PrefixPlan without_edited_files(const PrefixPlan& plan, const std::string& directory) {
  PrefixPlan rest = plan;
  for (const EditedPackage& edit : read_edits(directory)) {
    for (const auto& [path, entry] : plan.entries()) {
      if (is_edited(edit, path) && rest.has(path)) {
        rest.remove(path);
      }
    }
  }
  return rest;
}

}  // namespace pel
