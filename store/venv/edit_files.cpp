#include "store/venv/edit_files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ranges>
#include <set>

#include "store/base/error.hpp"
#include "store/base/file_kind.hpp"
#include "store/base/text.hpp"
#include "store/records/file_system.hpp"
#include "store/records/plain_path.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/make_directory.hpp"
#include "store/tree/remove_tree.hpp"

namespace pel {
namespace {

constexpr const char* kCache = "__pycache__";
constexpr mode_t kFileMode = 0644;
constexpr mode_t kProgramMode = 0755;
constexpr mode_t kExecutableBits = 0111;

void collect(const std::string& root, const std::string& below, TreeContent& content) {
  for (const DirectoryEntry& entry :
       read_directory(below.empty() ? root : concat(root, "/", below))) {
    if (entry.name == kCache) {
      continue;
    }
    std::string path = below.empty() ? entry.name : concat(below, "/", entry.name);
    if (entry.is_directory) {
      content.directories.push_back(path);
      collect(root, path, content);
    } else {
      content.files.push_back(std::move(path));
    }
  }
}

}  // namespace

TreeContent tree_content(const std::string& root) {
  TreeContent content;
  collect(root, "", content);
  std::ranges::sort(content.directories);
  std::ranges::sort(content.files);
  return content;
}

bool is_own_directory(const EditedPackage& edit, std::string_view directory) {
  if (directory.ends_with(".dist-info") && directory.find('/') == std::string_view::npos) {
    return true;
  }
  return std::ranges::binary_search(edit.files, concat(directory, "/__init__.py"));
}

std::vector<std::string> changed_files(const EditedPackage& edit,
                                       const std::string& site_packages) {
  std::set<std::string> candidates(edit.files.begin(), edit.files.end());
  for (const std::string& directory : edit.directories) {
    if (!is_own_directory(edit, directory)) {
      continue;
    }
    for (const std::string& file : tree_content(concat(site_packages, "/", directory)).files) {
      candidates.insert(concat(directory, "/", file));
    }
  }
  std::vector<std::string> changed;
  for (const std::string& file : candidates) {
    if (read_file_if_any(concat(edit.tree, "/", file)) !=
        read_file_if_any(concat(site_packages, "/", file))) {
      changed.push_back(file);
    }
  }
  return changed;
}

void copy_tree_content(const TreeContent& content, const std::string& tree,
                       const std::string& target) {
  for (const std::string& directory : content.directories) {
    make_directories(concat(target, "/", directory));
  }
  for (const std::string& file : content.files) {
    const std::string source = concat(tree, "/", file);
    struct stat status{};
    if (::stat(source.c_str(), &status) != 0) {
      throw_errno("copy", source);
    }
    copy_file(source, concat(target, "/", file),
              (status.st_mode & kExecutableBits) != 0 ? kProgramMode : kFileMode);
  }
}

void merge_into(const std::string& from, const std::string& to) {
  for (const DirectoryEntry& entry : read_directory(from)) {
    const std::string source = concat(from, "/", entry.name);
    const std::string target = concat(to, "/", entry.name);
    if (entry.is_directory && is_directory(target)) {
      merge_into(source, target);
    } else if (::rename(source.c_str(), target.c_str()) != 0) {
      throw_errno("write", target);
    }
  }
}

void remove_edited_files(const EditedPackage& edit, const std::string& site_packages) {
  for (const std::string& file : edit.files) {
    const std::string path = concat(site_packages, "/", file);
    if (is_inside_directory(site_packages, file) && !is_directory(path)) {
      remove_file(path);
    }
  }
  // What is in a directory sorts behind it.
  for (const std::string& directory : std::ranges::reverse_view(edit.directories)) {
    const std::string path = concat(site_packages, "/", directory);
    if (!is_inside_directory(site_packages, directory) || !is_directory(path)) {
      continue;
    }
    remove_tree(is_own_directory(edit, directory) ? path : concat(path, "/", kCache));
    ::rmdir(path.c_str());  // unless others have put something there
  }
}

}  // namespace pel
