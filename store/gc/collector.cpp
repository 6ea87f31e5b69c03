#include "store/gc/collector.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include "store/base/build_id.hpp"
#include "store/base/error.hpp"
#include "store/base/file_kind.hpp"
#include "store/base/text.hpp"
#include "store/build/built_wheels.hpp"
#include "store/gc/table_links.hpp"
#include "store/records/kept_table.hpp"
#include "store/tree/composite_queries.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/displaced.hpp"
#include "store/tree/file_use.hpp"
#include "store/tree/lost_roots.hpp"

namespace pel {
namespace {

bool is_older_than_a_day(const std::string& path) {
  constexpr std::time_t kDay = 24L * 60 * 60;
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0 && std::time(nullptr) - status.st_mtim.tv_sec > kDay;
}

// Those of directories at a place of their own, which nobody but their users can make again. One
// with a dot is of a directory of `venv` that was moved and replaced, or of shims that were
// removed.
bool is_of_directory(std::string_view table_name) {
  return table_name.starts_with("venv-") ||
         (table_name.starts_with("shim-") && table_name.find('.') == std::string_view::npos);
}

}  // namespace

GcReport Collector::run() {
  {
    const StoreLock lock(layout_, StoreLock::Mode::exclusive, {.cancelled = options_.cancelled});
    states_ = judge_roots(layout_, options_, report_.warnings);
    find_claims();
    find_caches();
    find_prefixes_without_root();
    if (options_.max_size) {
      give_up_environments_for_size();
    }
    retire_environments();
    find_needs();
    find_garbage();
    if (!options_.dry_run) {
      sweep();
    }
    for (const std::string& cache : caches_) {
      report_.selections += sweep_selections(layout_, cache, gone_, options_.dry_run);
    }
  }
  measure();
  std::ranges::sort(report_.environments, {}, &GcReport::Environment::prefix);
  return std::move(report_);
}

void Collector::find_needs() {
  needs_.add_launcher(kBuildId);
  for (const RootState& state : states_) {
    if (state.alive) {
      needs_.add(state);
    }
  }
  find_running_tables();
}

// Links to tables whose roots are gone or have changed: a process may still run with them. Where a
// root was deleted by somebody else than us, its directory may need them as well.
void Collector::find_running_tables() {
  std::set<std::string> alive;
  std::set<std::string> known;
  for (const RootState& state : states_) {
    known.insert(kept_table(layout_, state.root.file));
    if (state.alive) {
      alive.insert(kept_table(layout_, state.root.file));
    }
  }
  std::vector<StoredRoot> roots;
  for (const RootState& state : states_) {
    roots.push_back(state.root);
  }
  const TableLinks links(layout_, roots);
  const auto is_being_made = [&](std::string_view name) {
    return std::ranges::any_of(
        claimed_, [&](const std::string& id) { return name.starts_with(concat("env-", id, "-")); });
  };
  for (const DirectoryEntry& entry : read_directory(layout_.tables())) {
    const std::string path = concat(layout_.tables(), "/", entry.name);
    if (alive.contains(path) || entry.is_directory || entry.name.starts_with('.') ||
        is_being_made(entry.name)) {
      continue;
    }
    const bool has_lost_root =
        is_of_directory(entry.name) && !known.contains(path) && links.has_unknown_name(path);
    if (!has_lost_root && !is_file_in_use(path)) {
      dead_tables_.push_back(path);
      continue;
    }
    const auto needs = read_table_needs(path);
    if (!needs) {
      throw Error(ErrorCode::corrupt, concat("cannot tell what is needed: table ", path,
                                             " is in use, and cannot be read"))
          .with_hint(
              "nothing is freed: it is of another release of pyenvlaunch, or damaged; run "
              "this with that release, or when the programs that use it have ended");
    }
    keep_whole(*needs);
    if (has_lost_root) {
      report_.warnings.push_back(
          concat(path,
                 ": the root of its directory was deleted, or is another's now; what that needs is "
                 "kept, until the directory is deleted or made anew with `pyenvlaunch venv DIR "
                 "LOCK`"));
    }
  }
}

// The trees of a table of which no root says more: of a composite, its wheels as well, or it could
// not be made again.
void Collector::keep_whole(const TableNeeds& needs) {
  TableNeeds all = needs;
  for (const std::string& id : needs.tree_ids) {
    if (const auto members = composite_members(layout_, id)) {
      all.tree_ids.insert(all.tree_ids.end(), members->begin(), members->end());
    }
  }
  needs_.add(all);
}

void Collector::add_garbage(std::string path, std::string name, std::vector<GcReport::Item>& list) {
  garbage_.push_back({std::move(path), std::move(name), &list, 0});
}

void Collector::find_garbage() {
  const auto add_tree = [&](const std::string& path, const std::string& id, auto& list) {
    if (!needs_.has_tree(id)) {
      add_garbage(path, id, list);
      const std::size_t owner = garbage_.size() - 1;
      garbage_.push_back({layout_.bytecode(id), id, nullptr, owner});
    }
  };
  for (const std::string& id : store_.ids()) {
    add_tree(layout_.wheel(id), id, report_.wheels);
  }
  find_dead_builds();
  for (const std::string& id : composite_ids(layout_)) {
    add_tree(layout_.composite(id), id, report_.composites);
  }
  find_dead_packs();
  for (const DirectoryEntry& entry : read_directory(layout_.launchers())) {
    if (is_store_id(entry.name) && !needs_.has_launcher(entry.name)) {
      add_garbage(concat(layout_.launchers(), "/", entry.name), entry.name, report_.launchers);
    }
  }
}

// The files of wheels that were built go with what was unpacked of them. One of which nothing was
// unpacked may be about to be; after a day it is what somebody has left.
void Collector::find_dead_builds() {
  for (const BuiltWheels::Entry& built : BuiltWheels(layout_).list()) {
    const bool is_unpacked = is_directory(layout_.wheel(built.id));
    if (!needs_.has_tree(built.id) && (is_unpacked || is_older_than_a_day(built.path))) {
      add_garbage(built.path, concat("built/", built.wheel.file_name), report_.wheels);
    }
  }
}

void Collector::find_dead_packs() {
  for (const DirectoryEntry& tree : read_directory(layout_.bytecode())) {
    if (!tree.is_directory) {
      continue;  // verification names it; a link would lead to files of others
    }
    const std::string directory = layout_.bytecode(tree.name);
    if (!needs_.has_tree(tree.name)) {
      if (!is_directory(layout_.wheel(tree.name)) && !is_directory(layout_.composite(tree.name))) {
        add_garbage(directory, tree.name, report_.packs);
      }
      continue;
    }
    for (const DirectoryEntry& pack : read_directory(directory)) {
      if (!pack.name.starts_with('.') && !needs_.has_pack(tree.name, pack.name)) {
        add_garbage(concat(directory, "/", pack.name), concat(tree.name, "/", pack.name),
                    report_.packs);
      }
    }
  }
}

void Collector::sweep() {
  if (!garbage_.empty()) {
    // First: from here on no answer that was given before is believed without looking.
    store_.replace_generation();
  }
  for (Garbage& garbage : garbage_) {
    garbage.path = trash_.take(garbage.path, report_.warnings);
  }
  // Before their roots: a table whose root is gone counts as that of a directory without one.
  for (const std::string& table : dead_tables_) {
    meter_.add(table);
    remove_file(table);
  }
  for (const RootState& state : states_) {
    if (!state.alive) {
      remove_file(state.root.file);
    }
  }
  report_.leftovers += sweep_store_leftovers(layout_);
  for (const std::string& cache : caches_) {
    report_.leftovers += sweep_cache_leftovers(cache);
  }
}

// Behind the lock: reading the trees takes longer than all the rest.
void Collector::measure() {
  std::vector<std::uint64_t> sizes;
  for (const Garbage& garbage : garbage_) {
    sizes.push_back(garbage.path.empty() ? 0 : meter_.add(garbage.path));
    if (garbage.list == nullptr) {
      sizes[garbage.owner] += sizes.back();
    }
  }
  for (std::size_t i = 0; i < garbage_.size(); ++i) {
    if (garbage_[i].list != nullptr && !garbage_[i].path.empty()) {
      garbage_[i].list->push_back({garbage_[i].name, sizes[i]});
    }
  }
  for (const auto& trash : prefix_trash_) {
    for (const DirectoryEntry& entry : read_directory(trash->path())) {
      meter_.add(concat(trash->path(), "/", entry.name));
    }
  }
  if (options_.dry_run) {
    for (const std::string& prefix : gone_) {
      meter_.add(prefix);
    }
    for (const std::string& table : dead_tables_) {
      meter_.add(table);
    }
  }
  report_.bytes = meter_.bytes();
  report_.inodes = meter_.inodes();
}

GcReport collect_garbage(const Store& store, const GcOptions& options) {
  const StoreLayout& layout = store.layout();
  require_own_places(layout);
  const std::array parts = {layout.root(), layout.locks(), layout.tables(), layout.roots(),
                            layout.tmp()};
  if (!std::ranges::all_of(parts, is_directory)) {
    // A store that somebody is making at this moment holds nothing yet.
    if (read_directory(layout.wheels()).empty()) {
      return {};
    }
    store.prepare();  // somebody has deleted one
  }
  if (const auto lost = find_lost_roots(layout)) {
    throw Error(ErrorCode::corrupt, concat("nothing is freed: ", lost->message))
        .with_hint(advice_on_lost_roots(layout));
  }
  return Collector(store, options).run();
}

}  // namespace pel
