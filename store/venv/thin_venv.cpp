#include "store/venv/thin_venv.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/environment/environment_maker.hpp"
#include "store/interpreter/process.hpp"
#include "store/prefix/prefix_writer.hpp"
#include "store/records/file_system.hpp"
#include "store/records/kept_table.hpp"
#include "store/records/roots.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/lock_holders.hpp"
#include "store/tree/make_directory.hpp"
#include "store/tree/patient_lock.hpp"
#include "store/tree/remove_tree.hpp"
#include "store/venv/package_edit.hpp"
#include "store/venv/thin_venv_files.hpp"
#include "store/venv/venv_manifest.hpp"

namespace pel {
namespace {

using Kind = PrefixEntry::Kind;

constexpr const char* kConfiguration = "pyvenv.cfg";
constexpr mode_t kFileMode = 0644;

enum class Found { nothing, ours, foreign_venv, other_directory, no_directory };

bool is_empty_directory(const std::string& path) {
  DIR* const directory = ::opendir(path.c_str());
  if (directory == nullptr) {
    throw_errno("read directory", path);
  }
  bool empty = true;
  while (const dirent* const entry = ::readdir(directory)) {
    const std::string_view name = entry->d_name;
    empty = empty && (name == "." || name == "..");
  }
  ::closedir(directory);
  return empty;
}

Found look_at(const std::string& directory) {
  struct stat status{};
  if (::stat(directory.c_str(), &status) != 0) {
    if (errno == ENOENT) {
      return Found::nothing;
    }
    throw_errno("make an environment in", directory);
  }
  if (!S_ISDIR(status.st_mode)) {
    return Found::no_directory;
  }
  if (const auto text = read_file_if_any(concat(directory, "/", kConfiguration))) {
    const bool names_us = text->find("\npyenvlaunch = ") != std::string::npos;
    // A damaged one names nobody.
    const bool is_damaged = text->find("home = ") == std::string::npos;
    return names_us || (is_damaged && read_recipe(directory)) ? Found::ours : Found::foreign_venv;
  }
  return is_empty_directory(directory) ? Found::nothing : Found::other_directory;
}

// Before anything is fetched, or a root is written that would stay: whether this user may write to
// `directory`, or where it is missing, make it. Root may do everything, and yet no file system but
// an ordinary one can: so the first missing directory is made, for a moment.
void require_writable(const std::string& directory) {
  std::string place = directory;
  std::string missing;
  while (place != "/" && ::access(place.c_str(), F_OK) != 0 && errno == ENOENT) {
    missing = std::exchange(place, directory_of(place));
  }
  struct stat status{};
  if (!missing.empty() && ::access(place.c_str(), W_OK | X_OK) == 0 &&
      ::lstat(missing.c_str(), &status) != 0) {
    if (::mkdir(missing.c_str(), 0777) == 0) {
      ::rmdir(missing.c_str());
    } else if (errno == ENOENT) {  // what /proc says
      throw Error(ErrorCode::io, concat("cannot make an environment in ", directory,
                                        ": no directory can be made in ", place))
          .with_hint("give a directory in which you may write");
    } else if (errno != EEXIST) {
      const int error = errno;
      with_default_hint("give a directory in which you may write", [&] {
        errno = error;
        throw_errno("make an environment in", directory);
      });
    }
  }
  if (::access(place.c_str(), W_OK | X_OK) != 0) {
    const int error = errno;
    with_default_hint("give a directory in which you may write", [&] {
      errno = error;
      throw_errno("make an environment in", directory);
    });
  }
}

void prepare_directory(const ThinVenvRequest& request) {
  const std::string& directory = request.directory;
  switch (look_at(directory)) {
    case Found::nothing:
      require_writable(directory);
      break;
    case Found::ours:
      break;
    case Found::foreign_venv:
      if (!request.clear) {
        throw Error(ErrorCode::usage, concat("cannot make an environment in ", directory,
                                             ": it is a virtual environment of another tool"))
            .with_hint("give another directory, or --clear to replace it");
      }
      break;
    case Found::other_directory:
      if (request.allow_existing) {
        break;
      }
      throw Error(ErrorCode::usage, concat("cannot make an environment in ", directory,
                                           ": it is there, and no virtual environment"))
          .with_hint(
              "give another directory, or remove it, or --allow-existing to keep what is there");
    case Found::no_directory:
      throw Error(ErrorCode::usage,
                  concat("cannot make an environment in ", directory, ": it is no directory"))
          .with_hint("the directory comes first, then the lock: pyenvlaunch venv DIR LOCK");
  }
}

void clear_directory(const std::string& directory) {
  if (look_at(directory) != Found::nothing) {
    remove_tree(directory);
  }
}

std::string_view last_line(std::string_view text) {
  while (text.ends_with('\n')) {
    text.remove_suffix(1);
  }
  const std::size_t start = text.rfind('\n');
  return start == std::string_view::npos ? text : text.substr(start + 1);
}

// As Python's own `venv` does it: the interpreter carries the wheel of a pip.
void install_pip(const std::string& directory) {
  ProcessOptions options;
  options.environment.unset_prefixes = {"PYTHON", "PIP_"};
  const std::vector<std::string> command = {concat(directory, "/bin/python"), "-Im", "ensurepip",
                                            "--upgrade", "--default-pip"};
  const ProcessResult result = run_process(command, options);
  if (!result.ok()) {
    throw Error(ErrorCode::io, concat("cannot install pip into ", directory, ": ",
                                      last_line(result.err.empty() ? result.out : result.err)))
        .with_hint("put pip into the lock, or leave --seed out");
  }
}

void refuse_bad_names(const ThinVenvRequest& request) {
  for (const std::string& text : {request.directory, request.prompt}) {
    if (text.find_first_of("\n\r") != std::string::npos) {
      throw Error(ErrorCode::usage,
                  concat("cannot make an environment named '", text, "': it holds a line break"))
          .with_hint("give a name without line breaks");
    }
  }
  if (request.directory.find(':') != std::string::npos) {
    throw Error(ErrorCode::usage, concat("cannot make an environment in ", request.directory,
                                         ": PATH cannot hold a name with a colon"))
        .with_hint("give a directory without a colon in its path");
  }
}

// One process at a time brings a directory up to date.
UniqueFd lock_directory(const std::string& directory) {
  UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd && lock_patiently(fd.get(), LOCK_EX, {}) == EWOULDBLOCK) {
    throw Error(ErrorCode::busy, concat("cannot change ", directory, ": ", lock_holders(fd.get()),
                                        " has been changing it for a minute"))
        .with_hint("end that process, or wait for it");
  }
  return fd;  // without locks (some network file systems) the last one wins
}

// What processes that died in the middle have left. Under the directory's lock.
void remove_leftovers(const std::string& directory, const PrefixPlan& plan) {
  std::set<std::string> folders{directory};
  for (const auto& [path, entry] : plan.entries()) {
    folders.insert(directory_of(concat(directory, "/", path)));
  }
  for (const std::string& folder : folders) {
    struct stat status{};
    if (::stat(folder.c_str(), &status) != 0) {
      continue;
    }
    for (const DirectoryEntry& entry : read_directory(folder)) {
      if (!entry.is_directory && AtomicFile::is_temporary_name(entry.name)) {
        remove_file(concat(folder, "/", entry.name));
      }
    }
  }
}

void sync_root(const EnvironmentMaker& maker, const std::string& directory) {
  struct stat own{};
  struct stat store{};
  const std::string& root = maker.layout().root();
  if (!maker.store_is_read_only() &&
      (::stat(directory.c_str(), &own) != 0 || ::stat(root.c_str(), &store) != 0 ||
       own.st_dev != store.st_dev)) {
    sync_file_system(root);
  }
}

// Brings a directory up to date that may be there, as somebody's own; or that cannot be made at
// once.
PrefixChange update_directory(PrefixPlan& plan, const std::string& directory,
                              const std::string& tmp) {
  const bool created = look_at(directory) == Found::nothing;
  make_directories(directory);
  if (created) {
    // Before everything else: a directory that was left half made is known for ours by it.
    AtomicFile file(concat(directory, "/", kConfiguration),
                    {.mode = kFileMode, .durability = AtomicFile::Durability::after_power_loss});
    file.write(plan.entries().find(kConfiguration)->second.content);
    file.commit();
  }
  const UniqueFd lock = lock_directory(directory);
  remove_leftovers(directory, plan);
  auto before = read_venv_manifest(directory);
  leave_files_of_others(plan, directory, before);
  plan.add(kVenvManifest, {Kind::text, venv_manifest_of(plan)});
  PrefixChange change = write_prefix(without_edited_files(plan, directory), directory, tmp,
                                     PrefixDurability::after_power_loss);
  change.repaired += remove_what_is_gone(directory, before, plan);
  return created ? PrefixChange{.created = true, .repaired = 0} : change;
}

PrefixChange write_directory(PrefixPlan& plan, const std::string& directory,
                             const std::string& tmp) {
  struct stat status{};
  if (::lstat(directory.c_str(), &status) != 0 && errno == ENOENT) {
    PrefixPlan whole = plan;
    whole.add(kVenvManifest, {Kind::text, venv_manifest_of(whole)});
    if (create_prefix_at_once(whole, directory, tmp)) {
      return {.created = true, .repaired = 0};
    }
  }
  return update_directory(plan, directory, tmp);
}

// No root stays where no directory came about.
PrefixChange write_rooted_directory(PrefixPlan& plan, const EnvironmentMaker& maker,
                                    const EnvironmentRoot& root) {
  try {
    return write_directory(plan, root.prefix, maker.cache().tmp());
  } catch (const Error&) {
    if (!maker.store_is_read_only() &&
        ::access(concat(root.prefix, "/", kConfiguration).c_str(), F_OK) != 0 && errno == ENOENT) {
      ::unlink(root_file(maker.layout(), root).c_str());
    }
    throw;
  }
}

}  // namespace

