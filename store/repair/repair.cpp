#include "store/repair/repair.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "store/base/build_id.hpp"
#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/fetch/fetch.hpp"
#include "store/fetch/find_links.hpp"
#include "store/format/table_format.hpp"
#include "store/interpreter/bytecode.hpp"
#include "store/interpreter/interpreter.hpp"
#include "store/layout/mapped_trees.hpp"
#include "store/prefix/installation.hpp"
#include "store/prefix/needed_trees.hpp"
#include "store/prefix/stale_links.hpp"
#include "store/records/cache_layout.hpp"
#include "store/records/kept_table.hpp"
#include "store/records/root_reader.hpp"
#include "store/repair/known_wheels.hpp"
#include "store/repair/surface_repair.hpp"
#include "store/tree/change_mode.hpp"
#include "store/tree/composite.hpp"
#include "store/tree/composite_queries.hpp"
#include "store/tree/displaced.hpp"
#include "store/tree/lost_roots.hpp"
#include "store/tree/move_away.hpp"
#include "store/tree/stored_index.hpp"
#include "store/tree/stray_entries.hpp"
#include "store/tree/temporary_tree.hpp"
#include "store/tree/verify_packs.hpp"
#include "store/tree/verify_store.hpp"
#include "store/tree/verify_wheel.hpp"

namespace pel {
namespace {

bool is_on_surface(const Finding& finding) {
  return finding.kind == FindingKind::mode || finding.kind == FindingKind::extra;
}

// The steps of repair_store(): wheels first, then what is made of them.
class Repair {
 public:
  Repair(const Store& store, const RepairOptions& options)
      : store_(store),
        layout_(store.layout()),
        options_(options),
        cache_(options.cache),
        note_(layout_) {}

  RepairReport run() {
    if (!mend_places()) {
      report_.left = displaced_places(layout_);
      return std::move(report_);
    }
    store_.prepare();
    InterruptedReplacements interrupted(layout_);  // what they have left undone is done below
    for (const std::string& id : interrupted.wheel_ids()) {
      store_.renew_derived(id);
    }
    for (const Finding& stray : stray_entries(layout_)) {
      discard_and_report(stray);
    }
    std::vector<std::string> damaged;
    for (const std::string& id : store_.ids()) {
      stop_if_cancelled();
      if (!mend_surface(layout_.wheel(id), verify_wheel(layout_, id, HashFiles::yes))) {
        damaged.push_back(id);
      }
    }
    std::ranges::move(find_missing_needs(layout_).missing_wheels, std::back_inserter(damaged));
    replace_wheels(damaged);
    for (const std::string& id : composite_ids(layout_)) {
      stop_if_cancelled();
      if (!mend_surface(layout_.composite(id), verify_composite(layout_, id, HashFiles::yes))) {
        replace_composite(id);
      }
    }
    make_composites_again();
    note_.done();
    interrupted.forget();
    mend_packs();
    mend_launchers();
    renew_links();
    report_.left = verify_store(store_, Store::Depth::deep);
    std::ranges::move(verify_launchers(this_installation(), layout_, kBuildId),
                      std::back_inserter(report_.left));
    std::ranges::move(find_missing_needs(layout_).findings, std::back_inserter(report_.left));
    if (auto lost = find_lost_roots(layout_)) {
      report_.left.push_back(*std::move(lost));
    }
    std::ranges::move(verify_links(layout_), std::back_inserter(report_.left));
    return std::move(report_);
  }

 private:
  // Whether all is in its place now.
  bool mend_places() {
    bool all = true;
    for (const Finding& displaced : displaced_places(layout_)) {
      if (!may_be_made_anew(layout_, displaced)) {
        report_.failures.push_back(
            concat(displaced.message, " (", advice_on(layout_, displaced), ")"));
        all = false;
        continue;
      }
      try {
        report_.mended.push_back(concat(displaced.path, ": moved to ", move_aside(displaced)));
      } catch (const Error& error) {
        fail(error);
        all = false;
      }
    }
    return all;
  }

  void stop_if_cancelled() const {
    if (options_.cancelled != nullptr && *options_.cancelled) {
      throw Error(ErrorCode::interrupted, "interrupted");
    }
  }

  void fail(const Error& error) {
    const std::scoped_lock guard(mutex_);
    report_.failures.push_back(
        error.hint().empty() ? error.message() : concat(error.message(), " (", error.hint(), ")"));
  }

  // Whether the tree is right now.
  bool mend_surface(const std::string& root, const std::vector<Finding>& findings) {
    try {
      std::ranges::move(repair_surface(root, findings), std::back_inserter(report_.mended));
    } catch (const Error& error) {
      fail(error);
    }
    return std::ranges::all_of(findings, is_on_surface);
  }

  void replace_wheels(const std::vector<std::string>& ids) {
    if (ids.empty()) {
      return;
    }
    const auto known = known_wheels(layout_);
    std::vector<FetchItem> items;
    for (const std::string& id : ids) {
      if (const auto found = known.find(id); found != known.end()) {
        items.push_back({found->second, id});
      } else if (const StoredWheel wheel = describe_wheel(layout_, id);
                 wheel.damage.empty() && !options_.find_links.empty()) {
        LockedArtifact artifact;
        artifact.file_name = wheel.wheel_file;
        artifact.sha256 = wheel.sha256;
        items.push_back({std::move(artifact), id});
      } else if (auto file = wheel_in_folders(FindLinks::parse(options_.find_links).folders, id)) {
        items.push_back({*std::move(file), id});
      } else {
        fail(Error(ErrorCode::not_found,
                   concat("cannot unpack ", id, " again: no lock says where its wheel is"))
                 .with_hint("--find-links says where to look for it"));
      }
    }
    FetchOptions fetch;
    fetch.offline = options_.offline;
    fetch.find_links = options_.find_links;
    fetch.download_dir = cache_.downloads();
    fetch.downloads = options_.downloads;
    fetch.progress = options_.progress;
    fetch.cancelled = options_.cancelled;
    fetch.on_ready = [&](std::size_t i, const std::string& file) {
      store_.replace(file, items[i].wheel.file_name, *items[i].wheel.sha256, Trust::lock, note_);
      const std::scoped_lock guard(mutex_);
      report_.mended.push_back(concat(layout_.wheel(items[i].label), ": unpacked again"));
    };
    try {
      fetch_wheels(items, fetch);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::interrupted) {
        throw;
      }
      fail(error);
    }
  }

