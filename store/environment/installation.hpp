#pragma once

#include <string>

#include "store/tree/store_layout.hpp"

namespace pel {

// The files of the program that runs, wherever they were installed or copied to.
struct Installation {
  std::string launcher;  // the hot path program
  std::string embed;     // the shared object of the finder
  std::string manager;   // this program
};

// From the folder of `manager`: the launcher is at ../../bin/ or beside it, the shared object
// beside it. Throws Error(not_found) that names what is missing.
[[nodiscard]] Installation find_installation(const std::string& manager);

// find_installation() of this process, by /proc/self/exe.
[[nodiscard]] Installation this_installation();

// Makes sure that the store has a copy of this build under launchers/<id>, which environments link
// to, and returns the copy. It works by itself when the installation is gone. Throws Error(io).
Installation copy_to_store(const Installation& installation, const StoreLayout& layout,
                           const std::string& launcher_id);

}  // namespace pel
