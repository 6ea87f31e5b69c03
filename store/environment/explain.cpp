#include "store/environment/explain.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "lock/package_name.hpp"
#include "store/base/build_id.hpp"
#include "store/base/error.hpp"
#include "store/base/file_kind.hpp"
#include "store/base/text.hpp"
#include "store/build/build_sources.hpp"
#include "store/environment/environment_id.hpp"
#include "store/environment/locked_selection.hpp"
#include "store/layout/composites.hpp"
#include "store/layout/mapped_trees.hpp"
#include "store/prefix/environment_scripts.hpp"
#include "store/prefix/prefix_content.hpp"
#include "store/records/cache_layout.hpp"
#include "store/tree/store.hpp"

namespace pel {
namespace {

using index_format::EntryKind;
using Kind = ExplainedPlace::Kind;

std::string slashed(std::string_view dotted) {
  std::string path(dotted);
  std::ranges::replace(path, '.', '/');
  return path;
}

// "a/b" and "c" of "a/b/c".
std::pair<std::string_view, std::string_view> split_last(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::pair(std::string_view(), path)
                                         : std::pair(path.substr(0, slash), path.substr(slash + 1));
}

// The trees of one environment, as a question about it sees them.
constexpr std::string_view kBin = "bin/";

class Explainer {
 public:
  explicit Explainer(const EnvironmentRequest& request)
      : cache_(request.locations.cache),
        store_(request.locations.home),
        locked_(read_locked_selection(request, cache_)),
        ids_(ids_of(store_.layout(), locked_)),
        mapped_(store_.layout(), ids_),
        trees_(mapped_.trees().begin(), mapped_.trees().end()) {
    for (const PlannedComposite& composite : plan_composites(trees_, locked_.interpreter)) {
      for (const std::uint32_t member : composite.members) {
        trees_[member].composite = composite.id;
        trees_[member].root = concat(store_.layout().composites(), "/", composite.id);
      }
    }
    prefix_ = cache_.prefix(environment_id(ids_, locked_.interpreter, locked_.lock, kBuildId));
    site_packages_ =
        concat(prefix_, "/lib/", versioned_directory(locked_.interpreter), "/site-packages");
    suffixes_ = locked_.interpreter.extension_suffixes;
    suffixes_.insert(suffixes_.end(), {".py", ".pyc"});
  }

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const EnvironmentTree& tree : trees_) {
      const auto record = tree.index.tree();
      names.emplace_back(tree.index.text(record.normalized_name));
      for (const IndexView::EntryRecord entry : tree.index.entries(record.site_packages)) {
        const std::string_view name = tree.index.text(entry.name);
        names.emplace_back(name.substr(0, name.find('.')));
      }
    }
    for (const EnvironmentScript& script :
         environment_scripts(trees_, locked_.lock.scripts).scripts) {
      names.push_back(script.name);
    }
    return names;
  }

  std::vector<ExplainedPlace> run(std::string_view name) {
    distributions(name);
    if (name.find('/') == std::string_view::npos) {
      modules(slashed(name));
      scripts(name);
    }
    const std::string path = relative(name);
    const std::size_t known = places_.size();
    file(path);
    if (places_.size() == known && path.starts_with(kBin)) {  // made, and in no wheel
      scripts(path.substr(kBin.size()));
    }
    std::ranges::stable_sort(places_, std::greater<>{}, &ExplainedPlace::used);
    return std::move(places_);
  }

 private:
  static std::vector<std::string> ids_of(const StoreLayout& layout, LockedSelection& locked) {
    if (!find_built(layout, locked.interpreter, locked.selection)) {
      throw Error(ErrorCode::not_found,
                  concat("cannot explain ", locked.lock.path, ": not all of its wheels are built"))
          .with_hint("run `pyenvlaunch sync` with it first");
    }
    std::vector<std::string> ids;
    for (const SelectedWheel& wheel : locked.selection.wheels) {
      ids.push_back(Store::id_of(WheelName::parse(wheel.wheel.file_name), *wheel.wheel.sha256));
    }
    return ids;
  }

  [[nodiscard]] static std::string origin_of(const EnvironmentTree& tree) {
    const auto record = tree.index.tree();
    return concat(tree.index.text(record.name), " ", tree.index.text(record.version));
  }

  ExplainedPlace& add(const EnvironmentTree& tree, Kind kind, std::string_view path) {
    return places_.emplace_back(ExplainedPlace{.kind = kind,
                                               .path = concat(tree.root, "/", path),
                                               .wheel = tree.id,
                                               .origin = origin_of(tree)});
  }

