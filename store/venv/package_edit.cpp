#include "store/venv/package_edit.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <utility>

#include "lock/package_name.hpp"
#include "store/base/error.hpp"
#include "store/base/file_kind.hpp"
#include "store/base/nearest.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/interpreter/process.hpp"
#include "store/layout/tree_start_files.hpp"
#include "store/prefix/prefix_retirement.hpp"
#include "store/records/file_system.hpp"
#include "store/records/root_reader.hpp"
#include "store/records/roots.hpp"
#include "store/tree/composite_queries.hpp"
#include "store/venv/edit_files.hpp"
#include "store/venv/replaced_files.hpp"
#include "store/venv/venv_directory.hpp"
#include "store/venv/venv_manifest.hpp"

namespace pel {
namespace {

constexpr const char* kTemporaryStem = ".pyenvlaunch-edit-";
constexpr std::size_t kLongestDiff = std::size_t{1} << 30U;

struct Place {
  std::string directory;
  std::string site_packages;
  StoreLayout layout;
  std::set<std::string, std::less<>> ours;  // absolute paths of what `venv` has put there
};

Place place_of(const std::string& directory) {
  const std::string store = configured_store(directory);
  constexpr std::string_view kTail = "/store/v1";
  if (store.ends_with(kTail)) {
    const std::string tail = concat("/", kPlainPathsFile);
    std::set<std::string, std::less<>> ours;
    std::string site_packages;
    for (const std::string& path : read_venv_manifest(directory)) {
      if (path.ends_with(tail)) {
        site_packages = concat(directory, "/", path.substr(0, path.size() - tail.size()));
      }
      ours.insert(concat(directory, "/", path));
    }
    if (!site_packages.empty()) {
      return {directory, site_packages,
              StoreLayout(std::string_view(store).substr(0, store.size() - kTail.size())),
              std::move(ours)};
    }
  }
  throw Error(ErrorCode::usage,
              concat("cannot edit packages in ", directory, ": pyenvlaunch venv has not made it"))
      .with_hint("make a directory for it: pyenvlaunch venv DIR LOCK");
}

std::string name_of_wheel(std::string_view id) {
  return normalize_name(id.substr(0, id.find('-')));
}

std::string version_of_wheel(std::string_view id) {
  id.remove_prefix(std::min(id.size(), id.find('-') + 1));
  return std::string(id.substr(0, id.find('-')));
}

EditedPackage find_package(const Place& place, std::string_view package) {
  const StoredRoot root = read_root(venv_root_file(place.layout, place.directory));
  EditedPackage edit;
  edit.name = normalize_name(package);
  const auto id = std::ranges::find(root.wheel_ids, edit.name, name_of_wheel);
  if (root.wheel_ids.empty() && !exists(venv_root_file(place.layout, place.directory))) {
    throw Error(ErrorCode::not_found,
                concat("cannot edit '", package, "' in ", place.directory, ": ",
                       place.layout.root(), " knows nothing of this directory any more"))
        .with_hint(concat("make it known again, with its lock: pyenvlaunch venv ", place.directory,
                          " LOCK"));
  }
  if (id == root.wheel_ids.end()) {
    std::vector<std::string> names;
    std::ranges::transform(root.wheel_ids, std::back_inserter(names), name_of_wheel);
    throw Error(ErrorCode::not_found, concat("cannot edit '", package, "' in ", place.directory,
                                             ": its lock gives no such package"))
        .with_hint(nearest_hint(edit.name, names,
                                "give the name of a distribution, as `pip list` prints it"));
  }
  edit.version = version_of_wheel(*id);
  edit.wheel_ids = {*id};
  edit.tree = place.layout.site_packages(*id);
  for (const std::string& composite : root.composite_ids) {
    auto members = composite_members(place.layout, composite);
    if (members && std::ranges::find(*members, *id) != members->end()) {
      edit.wheel_ids = std::move(*members);
      edit.tree = concat(place.layout.composite(composite), "/", index_format::kSitePackages);
    }
  }
  return edit;
}

void plan_copy(const Place& place, EditedPackage& edit) {
  TreeContent content = tree_content(edit.tree);
  // These take the place of what `venv` has put there for them, in the sequence with all others.
  std::erase_if(content.files, [&](const std::string& file) {
    return file.find('/') == std::string::npos &&
           (file.ends_with(kPathStartFile) ||
            (is_start_file(file) && place.ours.contains(concat(place.site_packages, "/", file))));
  });
  for (const std::string& file : content.files) {
    // The stored metadata that `venv` puts there gives way.
    if (const std::string path = concat(place.site_packages, "/", file);
        has_entry(path) && !place.ours.contains(path)) {
      throw Error(ErrorCode::usage, concat("cannot edit '", edit.name, "' in ", place.directory,
                                           ": there is a file ", path))
          .with_hint("it is the directory's own, and can be changed as it is");
    }
  }
  std::erase_if(content.directories, [&](const std::string& directory) {
    return has_entry(concat(place.site_packages, "/", directory));
  });
  edit.directories = std::move(content.directories);
  edit.files = std::move(content.files);
  edit.replaced =
      files_to_replace(place.layout, edit, place.directory, place.site_packages, place.ours);
}

std::vector<EditedPackage>::iterator find_edit(std::vector<EditedPackage>& edits,
                                               std::string_view package) {
  return std::ranges::find(edits, normalize_name(package), &EditedPackage::name);
}

EditedPackage existing_edit(const Place& place, std::string_view package) {
  auto edits = read_edits(place.directory);
  const auto found = find_edit(edits, package);
  if (found == edits.end()) {
    throw Error(ErrorCode::not_found, concat("cannot find '", package, "' among what is edited in ",
                                             place.directory, ": it is not"))
        .with_hint("pyenvlaunch edit DIR --list says what is");
  }
  return *found;
}

// What `venv` had put there before the edit took its place.
void put_back_metadata(const Place& place, const EditedPackage& edit) {
  for (const std::string& file : edit.files) {
    const std::string source = concat(edit.tree, "/", file);
    const std::string path = concat(place.site_packages, "/", file);
    if (place.ours.contains(path) && ::link(source.c_str(), path.c_str()) != 0) {
      static_cast<void>(::symlink(source.c_str(), path.c_str()));  // else `venv` does it
    }
  }
}

bool is_text(const std::optional<std::string>& content) {
  return !content || content->find('\0') == std::string::npos;
}

// A file on both sides, and what the diff calls it: as `patch -p1` finds it in site-packages, or
// in the directory.
struct ComparedFile {
  std::string name;
  std::string before;
  std::string after;
};

std::vector<ComparedFile> files_with_changes(const EditedPackage& edit, const Place& place) {
  std::vector<ComparedFile> files;
  for (std::string& file : changed_files(edit, place.site_packages)) {
    std::string before = concat(edit.tree, "/", file);
    std::string after = concat(place.site_packages, "/", file);
    files.push_back({std::move(file), std::move(before), std::move(after)});
  }
  for (const std::string& path : edit.replaced) {
    std::string before = original_of(edit, place.directory, path);
    std::string after = concat(place.directory, "/", path);
    if (read_file_if_any(before) != read_file_if_any(after)) {
      const bool is_script = path.starts_with("bin/");
      files.push_back(
          {is_script ? path : std::string(name_of(path)), std::move(before), std::move(after)});
    }
  }
  return files;
}

// The copies that an interrupted edit has left are what the store has, and can be made again; what
// somebody has changed in them since cannot.
void refuse_lost_changes(const EditedPackage& edit, const Place& place) {
  for (const std::string& file : changed_files(edit, place.site_packages)) {
    const std::string path = concat(place.site_packages, "/", file);
    if (has_entry(path)) {
      throw Error(ErrorCode::usage,
                  concat("cannot edit '", edit.name, "' in ", place.directory,
                         ": an earlier attempt was interrupted, and ", path, " was changed since"))
          .with_hint("--diff shows what is changed, --reset forgets it");
    }
  }
}

std::string diff_of_file(const ComparedFile& compared) {
  const auto& [file, before, after] = compared;
  const auto old_content = read_file_if_any(before);
  const auto new_content = read_file_if_any(after);
  if (!is_text(old_content) || !is_text(new_content)) {
    return concat("Binary files a/", file, " and b/", file, " differ\n");
  }
  const std::vector<std::string> command = {"diff",
                                            "-u",
                                            "--label",
                                            old_content ? concat("a/", file) : "/dev/null",
                                            "--label",
                                            new_content ? concat("b/", file) : "/dev/null",
                                            "--",
                                            old_content ? before : "/dev/null",
                                            new_content ? after : "/dev/null"};
  ProcessOptions options;
  options.output_limit = kLongestDiff;
  ProcessResult result = run_process(command, options);
  if (result.exit_code > 1) {
    throw Error(ErrorCode::io, concat("cannot compare ", after, ": ", result.err));
  }
  return std::move(result.out);
}

}  // namespace

EditedPackage start_edit(const std::string& directory, std::string_view package) {
  const Place place = place_of(directory);
  const UniqueFd lock = lock_venv_directory(directory);
  auto edits = read_edits(directory);
  if (const auto found = find_edit(edits, package); found != edits.end()) {
    if (found->complete) {
      throw Error(ErrorCode::usage,
                  concat("cannot edit '", package, "' in ", directory, ": it is being edited"))
          .with_hint("--diff shows what is changed, --reset forgets it");
    }
    refuse_lost_changes(*found, place);
    put_back_replaced(*found, directory);
    remove_edited_files(*found, place.site_packages);
    edits.erase(found);
    write_edits(directory, edits);
  }
  sweep_temporary_directories(place.site_packages, kTemporaryStem);
  EditedPackage edit = find_package(place, package);
  for (const EditedPackage& other : edits) {
    if (other.tree == edit.tree) {
      throw Error(ErrorCode::usage, concat("cannot edit '", package, "' in ", directory,
                                           ": it is being edited together with ", other.name));
    }
  }
  plan_copy(place, edit);
  const TemporaryDirectory staged(place.site_packages, kTemporaryStem);
  TreeContent content = tree_content(edit.tree);
  content.files = edit.files;
  copy_tree_content(content, edit.tree, staged.path());
  edits.push_back(edit);
  write_edits(directory, edits);
  merge_into(staged.path(), place.site_packages);
  replace_files(edit, directory);
  edits.back().complete = true;
  write_edits(directory, edits);
  return edits.back();
}

std::string edit_diff(const std::string& directory, std::string_view package) {
  const Place place = place_of(directory);
  const EditedPackage edit = existing_edit(place, package);
  std::string text;
  for (const ComparedFile& file : files_with_changes(edit, place)) {
    text += diff_of_file(file);
  }
  return text;
}

void reset_edit(const std::string& directory, std::string_view package) {
  const Place place = place_of(directory);
  const UniqueFd lock = lock_venv_directory(directory);
  const EditedPackage edit = existing_edit(place, package);
  put_back_replaced(edit, directory);
  remove_edited_files(edit, place.site_packages);
  put_back_metadata(place, edit);
  auto edits = read_edits(directory);
  edits.erase(find_edit(edits, package));
  write_edits(directory, edits);
}

std::vector<ListedEdit> list_edits(const std::string& directory) {
  const Place place = place_of(directory);
  std::vector<ListedEdit> result;
  for (EditedPackage& edit : read_edits(directory)) {
    const std::size_t changed = files_with_changes(edit, place).size();
    result.push_back({std::move(edit), changed});
  }
  return result;
}

void refuse_lost_edits(const std::string& directory, const std::vector<std::string>& wheel_ids) {
  for (const EditedPackage& edit : read_edits(directory)) {
    for (const std::string& id : edit.wheel_ids) {
      if (std::ranges::find(wheel_ids, id) == wheel_ids.end()) {
        throw Error(ErrorCode::usage,
                    concat("cannot bring ", directory, " up to date: ", edit.name, " ",
                           edit.version, " is edited there, and the lock has another one"))
            .with_hint(concat("save what `pyenvlaunch edit --diff ", directory, " ", edit.name,
                              "` prints, then give --reset instead of --diff"));
      }
    }
  }
}

}  // namespace pel