EnvironmentResult make_thin_venv(const ThinVenvRequest& request) {
  refuse_bad_names(request);
  if (!request.restore) {
    prepare_directory(request);
  }
  EnvironmentMaker maker(request.environment);
  // Before it is read: what is written meanwhile is a change that the next start sees.
  const auto lock_state = identify(request.environment.lock_path.c_str());
  if (request.select) {
    maker.gather(request.select);
  } else {
    maker.gather();
  }
  if (!request.clear) {
    refuse_lost_edits(request.directory, maker.wheel_ids());
  } else {
    clear_directory(request.directory);
  }
  const std::string& directory = request.directory;
  PrefixPlan plan = maker.plan(directory, NativeLinks::files);
  add_thin_venv_files(plan, maker, request, lock_state);
  // First the root: from here on garbage collection keeps what the directory refers to.
  const EnvironmentRoot root = maker.root(RootKind::venv, directory);
  if (!maker.store_is_read_only()) {
    write_root(maker.layout(), root);
  }
  const PrefixChange change = write_rooted_directory(plan, maker, root);
  if (!maker.store_is_read_only()) {
    keep_table(maker.layout(), root);
  }
  if (change.created || change.repaired != 0) {
    // It is somebody's own: neither is it made anew when it is used, nor may its root be lost.
    sync_file_system(directory);
    sync_root(maker, directory);
  }
  maker.clock().end("directory");
  if (request.seed) {
    install_pip(directory);
    maker.clock().end("pip");
  }
  return maker.finish(change);
}

}  // namespace pel
