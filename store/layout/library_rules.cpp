#include "store/layout/library_rules.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

using index_format::EntryKind;
using index_format::kNone;
using index_format::kSitePackages;

bool has_file(const IndexView& index, std::uint32_t directory, std::string_view name) {
  const auto entry = index.entry(directory, name);
  return entry && entry->kind == EntryKind::file;
}

bool has_libraries(const IndexView& index, std::uint32_t directory) {
  for (const IndexView::EntryRecord entry : index.entries(directory)) {
    const std::string_view name = index.text(entry.name);
    if (entry.kind == EntryKind::file &&
        (name.ends_with(".so") || name.find(".so.") != std::string_view::npos)) {
      return true;
    }
  }
  return false;
}

std::string path_of(const IndexView& index, std::uint32_t directory) {
  std::string path;
  while (directory != 0 && directory != kNone) {
    const auto record = index.directory_at(directory);
    path = path.empty() ? std::string(index.text(record.name))
                        : concat(index.text(record.name), "/", path);
    // As the writer numbers them, so that a damaged INDEX cannot lead in circles.
    directory = record.parent < directory ? record.parent : 0;
  }
  return path;
}

// The part of a search directory behind "$ORIGIN"; nothing when it starts elsewhere, or when the
// loader fills in more than that.
std::optional<std::string_view> behind_origin(std::string_view entry) {
  for (const std::string_view origin : {"$ORIGIN", "${ORIGIN}"}) {
    if (entry.starts_with(origin)) {
      entry.remove_prefix(origin.size());
      const bool usable =
          (entry.empty() || entry.starts_with('/')) && entry.find('$') == std::string_view::npos;
      return usable ? std::optional(entry) : std::nullopt;
    }
  }
  return std::nullopt;
}

// A directory where the loader looks for the libraries of some files of one tree.
struct SearchDirectory {
  std::optional<std::uint32_t> own;  // the same directory of that tree
  bool is_site_packages = false;
  const std::vector<TreePlace>* places = nullptr;  // of all trees
};

struct SearchPath {
  std::vector<SearchDirectory> directories;
  bool leaves_tree = false;  // some of them exist in other trees
};

// The libraries of one tree and what they need.
class TreeLibraries {
 public:
  TreeLibraries(std::span<const EnvironmentTree> trees, std::uint32_t tree, MergedLayout& layout,
                TreeGroups& groups)
      : trees_(trees), tree_(tree), index_(trees[tree].index), layout_(layout), groups_(groups) {}

  void apply() {
    locate();
    const auto elf = index_.elf_files();
    for (std::size_t i = 0; i < elf.size(); ++i) {
      if (directories_[i] == kNone) {
        continue;
      }
      const auto record = elf[i];
      const SearchPath& path = search_path(directories_[i], record);
      if (path.leaves_tree) {
        follow_search_path(record, path);
      }
    }
    if (!layout_.lib().empty()) {
      look_in_lib();
    }
  }

 private:
  // Finds the directory of each ELF file.
  void locate() {
    const auto elf = index_.elf_files();
    std::vector<std::uint32_t> elf_of_file(index_.files().size(), kNone);
    for (std::uint32_t i = 0; i < elf.size(); ++i) {
      if (elf[i].file < elf_of_file.size()) {
        elf_of_file[elf[i].file] = i;
      }
    }
    directories_.assign(elf.size(), kNone);
    for (std::uint32_t directory = 0; directory < index_.directory_count(); ++directory) {
      for (const IndexView::EntryRecord entry : index_.entries(directory)) {
        if (entry.kind == EntryKind::file && entry.target < elf_of_file.size() &&
            elf_of_file[entry.target] != kNone) {
          directories_[elf_of_file[entry.target]] = directory;
          names_.push_back(index_.text(entry.name));
        }
      }
    }
  }

  const SearchPath& search_path(std::uint32_t directory, const index_format::ElfRecord& elf) {
    const StringRef ref = elf.runpath.size != 0 ? elf.runpath : elf.rpath;
    const auto [place, is_new] = search_paths_.try_emplace(std::uint64_t{directory} << 32U |
                                                           (ref.size == 0 ? kNone : ref.offset));
    SearchPath& path = place->second;
    if (!is_new || ref.size == 0) {
      return path;
    }
    const std::string origin = path_of(index_, directory);
    std::string_view rest = index_.cold_text(ref);
    while (!rest.empty()) {
      const std::size_t colon = rest.find(':');
      const auto below = behind_origin(rest.substr(0, colon));
      rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
      const auto joined = below ? join_lexically(origin, *below) : std::nullopt;
      if (!joined) {
        continue;
      }
      SearchDirectory found{index_.directory(0, *joined), *joined == kSitePackages,
                            &layout_.directories(*joined)};
      join_owners(found);
      path.leaves_tree = path.leaves_tree || found.is_site_packages || leaves_tree(*found.places);
      path.directories.push_back(found);
    }
    return path;
  }

