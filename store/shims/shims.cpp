#include "store/shims/shims.hpp"

#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <set>
#include <utility>

#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/base/nearest.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/environment/environment_maker.hpp"
#include "store/fetch/url.hpp"
#include "store/format/recipe_file.hpp"
#include "store/prefix/entry_point.hpp"
#include "store/prefix/prefix_retirement.hpp"
#include "store/prefix/prefix_writer.hpp"
#include "store/records/file_system.hpp"
#include "store/records/kept_table.hpp"
#include "store/records/own_places.hpp"
#include "store/records/roots.hpp"
#include "store/shims/shim_links.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/lock_file.hpp"
#include "store/tree/lock_holders.hpp"
#include "store/tree/make_directory.hpp"
#include "store/tree/patient_lock.hpp"
#include "store/tree/store_layout.hpp"
#include "store/tree/store_owners.hpp"
#include "store/venv/venv_manifest.hpp"

namespace pel {
namespace {

using Kind = PrefixEntry::Kind;

constexpr std::string_view kBin = "bin/";

bool is_there(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

// Out of sight at once, so that an interruption leaves no part of it that nobody knows. What a
// process runs in stays, and goes with a later call.
void remove_prefix(const std::string& prefix) {
  static_cast<void>(retire_prefix(prefix, directory_of(prefix)));
}

// Makes HOME/shims and holds it as long as it lives.
class ShimHome {
 public:
  explicit ShimHome(const std::string& home)
      : path_(shim_home(home)), store_(StoreLayout(home).root()) {
    with_default_hint("set PYENVLAUNCH_HOME to a directory that you may write to",
                      [&] { make_directory(path_, 0755); });
    const std::string file = concat(path_, "/.lock");
    fd_ = open_lock_file(file, 0600);
    if (!fd_) {
      throw_errno("open", file, advice_on_owner(file));
    }
    const int error = lock_patiently(fd_.get(), LOCK_EX, LockPatience{});
    if (error == EWOULDBLOCK) {
      throw Error(ErrorCode::busy, concat("cannot lock ", file, ": ", lock_holders(fd_.get()),
                                          " has been changing shims for a minute"))
          .with_hint("wait for it, or end it");
    }
    if (error != 0) {
      errno = error;
      throw_errno("lock", file);
    }
    sweep();
  }

 private:
  // Environments of shims that were uninstalled while a process ran in them, or whose making was
  // cut short. What else lies there is somebody else's.
  void sweep() const {
    sweep_temporary_directories(path_, concat(kRetiredStem, "-"));
    for (const DirectoryEntry& entry : read_directory(path_)) {
      const std::string prefix = concat(path_, "/", entry.name);
      if (entry.is_directory && !is_there(concat(prefix, "/", kShimRecordFile)) &&
          refers_to_store(prefix, store_)) {
        remove_prefix(prefix);
      }
    }
  }

  std::string path_;
  std::string store_;
  UniqueFd fd_;
};

// The names of the scripts that a plan has.
std::set<std::string> scripts_of(const PrefixPlan& plan) {
  std::set<std::string> names;
  for (const auto& [path, entry] : plan.entries()) {
    if (path.starts_with(kBin) && entry.kind != Kind::directory &&
        script_name_problem(path.substr(kBin.size())) == nullptr) {
      names.insert(path.substr(kBin.size()));
    }
  }
  return names;
}

std::string joined(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += concat(text.empty() ? "" : ", ", name);
  }
  return text;
}

// Makes and changes the environment and the links of one record.
class ShimMaker {
 public:
  ShimMaker(const EnvironmentRequest& request, ShimRecord record)
      : maker_(request),
        record_(std::move(record)),
        prefix_(shim_prefix(request.locations.home, record_.lock, record_.directory)) {
    maker_.gather();
    if (maker_.store_is_read_only()) {
      throw Error(ErrorCode::io, concat("cannot install shims: this user may only read the store ",
                                        maker_.layout().root()))
          .with_hint("set PYENVLAUNCH_HOME to a store of your own");
    }
    plan_ = maker_.plan(prefix_, NativeLinks::files);
    scripts_ = scripts_of(plan_);
  }

  [[nodiscard]] const std::set<std::string>& scripts() const noexcept { return scripts_; }

  [[nodiscard]] ShimRecord& record() noexcept { return record_; }

  [[nodiscard]] const std::string& prefix() const noexcept { return prefix_; }

  [[nodiscard]] ShimPlace place_of(const std::string& name) const {
    return look_at_shim(record_.directory, name, prefix_);
  }

