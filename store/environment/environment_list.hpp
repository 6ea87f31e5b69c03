#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/tree/store_layout.hpp"

namespace pel {

// An environment that a store knows of, whichever cache directory it is in.
struct ListedEnvironment {
  enum class Kind { environment, venv, shim };

  Kind kind = Kind::environment;
  std::string id;
  std::string prefix;                      // absolute path of its directory
  bool present = false;                    // the directory has a table that can be read
  std::vector<std::string> locks;          // absolute paths, sorted; several locks may lead to one
  std::vector<std::string> missing_locks;  // those of them that are not there any more
  std::string python_version;              // "3.11.7"; empty when it is not present
  std::string interpreter;                 // absolute path; empty when it is not present
  std::size_t wheels = 0;
  bool follows = false;             // its lock (a directory of `venv`)
  std::vector<std::string> edited;  // names of the packages that are edited in it
  std::int64_t last_use = 0;        // seconds since 1970, right to a day; 0 when it is not present
};

// By their first lock, then by prefix. Roots that cannot be read are left out (doctor reports
// them). Throws Error(io).
[[nodiscard]] std::vector<ListedEnvironment> list_environments(const StoreLayout& layout);

}  // namespace pel
