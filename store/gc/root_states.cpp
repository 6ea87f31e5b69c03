#include "store/gc/root_states.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/overlay.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/base/text_file.hpp"
#include "store/format/lock_text.hpp"
#include "store/format/table_format.hpp"
#include "store/gc/table_links.hpp"
#include "store/prefix/prefix_retirement.hpp"
#include "store/records/claim.hpp"
#include "store/records/roots.hpp"

namespace pel {
namespace {

constexpr std::string_view kMoved =
    ": the directory was moved; what it needs is kept, until it is deleted or made anew with "
    "`pyenvlaunch venv DIR LOCK`";

bool is_gone(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

class Judge {
 public:
  Judge(const StoreLayout& layout, const GcOptions& options)
      : layout_(layout), options_(options), roots_(read_roots(layout)), links_(layout, roots_) {
    kept_locks_.insert(options.keep_locks.begin(), options.keep_locks.end());
    for (const StoredRoot& root : roots_) {
      if (root.kind == "pin") {
        for (const RootLock& lock : root.locks) {
          kept_locks_.insert(lock.path);
        }
      }
      if (root.kind == "add" && is_live_claim(root.file)) {
        claimed_.insert(root.environment_id);
        live_claims_.insert(root.file);
      }
    }
  }

  std::vector<RootState> run(std::vector<std::string>& warnings) {
    std::vector<RootState> states;
    for (StoredRoot& root : roots_) {
      RootState state;
      state.root = std::move(root);
      judge(state, warnings);
      states.push_back(std::move(state));
    }
    return states;
  }

 private:
  void judge(RootState& state, std::vector<std::string>& warnings) {
    StoredRoot& root = state.root;
    if (!root.damage.empty()) {
      judge_damaged(state, warnings);
    } else if (root.kind == "add") {
      state.alive = live_claims_.contains(root.file);
    } else if (claimed_.contains(root.environment_id) && !root.environment_id.empty()) {
      read_table(state);  // its directory may not be there yet
    } else if (root.kind == "environment") {
      judge_environment(state);
    } else if (root.kind == "venv" || root.kind == "shim") {
      read_table(state);
      if (is_gone(concat(root.prefix, "/pyvenv.cfg"))) {
        if (was_moved(state)) {
          warnings.push_back(concat(root.prefix, kMoved));
          return;
        }
        give_up(state, "its directory is gone");
      } else if (is_of_others(root.prefix, layout_.root())) {
        give_up(state, "its directory is another environment");
      }
    }
  }

  // Somewhere else it works as before, but nothing says where that is. Of a directory of an image,
  // numbers of links do not say whether it was moved or deleted; `mv` makes a copy of such a one.
  bool was_moved(RootState& state) const {
    const std::string kept = kept_table(layout_, state.root.file);
    if (state.root.kind != "venv" || !is_gone(state.root.prefix) || is_on_overlay(kept) ||
        !links_.has_unknown_name(kept)) {
      return false;
    }
    state.needs = read_table_needs(kept);
    return true;
  }

  // An environment can be made again; what it needs until then is in its table. Others cannot.
  void judge_damaged(RootState& state, std::vector<std::string>& warnings) {
    StoredRoot& root = state.root;
    if (name_of(root.file).starts_with("add-")) {
      state.alive = is_live_claim(root.file);
      if (!state.alive) {
        return;
      }
    }
    state.needs = read_table_needs(kept_table(layout_, root.file));
    if (!state.needs && !name_of(root.file).starts_with("env-")) {
      throw Error(ErrorCode::corrupt, root.damage)
          .with_hint(
              "nothing is freed, since it may keep anything: make again what it was written "
              "for, or remove it if that is not needed");
    }
    root.kind = "environment";
    state.alive = state.needs.has_value();
    state.reason = "its root is damaged";
    warnings.push_back(root.damage);
  }

  void judge_environment(RootState& state) {
    read_table(state);
    const StoredRoot& root = state.root;
    if (is_gone(root.prefix)) {
      give_up(state, "its directory is gone");
      return;
    }
    const bool kept = std::ranges::any_of(
        root.locks, [&](const RootLock& lock) { return kept_locks_.contains(lock.path); });
    if (kept) {
      return;
    }
    std::string reason = "it was removed";
    for (const RootLock& lock : root.locks) {
      const std::string why = why_not(lock);
      if (why.empty()) {
        reason.clear();
        break;
      }
      reason = why;
    }
    if (!reason.empty()) {
      give_up(state, reason);
      return;
    }
    if (options_.older_than && now_ - state.last_use > options_.older_than->count()) {
      give_up(state, "it was not used for long");
      return;
    }
    state.may_go = true;
  }

  static void give_up(RootState& state, std::string_view reason) {
    state.alive = false;
    state.reason = reason;
  }

  void read_table(RootState& state) const {
    const std::string table = concat(state.root.prefix, "/", table_format::kFileName);
    struct stat status{};
    if (::stat(table.c_str(), &status) == 0) {
      state.last_use = std::min<std::int64_t>(status.st_mtim.tv_sec, now_);
      if (!options_.dry_run && status.st_mtim.tv_sec - now_ > table_format::kTouchAge) {
        // Of a clock that was wrong: from now on it ages.
        const timespec times[2] = {{0, UTIME_OMIT}, {0, UTIME_NOW}};
        static_cast<void>(::utimensat(AT_FDCWD, table.c_str(), times, 0));
      }
      state.needs = read_table_needs(table);
    }
  }

  // Why the lock does not lead to its environment any more; empty if it does.
  std::string why_not(const RootLock& lock) {
    if (is_gone(lock.path)) {
      return "its lock is gone";
    }
    const std::string& now = digest_of(lock.path);
    return lock.digest.empty() || now.empty() || now == lock.digest ? "" : "its lock has changed";
  }

  // Empty if the lock cannot be read, which is no reason to give its environment up.
  const std::string& digest_of(const std::string& path) {
    const auto [found, is_new] = digests_.try_emplace(path);
    std::string text;
    if (is_new && read_text_file(path, kMaxLockSize, text) == 0) {
      found->second = lock_text_digest(text);
    }
    return found->second;
  }

  const StoreLayout& layout_;
  const GcOptions& options_;
  std::vector<StoredRoot> roots_;
  TableLinks links_;
  std::set<std::string> kept_locks_;
  std::set<std::string> claimed_;  // ids of environments that are being made
  std::set<std::string> live_claims_;
  std::map<std::string, std::string> digests_;
  std::int64_t now_ = std::chrono::duration_cast<std::chrono::seconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
};

}  // namespace

std::vector<RootState> judge_roots(const StoreLayout& layout, const GcOptions& options,
                                   std::vector<std::string>& warnings) {
  return Judge(layout, options).run(warnings);
}

}  // namespace pel
