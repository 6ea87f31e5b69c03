#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "store/base/build_id.hpp"
#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/environment/cache_layout.hpp"
#include "store/environment/file_system.hpp"
#include "store/environment/prefix_retirement.hpp"
#include "store/environment/roots.hpp"
#include "store/format/table_format.hpp"
#include "store/gc/disk_meter.hpp"
#include "store/gc/gc.hpp"
#include "store/gc/leftovers.hpp"
#include "store/gc/needs.hpp"
#include "store/gc/root_states.hpp"
#include "store/gc/trash.hpp"
#include "store/tree/composite_queries.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/file_use.hpp"
#include "store/tree/store_lock.hpp"

namespace pel {
namespace {

// The steps of collect_garbage(), in their order. Up to sweep() all happens under the lock, and
// takes milliseconds; what was taken out of sight is deleted behind it.
class Collector {
 public:
  Collector(const Store& store, const GcOptions& options)
      : store_(store), layout_(store.layout()), options_(options), trash_(layout_) {}

  GcReport run() {
    {
      const StoreLock lock(layout_, StoreLock::Mode::exclusive, {.cancelled = options_.cancelled});
      states_ = judge_roots(layout_, options_, report_.warnings);
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

 private:
  // Something below the store that goes.
  struct Garbage {
    std::string path;  // where it lies now
    std::string name;
    std::vector<GcReport::Item>* list =
        nullptr;            // where it is reported; null: it is part of another
    std::size_t owner = 0;  // for a part: the number of what it is part of
  };

  void find_caches();
  void find_prefixes_without_root();
  void give_up_environments_for_size();
  [[nodiscard]] std::uint64_t kept_size(std::map<std::string, std::uint64_t>& sizes) const;
  void retire_environments();
  void retire(RootState& state);
  void keep_running(RootState& state);
  [[nodiscard]] bool is_used(const RootState& state) const;
  void find_needs();
  void find_running_tables();
  void find_garbage();
  void find_dead_packs();
  void add_garbage(std::string path, std::string name, std::vector<GcReport::Item>& list);
  void sweep();
  void measure();

  const Store& store_;
  const StoreLayout& layout_;
  const GcOptions& options_;
  std::vector<RootState> states_;
  std::set<std::string> caches_;
  std::set<std::string> gone_;  // prefix directories
  std::vector<std::string> dead_tables_;
  Needs needs_;
  std::vector<Garbage> garbage_;
  // Deleted with this object, behind the lock.
  std::vector<std::unique_ptr<TemporaryDirectory>> prefix_trash_;
  Trash trash_;
  GcReport report_;
};

bool is_directory(const std::string& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

void Collector::find_caches() {
  caches_.insert(options_.caches.begin(), options_.caches.end());
  for (const RootState& state : states_) {
    if (state.is_environment() && is_cache_prefix(state.root.prefix, state.root.environment_id)) {
      // CACHE/v1/envs/ID
      caches_.insert(directory_of(directory_of(directory_of(state.root.prefix))));
    }
  }
}

// What an interruption between removing a root and its directory has left, or a user who has
// removed the store.
void Collector::find_prefixes_without_root() {
  std::set<std::string> known;  // files: what a damaged root is of, only its name says
  for (const RootState& state : states_) {
    known.insert(state.root.file);
  }
  for (const std::string& cache : caches_) {
    const CacheLayout layout(cache);
    std::vector<DirectoryEntry> entries;
    try {
      entries = read_directory(layout.environments());
    } catch (const Error& error) {
      report_.warnings.push_back(error.message());
    }
    for (const DirectoryEntry& entry : entries) {
      const std::string prefix = layout.prefix(entry.name);
      const std::string root = root_file(layout_, entry.name, prefix);
      if (entry.is_directory && !known.contains(root) && is_cache_prefix(prefix, entry.name) &&
          refers_to_store(prefix, layout_.root())) {
        RootState state;
        state.root.kind = "environment";
        state.root.prefix = prefix;
        state.root.environment_id = entry.name;
        state.root.file = root;
        state.needs = read_table_needs(concat(prefix, "/", table_format::kFileName));
        state.alive = false;
        state.reason = "nothing refers to it";
        states_.push_back(std::move(state));
      }
    }
  }
}

std::uint64_t Collector::kept_size(std::map<std::string, std::uint64_t>& sizes) const {
  Needs needs;
  for (const RootState& state : states_) {
    if (state.alive) {
      needs.add(state);
    }
  }
  std::uint64_t total = 0;
  for (const auto& [id, tags] : needs.trees()) {
    const auto [found, is_new] = sizes.try_emplace(id);
    if (is_new) {
      const WheelUsage usage = is_directory(layout_.wheel(id)) ? store_.disk_usage({&id, 1}).front()
                                                               : composite_usage(layout_, id);
      found->second = usage.bytes + usage.bytecode_bytes;
    }
    total += found->second;
  }
  return total;
}

void Collector::give_up_environments_for_size() {
  std::map<std::string, std::uint64_t> sizes;
  std::vector<RootState*> candidates;
  for (RootState& state : states_) {
    if (state.alive && state.may_go) {
      candidates.push_back(&state);
    }
  }
  std::ranges::sort(candidates, {}, &RootState::last_use);
  report_.kept_bytes = kept_size(sizes);
  for (RootState* const state : candidates) {
    if (report_.kept_bytes <= *options_.max_size) {
      return;
    }
    if (!is_used(*state)) {
      state->alive = false;
      state->reason = "the store is larger than it may be, and it was not used the longest";
      report_.kept_bytes = kept_size(sizes);
    }
  }
  if (report_.kept_bytes > *options_.max_size) {
    report_.warnings.emplace_back("the store stays larger than it may be: the rest is needed");
  }
}

// By its directory, or by the link to its table if others have deleted that.
bool Collector::is_used(const RootState& state) const {
  return is_prefix_in_use(state.root.prefix) ||
         is_file_in_use(kept_table(layout_, state.root.file));
}

void Collector::keep_running(RootState& state) {
  state.alive = true;
  report_.in_use.push_back({state.root.prefix,
                            state.root.locks.empty() ? "" : state.root.locks.front().path,
                            state.reason});
}

void Collector::retire(RootState& state) {
  const std::string& prefix = state.root.prefix;
  const bool is_ours = state.is_environment() && is_cache_prefix(prefix, state.root.environment_id);
  if (is_used(state)) {
    keep_running(state);
    return;
  }
  if (is_ours && is_directory(prefix)) {
    if (!options_.dry_run) {
      try {
        RetiredPrefix retired = retire_prefix(prefix);
        if (retired.state == RetiredPrefix::State::in_use) {
          keep_running(state);
          return;
        }
        if (retired.trash) {
          prefix_trash_.push_back(std::move(retired.trash));
        }
      } catch (const Error& error) {
        report_.warnings.push_back(error.message());
        state.alive = true;  // it refers to its wheels still
        return;
      }
    }
    gone_.insert(prefix);
  }
  if (state.root.kind == "environment" || state.root.kind == "venv") {
    report_.environments.push_back(
        {prefix, state.root.locks.empty() ? "" : state.root.locks.front().path, state.reason});
  }
}

void Collector::retire_environments() {
  for (RootState& state : states_) {
    if (!state.alive && state.root.kind != "add") {
      retire(state);
    }
  }
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

// Links to tables whose roots are gone or have changed: a process may still run with them.
void Collector::find_running_tables() {
  std::map<std::string, const RootState*> alive;
  for (const RootState& state : states_) {
    if (state.alive) {
      alive.emplace(kept_table(layout_, state.root.file), &state);
    }
  }
  for (const DirectoryEntry& entry : read_directory(layout_.tables())) {
    const std::string path = concat(layout_.tables(), "/", entry.name);
    if (alive.contains(path) || entry.name.starts_with('.')) {
      continue;
    }
    const auto needs = read_table_needs(path);
    if (needs && is_file_in_use(path)) {
      needs_.add(*needs);
    } else {
      dead_tables_.push_back(path);
    }
  }
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

void Collector::find_dead_packs() {
  for (const DirectoryEntry& tree : read_directory(layout_.bytecode())) {
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
  for (const RootState& state : states_) {
    if (!state.alive) {
      remove_file(state.root.file);
    }
  }
  for (const std::string& table : dead_tables_) {
    remove_file(table);
  }
  report_.leftovers += sweep_store_leftovers(layout_);
  for (const std::string& cache : caches_) {
    report_.leftovers += sweep_cache_leftovers(cache);
  }
}

// Behind the lock: reading the trees takes longer than all the rest.
void Collector::measure() {
  DiskMeter meter;
  std::vector<std::uint64_t> sizes;
  for (const Garbage& garbage : garbage_) {
    sizes.push_back(garbage.path.empty() ? 0 : meter.add(garbage.path));
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
      meter.add(concat(trash->path(), "/", entry.name));
    }
  }
  if (options_.dry_run) {
    for (const std::string& prefix : gone_) {
      meter.add(prefix);
    }
    for (const std::string& table : dead_tables_) {
      meter.add(table);
    }
  }
  report_.bytes = meter.bytes();
  report_.inodes = meter.inodes();
}

}  // namespace

GcReport collect_garbage(const Store& store, const GcOptions& options) {
  struct stat status{};
  if (::stat(store.layout().root().c_str(), &status) != 0) {
    return {};
  }
  return Collector(store, options).run();
}

}  // namespace pel
