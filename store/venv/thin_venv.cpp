#include "store/venv/thin_venv.hpp"

#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <string_view>
#include <vector>

#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/base/file_kind.hpp"
#include "store/base/path.hpp"
#include "store/base/symlink.hpp"
#include "store/base/text.hpp"
#include "store/environment/environment_maker.hpp"
#include "store/interpreter/process.hpp"
#include "store/prefix/prefix_writer.hpp"
#include "store/records/file_system.hpp"
#include "store/records/kept_table.hpp"
#include "store/records/roots.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/lock_file.hpp"
#include "store/tree/lock_holders.hpp"
#include "store/tree/make_directory.hpp"
#include "store/tree/patient_lock.hpp"
#include "store/venv/package_edit.hpp"
#include "store/venv/thin_venv_files.hpp"
#include "store/venv/venv_directory.hpp"
#include "store/venv/venv_manifest.hpp"

namespace pel {
namespace {

using Kind = PrefixEntry::Kind;

constexpr const char* kConfiguration = "pyvenv.cfg";
constexpr mode_t kFileMode = 0644;

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

// Writing the root and writing the directory belong together: two processes that make one directory
// of different locks do so one behind the other. Held in the store, since the directory may not be
// there yet; nothing where the store may only be read, which has no root of it.
UniqueFd lock_place(const EnvironmentMaker& maker, const EnvironmentRoot& root) {
  if (maker.store_is_read_only()) {
    return {};
  }
  constexpr std::size_t kDigits = 2;
  const std::string file = root_file(maker.layout(), root);
  UniqueFd fd =
      open_lock_file(concat(maker.layout().locks(), "/venv-", file.substr(file.size() - kDigits)));
  if (fd && lock_patiently(fd.get(), LOCK_EX, {}) == EWOULDBLOCK) {
    throw Error(ErrorCode::busy, concat("cannot change ", root.prefix, ": ", lock_holders(fd.get()),
                                        " has been making environments for a minute"))
        .with_hint("end that process, or wait for it");
  }
  return fd;
}

// What processes that died in the middle have left; nothing that could be somebody else's. Under
// the directory's lock.
void remove_leftovers(const std::string& directory, const PrefixPlan& plan) {
  std::map<std::string, std::vector<std::string_view>> folders;
  for (const auto& [path, entry] : plan.entries()) {
    folders[directory_of(path)].push_back(name_of(path));
  }
  for (const auto& [below, names] : folders) {
    const std::string folder = below == "." ? directory : concat(directory, "/", below);
    if (!leads_to_directory(folder)) {
      continue;
    }
    for (const DirectoryEntry& entry : read_directory(folder)) {
      if (!entry.is_directory && entry.name.starts_with('.') &&
          std::ranges::find(names, entry.name) == names.end() &&
          (is_replacement_name(entry.name) ||
           std::ranges::any_of(names, [&](std::string_view name) {
             return AtomicFile::is_temporary_name(entry.name, name);
           }))) {
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
  const bool created = look_at_venv(directory) == VenvPlace::nothing;
  make_directories(directory);
  if (created) {
    // Before everything else: a directory that was left half made is known for ours by it.
    AtomicFile file(concat(directory, "/", kConfiguration),
                    {.mode = kFileMode, .durability = AtomicFile::Durability::after_power_loss});
    file.write(plan.entries().find(kConfiguration)->second.content);
    file.commit();
  }
  const UniqueFd lock = lock_venv_directory(directory);
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

// In a directory of somebody's own a link may lead to what has nothing to do with it: `bin` to
// /usr/local/bin, whose `python` would be replaced.
void refuse_linked_directories(const PrefixPlan& plan, const std::string& directory) {
  if (look_at_venv(directory) != VenvPlace::other_directory) {
    return;
  }
  for (const auto& [path, entry] : plan.entries()) {
    if (entry.kind != Kind::directory) {
      continue;
    }
    if (const auto target = read_symlink(concat(directory, "/", path))) {
      throw Error(ErrorCode::usage, concat("cannot make an environment in ", directory, ": ", path,
                                           " is a link, to ", *target))
          .with_hint("give another directory, or put a directory in the place of the link");
    }
  }
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
    check_venv_directory(request);
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
    clear_venv_directory(request);
  }
  const std::string& directory = request.directory;
  PrefixPlan plan = maker.plan(directory, NativeLinks::files);
  add_thin_venv_files(plan, maker, request, lock_state);
  refuse_linked_directories(plan, directory);
  // First the root: from here on garbage collection keeps what the directory refers to.
  const EnvironmentRoot root = maker.root(RootKind::venv, directory);
  UniqueFd place = lock_place(maker, root);
  if (!maker.store_is_read_only()) {
    write_root(maker.layout(), root);
  }
  const PrefixChange change = write_rooted_directory(plan, maker, root);
  if (!maker.store_is_read_only()) {
    keep_table(maker.layout(), root);
  }
  static_cast<void>(place.close());
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