  // The environment, with the record in it.
  EnvironmentResult make_environment() {
    const auto lock_text = read_file_if_any(maker_.request().lock_path);
    // Its URLs may hold passwords, and who may read the lock is not known here.
    plan_.add(kShimLockCopy, {Kind::text, lock_text.value_or(""), 0600});
    plan_.add(kRecipeFile, {Kind::text, write_recipe(maker_.recipe(RootKind::shim, prefix_))});
    const auto before = read_venv_manifest(prefix_);
    plan_.add(kVenvManifest, {Kind::text, venv_manifest_of(plan_)});
    EnvironmentRoot root = maker_.root(RootKind::shim, prefix_);
    write_root(maker_.layout(), root);
    PrefixChange change =
        write_prefix(plan_, prefix_, maker_.layout().tmp(), PrefixDurability::after_power_loss);
    change.repaired += remove_what_is_gone(prefix_, before, plan_);
    keep_table(maker_.layout(), root);
    write_record();
    if (change.created || change.repaired != 0) {
      sync_file_system(prefix_);  // scripts on PATH are started without a look at what is in them
    }
    maker_.clock().end("environment");
    return maker_.finish(change);
  }

 private:
  void write_record() {
    std::ranges::sort(record_.names);
    const std::string path = concat(prefix_, "/", kShimRecordFile);
    const std::string text = write_shim_record(record_);
    if (read_file_if_any(path) != text) {
      AtomicFile file(path);
      file.write(text);
      file.commit();
    }
  }

