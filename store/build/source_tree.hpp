#pragma once

#include <string>

namespace pel {

// A digest of all that is in a directory of sources: names, content, executable bits, and where
// links point. What building and testing leave behind does not count, nor does version control:
// __pycache__, caches of tools, virtual environments. 32 digits. Throws Error that names the path.
[[nodiscard]] std::string tree_digest(const std::string& directory);

// The same of the files that say how the project is built: pyproject.toml, setup.py, setup.cfg.
[[nodiscard]] std::string project_digest(const std::string& directory);

}  // namespace pel
