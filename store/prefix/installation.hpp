#pragma once

#include <string>
#include <vector>

#include "store/tree/store_layout.hpp"
#include "store/tree/stored_wheel.hpp"

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

// What is wrong with the copies of programs in the store: their modes, their owners, and the
// content of this build's. (What other builds have is not known here.)
[[nodiscard]] std::vector<Finding> verify_launchers(const Installation& installation,
                                                    const StoreLayout& layout,
                                                    const std::string& launcher_id);

// Puts right what verify_launchers() finds, but for owners of other builds' files. Says what was
// done, for people. Throws Error(io).
[[nodiscard]] std::vector<std::string> repair_launchers(const Installation& installation,
                                                        const StoreLayout& layout,
                                                        const std::string& launcher_id);

}  // namespace pel
