#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/records/edit_record.hpp"

namespace pel {

// The files of an edited package, on both sides. Paths are below site-packages.

// All directories and files below `root`, sorted; caches of bytecode are left out.
struct TreeContent {
  std::vector<std::string> directories;
  std::vector<std::string> files;
};

[[nodiscard]] TreeContent tree_content(const std::string& root);

// Whether a directory belongs to the package alone: a regular package, or metadata.
[[nodiscard]] bool is_own_directory(const EditedPackage& edit, std::string_view directory);

// The files that are different, missing or new in `site_packages`, sorted.
[[nodiscard]] std::vector<std::string> changed_files(const EditedPackage& edit,
                                                     const std::string& site_packages);

// Copies `content` of `tree` into `target`, an empty directory; its owner may write all of it.
void copy_tree_content(const TreeContent& content, const std::string& tree,
                       const std::string& target);

// Moves what is in the directory `from` into `to`; directories that are in both are merged.
void merge_into(const std::string& from, const std::string& to);

// Deletes what the edit has put into `site_packages`, following no link.
void remove_edited_files(const EditedPackage& edit, const std::string& site_packages);

}  // namespace pel