  EnvironmentMaker maker_;
  ShimRecord record_;
  std::string prefix_;
  PrefixPlan plan_;
  std::set<std::string> scripts_;
};

[[noreturn]] void refuse(const ShimRecord& record, const std::string& name, ShimPlace place) {
  const std::string path = concat(record.directory, "/", name);
  if (place == ShimPlace::directory) {
    throw Error(ErrorCode::io, concat("cannot install '", name, "': ", path, " is a directory"))
        .with_hint("remove it, name other scripts, or give another --dir");
  }
  throw Error(ErrorCode::io,
              concat("cannot install '", name, "': ", path,
                     place == ShimPlace::other ? " belongs to the shims of another lock"
                                               : " is there, and was not installed by pyenvlaunch"))
      .with_hint("name the scripts that you want, give another --dir, or --force to replace it");
}

// Checks everything before anything is changed.
std::vector<std::string> links_to_make(const ShimMaker& maker, const ShimRecord& record,
                                       bool force) {
  std::vector<std::string> links;
  for (const std::string& name : record.names) {
    const ShimPlace place = maker.place_of(name);
    if (place == ShimPlace::ours) {
      continue;
    }
    if (place == ShimPlace::directory || (place != ShimPlace::free && !force)) {
      refuse(record, name, place);
    }
    links.push_back(name);
  }
  return links;
}

std::vector<std::string> wanted_names(const std::set<std::string>& scripts,
                                      const ShimInstall& request,
                                      const std::vector<std::string>& before) {
  const std::string& lock = request.environment.lock_path;
  if (scripts.empty()) {
    throw Error(ErrorCode::not_found,
                concat("cannot install shims: the environment of ", lock, " has no scripts"))
        .with_hint("`pyenvlaunch run` starts modules with -m");
  }
  std::set<std::string> names(request.names.begin(), request.names.end());
  if (names.empty()) {
    names = scripts;
  }
  for (const std::string& name : names) {
    if (!scripts.contains(name)) {
      throw Error(ErrorCode::not_found, concat("cannot install '", name, "': the environment of ",
                                               lock, " has no such script"))
          .with_hint(nearest_hint(name, std::vector<std::string>(scripts.begin(), scripts.end()),
                                  concat("it has ", joined(scripts))));
    }
  }
  for (const std::string& name : before) {
    if (scripts.contains(name)) {
      names.insert(name);
    }
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> remove_gone(const ShimRecord& before, const ShimRecord& now,
                                     const std::string& prefix) {
  std::vector<std::string> removed;
  for (const std::string& name : before.names) {
    if (std::ranges::find(now.names, name) == now.names.end() &&
        remove_shim(before.directory, name, prefix)) {
      removed.push_back(name);
    }
  }
  return removed;
}

void make_shim_directory(const std::string& directory) {
  with_default_hint("give another --dir, in which you may write",
                    [&] { make_directories(directory); });
}

EnvironmentRequest request_of(const ShimRecord& record, const EnvironmentRequest& like) {
  EnvironmentRequest request = like;
  request.lock_path = record.lock;
  request.selection = record.selection;
  request.python_spec = record.python_spec;
  request.find_links.insert(request.find_links.end(), record.find_links.begin(),
                            record.find_links.end());
  return request;
}

}  // namespace

ShimChange install_shims(const ShimInstall& request) {
  const StoreLocations& locations = request.environment.locations;
  refuse_own_place("install shims in", request.directory, locations.home, locations.cache);
  const ShimHome home(request.environment.locations.home);
  ShimRecord record{.lock = request.environment.lock_path,
                    .directory = request.directory,
                    .all = request.names.empty(),
                    .names = {},
                    .python_spec = request.environment.python_spec,
                    .selection = request.environment.selection,
                    .find_links = {}};
  // An upgrade finds a password in ~/.netrc.
  std::ranges::transform(request.environment.find_links, std::back_inserter(record.find_links),
                         without_credentials);
  ShimMaker maker(request.environment, std::move(record));
  const ShimRecord before = read_shim_record(maker.prefix()).value_or(ShimRecord{});
  maker.record().all = maker.record().all || before.all;
  maker.record().names = wanted_names(maker.scripts(), request, before.names);
  const auto links = links_to_make(maker, maker.record(), request.force);
  make_shim_directory(request.directory);
  ShimChange change;
  change.environment = maker.make_environment();
  ShimLinks made(request.directory, maker.prefix());
  for (const std::string& name : links) {
    if (!made.make(name, request.force)) {
      refuse(maker.record(), name, maker.place_of(name));
    }
  }
  made.keep();
  change.added = links;
  change.removed = remove_gone(before, maker.record(), maker.prefix());
  change.record = maker.record();
  return change;
}

ShimChange upgrade_shims(const ShimRecord& record, const EnvironmentRequest& request) {
  const ShimHome home(request.locations.home);
  ShimChange change;
  EnvironmentRequest own = request_of(record, request);
  if (!is_there(record.lock)) {
    change.lock_is_gone = true;
    own.lock_path = concat(shim_prefix(request.locations.home, record.lock, record.directory), "/",
                           kShimLockCopy);
  }
  ShimMaker maker(own, record);
  std::vector<std::string> names;
  ShimLinks made(record.directory, maker.prefix());
  std::vector<std::string> links;
  for (const std::string& name : maker.scripts()) {
    const bool had = std::ranges::find(record.names, name) != record.names.end();
    if (!had && !record.all) {
      continue;
    }
    const ShimPlace place = maker.place_of(name);
    if (place == ShimPlace::free) {
      links.push_back(name);
    } else if (place != ShimPlace::ours) {
      change.notes.push_back(concat(record.directory, "/", name, " was not touched: it is not of ",
                                    "this installation"));
      if (!had) {
        continue;
      }
    }
    names.push_back(name);
  }
  maker.record().names = names;
  make_shim_directory(record.directory);
  change.environment = maker.make_environment();
  for (const std::string& name : links) {
    if (!made.make(name, false)) {
      refuse(maker.record(), name, maker.place_of(name));
    }
  }
  made.keep();
  change.added = links;
  change.removed = remove_gone(record, maker.record(), maker.prefix());
  change.record = maker.record();
  return change;
}

ShimChange uninstall_shims(const StoreLocations& locations, const ShimRecord& record,
                           const std::vector<std::string>& names) {
  const ShimHome home(locations.home);
  const std::string prefix = shim_prefix(locations.home, record.lock, record.directory);
  ShimChange change;
  change.record = record;
  for (const std::string& name : names) {
    if (remove_shim(record.directory, name, prefix)) {
      change.removed.push_back(name);
    } else if (look_at_shim(record.directory, name, prefix) != ShimPlace::free) {
      change.notes.push_back(concat(record.directory, "/", name, " was not touched: it is not of ",
                                    "this installation"));
    }
    std::erase(change.record.names, name);
  }
  change.record.all = false;
  const std::string file = concat(prefix, "/", kShimRecordFile);
  if (!change.record.names.empty()) {
    AtomicFile kept(file);
    kept.write(write_shim_record(change.record));
    kept.commit();
    return change;
  }
  // Without a record it is garbage.
  remove_file(file);
  const StoreLayout layout(locations.home);
  const std::string root = shim_root_file(layout, prefix);
  release_table(layout, root);
  remove_file(root);
  remove_prefix(prefix);
  return change;
}

}  // namespace pel
