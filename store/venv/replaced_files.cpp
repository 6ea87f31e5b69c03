#include "store/venv/replaced_files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>

#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/layout/mapped_trees.hpp"
#include "store/layout/tree_start_files.hpp"
#include "store/records/file_system.hpp"
#include "store/records/plain_path.hpp"
#include "store/tree/make_directory.hpp"

namespace pel {
namespace {

constexpr mode_t kScriptMode = 0755;
constexpr mode_t kFileMode = 0644;

std::string kept(const std::string& directory, std::string_view path) {
  return concat(directory, "/", kReplacedFolder, "/", path);
}

// Never overwrites what is kept: a second attempt finds the copy of the first in its place.
void keep(const std::string& directory, const std::string& path) {
  const std::string place = concat(directory, "/", path);
  const std::string target = kept(directory, path);
  make_directories(directory_of(target));
  if (::link(place.c_str(), target.c_str()) == 0 || errno == EEXIST) {
    return;
  }
  const std::string partial = concat(target, ".partial");
  copy_file(place, partial, is_start_file(path) ? kFileMode : kScriptMode);
  if (::rename(partial.c_str(), target.c_str()) != 0) {
    throw_errno("write", target);
  }
}

// From the innermost folder up, as far as they are empty.
void remove_empty_folders(const std::string& directory, const std::string& path) {
  const std::string top = concat(directory, "/", kReplacedFolder);
  for (std::string folder = directory_of(kept(directory, path)); folder.starts_with(top);
       folder = directory_of(folder)) {
    if (::rmdir(folder.c_str()) != 0) {
      return;
    }
  }
}

}  // namespace

std::vector<std::string> files_to_replace(const StoreLayout& layout, const EditedPackage& edit,
                                          const std::string& directory,
                                          const std::string& site_packages,
                                          const std::set<std::string, std::less<>>& ours) {
  std::vector<std::string> found;
  const auto add = [&](const std::string& path) {
    if (ours.contains(path) && ::access(path.c_str(), F_OK) == 0) {
      found.push_back(path.substr(directory.size() + 1));
    }
  };
  const MappedTrees mapped(layout, edit.wheel_ids);
  for (const EnvironmentTree& tree : mapped.trees()) {
    const auto scripts = tree.index.scripts();
    for (std::size_t i = 0; i < scripts.size(); ++i) {
      add(concat(directory, "/bin/", tree.index.text(scripts[i].name)));
    }
    for (const std::string_view name : start_files_of(tree, StartFiles::in_steps)) {
      add(concat(site_packages, "/", name));
    }
  }
  std::ranges::sort(found);
  return found;
}

void replace_files(const EditedPackage& edit, const std::string& directory) {
  for (const std::string& path : edit.replaced) {
    keep(directory, path);
    const auto text = read_file_if_any(original_of(edit, directory, path));
    AtomicFile file(concat(directory, "/", path),
                    {.mode = is_start_file(path) ? kFileMode : kScriptMode,
                     .durability = AtomicFile::Durability::after_power_loss});
    file.write(text.value_or(std::string()));
    file.commit();
  }
}

void put_back_replaced(const EditedPackage& edit, const std::string& directory) {
  for (const std::string& path : edit.replaced) {
    const std::string place = concat(directory, "/", path);
    const std::string from = kept(directory, path);
    if (!is_inside_directory(directory, path) || ::access(from.c_str(), F_OK) != 0) {
      continue;
    }
    if (::rename(from.c_str(), place.c_str()) != 0) {
      throw_errno("write", place);
    }
    ::unlink(from.c_str());  // two names of one file are left as they are by rename()
    remove_empty_folders(directory, path);
  }
}

std::string original_of(const EditedPackage& edit, const std::string& directory,
                        std::string_view path) {
  // `venv` has put a line there that leads to the store's.
  return is_start_file(path) ? concat(edit.tree, "/", name_of(path)) : kept(directory, path);
}

}  // namespace pel
