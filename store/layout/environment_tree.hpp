#pragma once

#include <string>

#include "store/format/index_view.hpp"

namespace pel {

// One stored tree of an environment, as the builders of its table and prefix see it. The bytes
// behind `index` must outlive it.
struct EnvironmentTree {
  std::string id;              // directory name below wheels/
  std::string root;            // absolute path of the tree, or of the composite that it is part of
  IndexView index;             // of the wheel, in a composite as well
  std::string composite = {};  // directory name below composites/; empty when it stands alone
};

// "black-26.10.1", for messages.
[[nodiscard]] std::string display_name(const EnvironmentTree& tree);

// Absolute path of what the tree has for site-packages, whether it exists or not.
[[nodiscard]] std::string site_packages_of(const EnvironmentTree& tree);

}  // namespace pel
