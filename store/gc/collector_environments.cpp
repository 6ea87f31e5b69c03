// Which environments go: the first half of class Collector.

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/file_identity.hpp"
#include "store/base/file_kind.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/format/standard_format.hpp"
#include "store/format/table_format.hpp"
#include "store/gc/collector.hpp"
#include "store/prefix/prefix_retirement.hpp"
#include "store/records/cache_layout.hpp"
#include "store/records/kept_table.hpp"
#include "store/records/roots.hpp"
#include "store/tree/composite_queries.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/file_use.hpp"

namespace pel {
namespace {

// Who clears up somebody else's store as root must not be led by it to directories of others.
bool has_same_owner(const std::string& path, const std::string& other) {
  struct stat first{};
  struct stat second{};
  return ::lstat(path.c_str(), &first) == 0 && ::lstat(other.c_str(), &second) == 0 &&
         first.st_uid == second.st_uid;
}

}  // namespace

void Collector::find_claims() {
  for (const RootState& state : states_) {
    if (state.root.kind == "add" && state.alive) {
      claimed_.insert(state.root.environment_id);
    }
  }
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
      if (entry.is_directory && !known.contains(root) && !claimed_.contains(entry.name) &&
          is_cache_prefix(prefix, entry.name) && refers_to_store(prefix, layout_.root())) {
        RootState state;
        state.root.kind = "environment";
        state.root.prefix = prefix;
        state.root.environment_id = entry.name;
        state.root.file = root;
        state.needs = read_table_needs(concat(prefix, "/", table_format::kFileName));
        // The link comes behind the root, and goes with it: it was deleted by somebody else.
        state.alive =
            is_same_file(concat(prefix, "/", table_format::kFileName), kept_table(layout_, root));
        state.reason = "nothing refers to it";
        if (state.alive) {
          add_members(state);
          report_.warnings.push_back(concat(prefix,
                                            ": its root was deleted; it stays until `pyenvlaunch "
                                            "sync` makes that anew, or `env remove` it"));
        }
        states_.push_back(std::move(state));
      }
    }
  }
}

// Its root would name the wheels of its composites, too.
void Collector::add_members(RootState& state) const {
  for (const std::string& id : state.needs ? state.needs->tree_ids : std::vector<std::string>()) {
    const auto members = composite_members(layout_, id).value_or(std::vector<std::string>());
    state.root.wheel_ids.insert(state.root.wheel_ids.end(), members.begin(), members.end());
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
    if (StandardPackId::is_one(id)) {
      continue;  // of the interpreter, not of what is in the store
    }
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
  const bool is_ours = state.is_environment() &&
                       is_cache_prefix(prefix, state.root.environment_id) &&
                       has_same_owner(prefix, layout_.root());
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
  if (state.root.kind == "environment" || state.root.kind == "venv" || state.root.kind == "shim") {
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

}  // namespace pel