  // Unites with the trees that have libraries in a directory of a search path.
  void join_owners(const SearchDirectory& directory) {
    if (directory.is_site_packages) {
      return;  // there for one of many: what is needed by name
    }
    for (const TreePlace& place : *directory.places) {
      if (place.tree != tree_ && has_libraries(trees_[place.tree].index, place.directory)) {
        groups_.unite(tree_, place.tree);
      }
    }
  }

  [[nodiscard]] bool leaves_tree(const std::vector<TreePlace>& places) const {
    for (const TreePlace& place : places) {
      if (!groups_.together(place.tree, tree_)) {
        return true;
      }
    }
    return false;
  }

  void follow_search_path(const index_format::ElfRecord& elf, const SearchPath& path) {
    for (std::uint32_t i = 0; i < elf.needed_count; ++i) {
      const std::string_view name = index_.cold_text(index_.elf_needed()[elf.first_needed + i]);
      if (name.empty() || name.find('/') != std::string_view::npos) {
        continue;
      }
      for (const SearchDirectory& directory : path.directories) {
        if (directory.own && has_file(index_, *directory.own, name)) {
          break;
        }
        if (const auto owner = owner_of(directory, name)) {
          groups_.unite(tree_, *owner);
          break;
        }
      }
    }
  }

  // Of several trees with that file the last: its file is the one that an installer leaves.
  [[nodiscard]] std::optional<std::uint32_t> owner_of(const SearchDirectory& directory,
                                                      std::string_view name) const {
    if (directory.is_site_packages) {
      const auto owners = layout_.top_level_libraries(name);
      return owners.empty() ? std::nullopt : std::optional(owners.back());
    }
    for (auto place = directory.places->rbegin(); place != directory.places->rend(); ++place) {
      if (has_file(trees_[place->tree].index, place->directory, name)) {
        return place->tree;
      }
    }
    return std::nullopt;
  }

  void look_in_lib() {
    const auto elf = index_.elf_files();
    const auto needed = index_.elf_needed();
    std::unordered_set<std::string_view> own(names_.begin(), names_.end());
    for (std::size_t i = 0; i < elf.size(); ++i) {
      own.insert(index_.cold_text(elf[i].soname));
    }
    const SearchDirectory lib{std::nullopt, false, &layout_.lib()};
    std::unordered_set<std::string_view> seen;
    for (std::size_t i = 0; i < needed.size(); ++i) {
      const std::string_view name = index_.cold_text(needed[i]);
      if (!seen.insert(name).second || own.contains(name)) {
        continue;
      }
      if (const auto owner = owner_of(lib, name)) {
        groups_.unite(tree_, *owner);
      }
    }
  }

  std::span<const EnvironmentTree> trees_;
  std::uint32_t tree_;
  const IndexView& index_;
  MergedLayout& layout_;
  TreeGroups& groups_;
  std::vector<std::uint32_t> directories_;  // of each ELF file
  std::vector<std::string_view> names_;     // of ELF files, in any order
  std::unordered_map<std::uint64_t, SearchPath> search_paths_;
};

}  // namespace

void check_second_part(const EnvironmentTree& tree) {
  if (!tree.index.cold_is_intact()) {
    throw Error(ErrorCode::corrupt, concat("cannot use ", tree.root, "/", index_format::kFileName,
                                           ": its second part is damaged"))
        .with_hint(
            "remove the wheel's directory, its files are read-only; the next run unpacks it "
            "again");
  }
}

void apply_library_rules(std::span<const EnvironmentTree> trees, MergedLayout& layout,
                         TreeGroups& groups) {
  for (std::uint32_t tree = 0; tree < trees.size(); ++tree) {
    const IndexView& index = trees[tree].index;
    if (index.elf_files().empty()) {
      continue;
    }
    check_second_part(trees[tree]);
    TreeLibraries(trees, tree, layout, groups).apply();
  }
}

}  // namespace pel