  // A composite's name says what it must be, so the right order of its wheels can be told.
  void replace_composite(const std::string& id) {
    const auto members = composite_members(layout_, id);
    try {
      store_.remove_composite(id);
      report_.mended.push_back(concat(layout_.composite(id), ": deleted"));
      for (const StoredRoot& root : read_roots(layout_)) {
        if (members && make_again(id, *members, root.wheel_ids)) {
          report_.mended.push_back(concat(layout_.composite(id), ": made again"));
          return;
        }
      }
    } catch (const Error& error) {
      fail(error);
    }
  }

  bool make_again(const std::string& id, const std::vector<std::string>& members,
                  const std::vector<std::string>& lock_order) {
    std::vector<std::string> ordered;
    for (const std::string& wheel : lock_order) {
      if (std::ranges::find(members, wheel) != members.end()) {
        ordered.push_back(wheel);
      }
    }
    if (ordered.size() != members.size()) {
      return false;
    }
    const MappedTrees mapped(layout_, ordered);
    std::vector<MergeMember> merge;
    for (const EnvironmentTree& tree : mapped.trees()) {
      merge.push_back({tree.id, tree.root, tree.index});
    }
    if (composite_id(merge) != id) {
      return false;
    }
    FileSystemSync sync;
    make_composite(layout_, sync, id, merge);
    return true;
  }

  // Those that somebody needs and that are not there, or went with a wheel.
  void make_composites_again() {
    try {
      for (const std::string& path : make_missing_composites(layout_, cache_, report_.failures)) {
        report_.mended.push_back(concat(path, ": made again"));
      }
    } catch (const Error& error) {
      fail(error);
    }
  }

  // Environments link to these programs. A directory of `venv` keeps its link until it is made
  // anew.
  void mend_launchers() {
    try {
      auto mended = repair_launchers(this_installation(), layout_, kBuildId);
      if (find_missing_needs(layout_).lacks_launcher) {
        copy_to_store(this_installation(), layout_, kBuildId);
        mended.push_back(concat(layout_.launchers(), "/", kBuildId, ": copied again"));
      }
      if (!mended.empty()) {
        store_.replace_generation();
        std::ranges::copy(mended, std::back_inserter(report_.mended));
      }
    } catch (const Error& error) {
      fail(error);
    }
  }

  // Behind the wheels: what environments have of a file that was changed.
  void renew_links() {
    try {
      for (const StaleLink& link : stale_links(layout_)) {
        cache_.prepare();
        renew_link(link, cache_.tmp());
        report_.mended.push_back(concat(link.prefix, "/", link.path, ": linked again"));
      }
    } catch (const Error& error) {
      fail(error);
    }
  }

  void discard(const std::string& path) {
    const TemporaryTree trash(layout_, kTrash);
    move_away(path, concat(trash.path(), "/it"));
  }

  void mend_packs() {
    for (const Finding& finding : verify_bytecode_directory(layout_)) {
      discard_and_report(finding);
    }
    std::vector<std::string> ids = store_.ids();
    std::ranges::copy(composite_ids(layout_), std::back_inserter(ids));
    for (const std::string& id : ids) {
      for (const Finding& finding : verify_packs(layout_, id)) {
        if (finding.kind == FindingKind::mode) {
          static_cast<void>(change_mode(finding.path, 0444));
          report_.mended.push_back(concat(finding.path, ": mode set"));
        } else {
          discard_and_report(finding);
        }
      }
    }
    compile_what_is_missing();
  }

  void discard_and_report(const Finding& finding) {
    try {
      discard(finding.path);
      store_.replace_generation();
      report_.mended.push_back(concat(finding.path, ": deleted"));
    } catch (const Error& error) {
      fail(error);
    }
  }

  // For the interpreters of the environments that need it; others get theirs when they are used.
  void compile_what_is_missing() {
    for (const StoredRoot& root : read_roots(layout_)) {
      const auto needs = read_table_needs(concat(root.prefix, "/", table_format::kFileName));
      if (root.prefix.empty() || !needs) {
        continue;
      }
      try {
        std::vector<std::string> present;
        for (const std::string& id : needs->tree_ids) {
          if (::access(layout_.wheel(id).c_str(), F_OK) == 0 ||
              ::access(layout_.composite(id).c_str(), F_OK) == 0) {
            present.push_back(id);
          }
        }
        cache_.prepare();
        compile_bytecode(ask_interpreter(needs->interpreter, cache_.interpreters()), layout_,
                         present, 0, 0);
      } catch (const Error& error) {
        fail(error);
      }
    }
  }

  const Store& store_;
  const StoreLayout& layout_;
  const RepairOptions& options_;
  CacheLayout cache_;
  ReplacementNote note_;
  std::mutex mutex_;
  RepairReport report_;
};

}  // namespace

RepairReport repair_store(const Store& store, const RepairOptions& options) {
  return Repair(store, options).run();
}

}  // namespace pel
