#include "store/gc/needs.hpp"

#include "store/format/standard_format.hpp"

namespace pel {
namespace {

constexpr const char* kAnyTag = "";

// "cpython-311.opt-2.pack" -> "cpython-311", also of other versions of the format.
std::string_view tag_of(std::string_view pack_file) {
  return pack_file.substr(0, pack_file.find('.'));
}

}  // namespace

void Needs::add_tree(const std::string& id, const std::string& cache_tag) {
  trees_[id].insert(cache_tag);
}

void Needs::add(const TableNeeds& needs) {
  for (const std::string& id : needs.tree_ids) {
    add_tree(id, needs.cache_tag);
  }
  add_tree(std::string(StandardPackId(needs.interpreter).view()), needs.cache_tag);
  launchers_.insert(needs.launcher);
}

void Needs::add(const RootState& state) {
  const StoredRoot& root = state.root;
  const std::string tag = state.needs ? state.needs->cache_tag : kAnyTag;
  for (const std::string& id : root.wheel_ids) {
    add_tree(id, tag);
  }
  for (const std::string& id : root.composite_ids) {
    add_tree(id, tag);
  }
  if (!root.launcher.empty()) {
    launchers_.insert(root.launcher);
  } else if (!state.needs && root.kind != "pin") {
    all_launchers_ = true;
  }
  if (state.needs) {
    add(*state.needs);
  }
}

bool Needs::has_pack(std::string_view id, std::string_view pack_file) const {
  const auto found = trees_.find(id);
  return found != trees_.end() && (found->second.contains(kAnyTag) ||
                                   found->second.contains(std::string(tag_of(pack_file))));
}

}  // namespace pel
