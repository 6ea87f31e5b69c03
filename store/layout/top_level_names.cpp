#include "store/layout/top_level_names.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "store/base/text.hpp"

namespace pel {
namespace {

using index_format::EntryKind;
using table_format::NameKind;

struct Winner {
  std::size_t rank;  // of the suffix
  std::uint32_t tree;
};

// All that is known of one name.
struct Candidate {
  std::vector<std::uint32_t> directories;  // trees that have a directory of that name, lock order
  std::optional<Winner> package;
  std::optional<Winner> module;
};

using Candidates = std::unordered_map<std::string_view, Candidate>;

// Trees come in lock order, so that an equal rank means a later wheel, which overwrites.
void consider(std::optional<Winner>& best, std::size_t rank, std::uint32_t tree) {
  if (!best || rank <= best->rank) {
    best = Winner{rank, tree};
  }
}

class Collector {
 public:
  explicit Collector(std::span<const std::string> extension_suffixes)
      : suffixes_(extension_suffixes.begin(), extension_suffixes.end()) {
    suffixes_.emplace_back(".py");
    suffixes_.emplace_back(".pyc");
    for (const std::string& suffix : suffixes_) {
      init_files_.push_back(concat("__init__", suffix));
    }
  }

  void add_tree(const IndexView& index, std::uint32_t tree) {
    const std::uint32_t site_packages = index.tree().site_packages;
    for (const IndexView::EntryRecord entry : index.entries(site_packages)) {
      const std::string_view name = index.text(entry.name);
      if (entry.kind == EntryKind::directory) {
        add_directory(index, tree, name, entry.target);
      } else {
        add_file(tree, name);
      }
    }
  }

  [[nodiscard]] const Candidates& candidates() const noexcept { return candidates_; }

 private:
  void add_directory(const IndexView& index, std::uint32_t tree, std::string_view name,
                     std::uint32_t directory) {
    if (name.empty() || name.find('.') != std::string_view::npos || name == "__pycache__") {
      return;
    }
    Candidate& candidate = candidates_[name];
    candidate.directories.push_back(tree);
    for (std::size_t rank = 0; rank < init_files_.size(); ++rank) {
      const auto init = index.entry(directory, init_files_[rank]);
      if (init && init->kind == EntryKind::file) {
        consider(candidate.package, rank, tree);
        return;
      }
    }
  }

  void add_file(std::uint32_t tree, std::string_view file_name) {
    for (std::size_t rank = 0; rank < suffixes_.size(); ++rank) {
      if (!file_name.ends_with(suffixes_[rank])) {
        continue;
      }
      const auto name = file_name.substr(0, file_name.size() - suffixes_[rank].size());
      if (!name.empty() && name.find('.') == std::string_view::npos) {
        consider(candidates_[name].module, rank, tree);
        return;
      }
    }
  }

  std::vector<std::string> suffixes_;
  std::vector<std::string> init_files_;
  Candidates candidates_;  // keys are text of the INDEX files
};

TableContent::Name decide(std::string_view name, const Candidate& candidate) {
  TableContent::Name result{std::string(name), NameKind::name_space, {}};
  if (candidate.package) {
    result.kind = NameKind::package;
    result.owners.push_back(candidate.package->tree);
  } else if (candidate.module) {
    result.kind = NameKind::module;
    result.owners.push_back(candidate.module->tree);
    return result;
  }
  for (auto tree = candidate.directories.rbegin(); tree != candidate.directories.rend(); ++tree) {
    if (!candidate.package || *tree != candidate.package->tree) {
      result.owners.push_back(*tree);
    }
  }
  return result;
}

}  // namespace

std::vector<TableContent::Name> top_level_names(std::span<const EnvironmentTree> trees,
                                                std::span<const std::string> extension_suffixes) {
  Collector collector(extension_suffixes);
  for (std::size_t tree = 0; tree < trees.size(); ++tree) {
    collector.add_tree(trees[tree].index, static_cast<std::uint32_t>(tree));
  }
  std::vector<TableContent::Name> names;
  names.reserve(collector.candidates().size());
  for (const auto& [name, candidate] : collector.candidates()) {
    names.push_back(decide(name, candidate));
  }
  return names;
}

}  // namespace pel
