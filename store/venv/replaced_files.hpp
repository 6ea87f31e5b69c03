#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "store/records/edit_record.hpp"
#include "store/tree/store_layout.hpp"

namespace pel {

// What an edited package has outside its modules: scripts in bin/ (`.data/scripts`) and start files
// (.pth). `venv` puts files of its own there, so the copies take their place, and what they replace
// is kept in the directory until the edit is reset. All paths are below the directory.

// The folder in a virtual environment directory with what was replaced.
inline constexpr const char* kReplacedFolder = "pyenvlaunch.replaced";

// The scripts and start files of these wheels that are among `ours`, absolute paths of what `venv`
// has put there; sorted. `site_packages` is absolute, below `directory`. Throws Error(not_found)
// when a wheel is not in the store.
[[nodiscard]] std::vector<std::string> files_to_replace(
    const StoreLayout& layout, const EditedPackage& edit, const std::string& directory,
    const std::string& site_packages, const std::set<std::string, std::less<>>& ours);

// Puts copies that their owner may change in the place of `edit.replaced`: of a start file the
// store's, of a script what is there. Throws Error(io).
void replace_files(const EditedPackage& edit, const std::string& directory);

// Puts back what replace_files() has replaced, as far as it had come. Throws Error(io).
void put_back_replaced(const EditedPackage& edit, const std::string& directory);

// A file of `edit.replaced` as the edit found it: absolute path.
[[nodiscard]] std::string original_of(const EditedPackage& edit, const std::string& directory,
                                      std::string_view path);

}  // namespace pel