  void distributions(std::string_view name) {
    const std::string normalized = normalize_name(name);
    for (const EnvironmentTree& tree : trees_) {
      const auto record = tree.index.tree();
      if (tree.index.text(record.normalized_name) == normalized && record.dist_info.size != 0) {
        add(tree, Kind::distribution,
            concat(index_format::kSitePackages, "/", tree.index.text(record.dist_info)))
            .used = true;
      }
    }
  }

  // What the tree has for a module, if anything.
  [[nodiscard]] std::optional<std::pair<Kind, std::string>> module_in(const EnvironmentTree& tree,
                                                                      std::string_view path) const {
    const auto [folder, name] = split_last(path);
    const IndexView& index = tree.index;
    const auto parent = index.directory(index.tree().site_packages, folder);
    if (!parent) {
      return std::nullopt;
    }
    const auto entry = index.entry(*parent, name);
    const bool is_directory = entry && entry->kind == EntryKind::directory;
    if (is_directory) {
      for (const std::string& suffix : suffixes_) {
        if (index.entry(entry->target, concat("__init__", suffix))) {
          return std::pair(Kind::package, concat(path, "/__init__", suffix));
        }
      }
    }
    for (const std::string& suffix : suffixes_) {
      const auto file = index.entry(*parent, concat(name, suffix));
      if (file && file->kind == EntryKind::file) {
        return std::pair(Kind::module, concat(path, suffix));
      }
    }
    return is_directory ? std::optional(std::pair(Kind::namespace_portion, std::string(path)))
                        : std::nullopt;
  }

  void standard_library(const std::string& path) {
    const std::string& stdlib = locked_.interpreter.stdlib;
    const std::array candidates = {
        std::pair(Kind::package, concat(stdlib, "/", path, "/__init__.py")),
        std::pair(Kind::module, concat(stdlib, "/", path, ".py"))};
    for (const auto& [kind, file] : candidates) {
      if (has_entry(file)) {
        places_.push_back(
            {.kind = kind, .path = file, .origin = "the standard library", .used = true});
        return;
      }
    }
  }

  // Files that were installed into the environment's own directory win over the lock's.
  void own_module(const std::string& path) {
    const std::array candidates = {
        std::pair(Kind::package, concat(site_packages_, "/", path, "/__init__.py")),
        std::pair(Kind::module, concat(site_packages_, "/", path, ".py"))};
    for (const auto& [kind, file] : candidates) {
      if (has_entry(file)) {
        places_.push_back({.kind = kind,
                           .path = file,
                           .origin = "the environment's own directory",
                           .used = places_.empty() || !places_.back().used});
        return;
      }
    }
  }

  // Of several trees: a regular package or a module wins over namespace portions, a package over a
  // module, and of two alike the later one in the lock, as in a directory that both write to.
  void modules(const std::string& path) {
    const std::size_t first = places_.size();
    standard_library(path);
    own_module(path);
    const bool hidden = places_.size() > first;
    const std::string hider = hidden ? places_[first].origin : std::string();
    const EnvironmentTree* const package = package_above(path);
    std::vector<std::pair<std::size_t, Kind>> found;
    for (std::size_t i = 0; i < trees_.size(); ++i) {
      if (const auto match = module_in(trees_[i], path)) {
        found.emplace_back(places_.size(), match->first);
        ExplainedPlace& place =
            add(trees_[i], match->first, concat(index_format::kSitePackages, "/", match->second));
        if (package != nullptr && trees_[i].root != package->root && trees_[i].composite.empty()) {
          place.reason = concat("the package above it is that of ", origin_of(*package));
          found.pop_back();
        }
      }
    }
    decide(found, hidden, hider);
  }

  void decide(const std::vector<std::pair<std::size_t, Kind>>& found, bool hidden,
              const std::string& hider) {
    const auto rank = [](Kind kind) {
      return kind == Kind::package ? 2 : kind == Kind::module ? 1 : 0;
    };
    std::optional<std::pair<std::size_t, Kind>> best;
    for (const auto& candidate : found) {
      if (!best || rank(candidate.second) >= rank(best->second)) {
        best = candidate;
      }
    }
    for (const auto& [number, kind] : found) {
      ExplainedPlace& place = places_[number];
      if (hidden) {
        place.reason = concat(hider, " comes first on sys.path");
      } else if (best->second == Kind::namespace_portion || number == best->first) {
        place.used = true;
      } else {
        place.reason =
            rank(kind) == rank(best->second)
                ? concat(places_[best->first].origin, " is later in the lock")
                : concat(places_[best->first].origin, " has a ",
                         best->second == Kind::package ? "package" : "module", " of that name");
      }
    }
  }

