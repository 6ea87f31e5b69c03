#include "store/layout/environment_tree.hpp"

#include "store/base/text.hpp"

namespace pel {

std::string display_name(const EnvironmentTree& tree) {
  const index_format::TreeRecord record = tree.index.tree();
  return concat(tree.index.text(record.name), "-", tree.index.text(record.version));
}

std::string site_packages_of(const EnvironmentTree& tree) {
  return concat(tree.root, "/", index_format::kSitePackages);
}

}  // namespace pel
