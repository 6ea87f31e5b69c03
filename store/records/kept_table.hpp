#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/records/roots.hpp"
#include "store/tree/store_layout.hpp"

namespace pel {

// What an environment's table says that it needs.
struct TableNeeds {
  std::vector<std::string> tree_ids;  // of wheels and composites
  std::string cache_tag;              // whose packs
  std::string interpreter;            // its executable
  std::string launcher;
};

// Nothing if there is no table, or one that cannot be used.
[[nodiscard]] std::optional<TableNeeds> read_table_needs(const std::string& path);

// Keeps a link to the table of the root's prefix in the store, so that it can be asked what
// processes need that still run when the environment has been removed. The table that was there
// before stays under another name until no process uses it. Says by the table's time that the
// environment is in use. Does nothing where the file system does not link.
void keep_table(const StoreLayout& layout, const EnvironmentRoot& root);

// Before the root of this file is removed, where the directory stays as long as a process runs in
// it: from now on nothing but that process keeps what the table says.
void release_table(const StoreLayout& layout, const std::string& root_file);

// Where keep_table() puts the link for a root of this file.
[[nodiscard]] std::string kept_table(const StoreLayout& layout, const std::string& root_file);

}  // namespace pel