  // The tree whose regular package a submodule has to lie in; null for a top-level name, or when
  // only namespaces are above.
  [[nodiscard]] const EnvironmentTree* package_above(std::string_view path) const {
    const EnvironmentTree* package = nullptr;
    for (std::size_t slash = path.find('/'); slash != std::string_view::npos && package == nullptr;
         slash = path.find('/', slash + 1)) {
      for (const EnvironmentTree& tree : trees_) {
        const auto match = module_in(tree, path.substr(0, slash));
        if (match && match->first == Kind::package) {
          package = &tree;
        }
      }
    }
    return package;
  }

  void scripts(std::string_view name) {
    const EnvironmentScripts all = environment_scripts(trees_, locked_.lock.scripts);
    const auto used = std::ranges::find(all.scripts, name, &EnvironmentScript::name);
    if (used == all.scripts.end()) {
      return;
    }
    const std::string path = concat(prefix_, "/bin/", name);
    const EnvironmentTree* last = nullptr;
    for (const EnvironmentTree& tree : trees_) {
      if (has_script(tree, name)) {
        if (last != nullptr) {
          places_.back().reason = concat(origin_of(tree), " is later in the lock");
          places_.back().used = false;
        }
        last = &tree;
        places_.push_back({.kind = Kind::script,
                           .path = path,
                           .wheel = tree.id,
                           .origin = origin_of(tree),
                           .used = true});
      }
    }
    if (std::ranges::find(locked_.lock.scripts, name, &EntryPointSpec::name) !=
        locked_.lock.scripts.end()) {
      if (last != nullptr) {
        places_.back().used = false;
        places_.back().reason = "the lock has a script of that name";
      }
      places_.push_back({.kind = Kind::script, .path = path, .origin = "the lock", .used = true});
    }
  }

  [[nodiscard]] static bool has_script(const EnvironmentTree& tree, std::string_view name) {
    const IndexView& index = tree.index;
    const auto scripts = index.scripts();
    for (std::size_t i = 0; i < scripts.size(); ++i) {
      if (index.text(scripts[i].name) == name) {
        return true;
      }
    }
    const auto points = index.entry_points();
    for (std::size_t i = 0; i < points.size(); ++i) {
      const std::string_view group = index.text(points[i].group);
      if ((group == "console_scripts" || group == "gui_scripts") &&
          index.text(points[i].name) == name) {
        return true;
      }
    }
    return false;
  }

  // A file's path below a tree's root, whatever place of the environment it was named by.
  [[nodiscard]] std::string relative(std::string_view name) const {
    if (!name.starts_with('/')) {
      return std::string(name);
    }
    for (const EnvironmentTree& tree : trees_) {
      for (const std::string& root : {tree.root, store_.layout().wheel(tree.id)}) {
        if (name.starts_with(root) && name.substr(root.size()).starts_with('/')) {
          return std::string(name.substr(root.size() + 1));
        }
      }
    }
    if (name.starts_with(site_packages_) && name.size() > site_packages_.size()) {
      return concat(index_format::kSitePackages, name.substr(site_packages_.size()));
    }
    return name.starts_with(prefix_) && name.size() > prefix_.size()
               ? std::string(name.substr(prefix_.size() + 1))
               : std::string(name);
  }

  void file(const std::string& path) {
    const std::size_t first = places_.size();
    for (const EnvironmentTree& tree : trees_) {
      for (const std::string& below : {path, concat(index_format::kSitePackages, "/", path)}) {
        const auto [folder, name] = split_last(below);
        const auto directory = tree.index.directory(0, folder);
        const auto entry = directory ? tree.index.entry(*directory, name) : std::nullopt;
        if (entry && entry->kind == EntryKind::file) {
          add(tree, Kind::file, below).used = true;
        }
      }
    }
    for (std::size_t i = first; i + 1 < places_.size(); ++i) {
      places_[i].used = false;
      places_[i].reason = concat(places_.back().origin, " is later in the lock");
    }
  }

  CacheLayout cache_;
  Store store_;
  LockedSelection locked_;
  std::vector<std::string> ids_;
  MappedTrees mapped_;
  std::vector<EnvironmentTree> trees_;
  std::string prefix_;
  std::string site_packages_;
  std::vector<std::string> suffixes_;  // of module files, as the interpreter looks for them
  std::vector<ExplainedPlace> places_;
};

}  // namespace

std::vector<ExplainedPlace> explain_name(const EnvironmentRequest& request, std::string_view name) {
  return Explainer(request).run(name);
}

std::vector<std::string> explainable_names(const EnvironmentRequest& request) {
  return Explainer(request).names();
}

}  // namespace pel
