#include "store/tree/store.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/base/random_text.hpp"
#include "store/base/text.hpp"
#include "store/tree/add_lock.hpp"
#include "store/tree/change_mode.hpp"
#include "store/tree/changed_files.hpp"
#include "store/tree/composite.hpp"
#include "store/tree/composite_queries.hpp"
#include "store/tree/displaced.hpp"
#include "store/tree/lost_roots.hpp"
#include "store/tree/make_directory.hpp"
#include "store/tree/move_away.hpp"
#include "store/tree/read_only_files.hpp"
#include "store/tree/stored_index.hpp"
#include "store/tree/temporary_tree.hpp"
#include "store/tree/verify_wheel.hpp"
#include "store/tree/wheel_file.hpp"

namespace pel {
namespace {

constexpr std::size_t kLongestId = 139;
constexpr std::size_t kLongestHead = 100;  // of name and version together
constexpr std::size_t kHashDigits = 16;
constexpr const char* kHomeHint = "set PYENVLAUNCH_HOME to a directory that you may write to";

// Completes an add that was interrupted between its rename and its last chmod. Somebody who may
// not do that can use the wheel all the same.
bool complete(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return false;
  }
  if ((status.st_mode & 0222U) != 0) {
    static_cast<void>(change_mode(path, 0555));
  }
  return true;
}

// Promises of the store rest on modes: files that nobody changes by mistake, and what others may
// not write to. FAT has none, nor have many mounts of Windows' file systems.
void require_modes(const std::string& directory) {
  constexpr mode_t kPrivate = 0700;
  struct stat status{};
  const auto is_private = [&] {
    return ::stat(directory.c_str(), &status) != 0 || (status.st_mode & 0777U) == kPrivate;
  };
  if (is_private() || status.st_uid != ::geteuid()) {
    return;
  }
  static_cast<void>(change_mode(directory, kPrivate));
  if (!is_private()) {
    throw Error(ErrorCode::io, concat("cannot use ", directory,
                                      ": its file system keeps no modes, so that nothing there can "
                                      "be read-only"))
        .with_hint("set PYENVLAUNCH_HOME to a directory on another file system");
  }
}

// A private directory for an add. That a store may only be read shows here first.
std::unique_ptr<TemporaryTree> make_temporary_tree(const StoreLayout& layout) {
  try {
    return std::make_unique<TemporaryTree>(layout, "add");
  } catch (Error& error) {
    if (::access(layout.tmp().c_str(), W_OK) == 0) {
      throw;
    }
    throw std::move(error).with_hint(kHomeHint);
  }
}

[[noreturn]] void throw_other_hash(const std::string& file, const Sha256& found,
                                   const Sha256& expected) {
  throw Error(ErrorCode::corrupt, concat("cannot add wheel ", file, ": its sha256 is ", found.hex(),
                                         ", not ", expected.hex()))
      .with_hint("the file is not the one that was locked: download it again, or lock anew");
}

// Puts the directory `fresh` into the place of `target`, and what was there into the place of
// `fresh`. A read-only directory cannot be moved by its owner.
void exchange(const std::string& fresh, const std::string& target) {
  static_cast<void>(change_mode(target, 0755));
  if (!change_mode(fresh, 0755)) {
    throw_errno("set the mode of", fresh);
  }
  if (::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) != 0) {
    // There is nothing at the place, or the file system cannot exchange.
    move_away(target, concat(fresh, ".old"));
    if (std::rename(fresh.c_str(), target.c_str()) != 0) {
      throw_errno("replace", target);
    }
  }
  if (!change_mode(target, 0555)) {
    throw_errno("set the mode of", target);
  }
}

// `trash` is what the paths begin with at which they are deleted.
void discard_composite(const StoreLayout& layout, const std::string& id, const std::string& trash) {
  make_files_read_only(layout.composite(id));
  move_away(layout.composite(id), concat(trash, id));
  move_away(layout.bytecode(id), concat(trash, "bytecode-", id));
}

// False also where it fails, as when a file of another of its wheels is missing.
bool rebuild(const StoreLayout& layout, const std::string& composite, const std::string& target) {
  try {
    return rebuild_composite(layout, composite, target);
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

Store::Store(const std::string& home, const UnpackLimits& limits)
    : layout_(home), limits_(limits), sync_(std::make_unique<FileSystemSync>()) {}

void Store::prepare() const {
  try {
    make_places();
  } catch (const Error&) {
    require_own_places(layout_);  // the better message
    throw;
  }
  if (reclaim_temporary_trees(layout_)) {
    replace_generation();
  }
}

void Store::make_places() const {
  with_default_hint(kHomeHint, [&] {
    make_directory(layout_.root(), 0755);
    for (const std::string& directory : {layout_.wheels(), layout_.bytecode(), layout_.composites(),
                                         layout_.built(), layout_.launchers(), layout_.tables()}) {
      make_directory(directory, 0755);
    }
    make_directory(layout_.locks(), 0700);  // who can open a lock can hold it
    make_roots(layout_);
    make_directory(layout_.tmp(), 0700);
    require_modes(layout_.tmp());
    if (::access(layout_.generation().c_str(), F_OK) != 0) {
      replace_generation();
    }
    write_environment_mark();
  });
}

std::string Store::id_of(const WheelName& name, const Sha256& sha256) {
  std::string id = concat(name.distribution(), "-", name.version());
  id.resize(std::min(id.size(), kLongestHead));
  std::string tags = concat("-", name.python_tag(), "-", name.abi_tag(), "-", name.platform_tag());
  tags.resize(std::min(tags.size(), kLongestId - id.size() - 1 - kHashDigits));
  return concat(id, tags, "-", sha256.hex().substr(0, kHashDigits));
}

std::optional<std::string> Store::find(const WheelName& name, const Sha256& sha256) const {
  auto present = look_up(name, sha256);
  return present ? std::optional(std::move(present->id)) : std::nullopt;
}

std::optional<Store::Present> Store::look_up(const WheelName& name, const Sha256& sha256) const {
  std::string id = id_of(name, sha256);
  if (!complete(layout_.wheel(id))) {
    return std::nullopt;
  }
  // Sixteen digits are enough to tell wheels apart, but not against somebody who searches for two
  // that have them in common.
  auto index = std::make_shared<const StoredIndex>(layout_, id);
  if (index->view() == nullptr || !std::ranges::equal(index->view()->tree().sha256, sha256.bytes)) {
    return std::nullopt;
  }
  return Present{std::move(id), std::move(index)};
}

Store::Added Store::already_there(std::string id) const {
  StoredWheel wheel = describe_wheel(layout_, id);
  return {.id = std::move(id), .already_there = true, .warnings = std::move(wheel.warnings)};
}

Store::Added Store::add(const std::string& wheel_file, const std::string& file_name,
                        const std::optional<Sha256>& expected, Trust trust) const {
  const WheelName name = WheelName::parse(file_name);
  const WheelFile file(wheel_file);
  if (expected && *expected != file.sha256()) {
    throw_other_hash(wheel_file, file.sha256(), *expected);
  }
  if (auto id = find(name, file.sha256())) {
    return already_there(std::move(*id));
  }
  const AddLock lock(layout_, file.sha256());
  if (auto id = find(name, file.sha256())) {
    return already_there(std::move(*id));
  }
  const WheelSource source{wheel_file, name, file.sha256(), file.bytes()};
  const auto tree = make_temporary_tree(layout_);
  Added added{.id = id_of(name, file.sha256()),
              .already_there = false,
              .warnings = unpack_wheel(source, tree->path(), trust, limits_).tree.warnings};
  file.check_unchanged();
  if (!sync_->flush(tree->descriptor())) {
    throw_errno("write to disk", tree->path());
  }
  const std::string target = layout_.wheel(added.id);
  if (!tree->publish(target)) {
    if (find(name, file.sha256())) {
      return already_there(std::move(added.id));
    }
    // What is there is damaged, or has been forged to have this id.
    make_files_read_only(target);
    remove(added.id);
    if (!tree->publish(target) && !find(name, file.sha256())) {
      throw Error(ErrorCode::busy, concat("cannot add wheel ", wheel_file, ": ", target,
                                          " is being replaced by another process"));
    }
  }
  sync_directory(layout_.wheels());
  return added;
}

Store::Added Store::replace(const std::string& wheel_file, const std::string& file_name,
                            const Sha256& expected, Trust trust, ReplacementNote& note) const {
  const WheelName name = WheelName::parse(file_name);
  const WheelFile file(wheel_file);
  if (expected != file.sha256()) {
    throw_other_hash(wheel_file, file.sha256(), expected);
  }
  const AddLock lock(layout_, expected);
  Added added{.id = id_of(name, expected), .already_there = false, .warnings = {}};
  const std::string target = layout_.wheel(added.id);
  const StoredIndex index(layout_, added.id);
  if (index.view() != nullptr && index.view()->cold_is_intact() && find(name, expected) &&
      ChangedFiles(target, *index.view()).find().empty() &&
      verify_wheel(layout_, added.id, HashFiles::yes).empty()) {
    return already_there(std::move(added.id));
  }
  const auto tree = make_temporary_tree(layout_);
  const std::string fresh = concat(tree->path(), "/wheel");
  make_directory(fresh, 0700);
  added.warnings =
      unpack_wheel({wheel_file, name, expected, file.bytes()}, fresh, trust, limits_).tree.warnings;
  file.check_unchanged();
  note.add(added.id);
  if (!sync_->flush(tree->descriptor())) {
    throw_errno("write to disk", fresh);
  }
  make_files_read_only(target);
  replace_generation();
  exchange(fresh, target);
  renew_derived(added.id, *tree);
  replace_generation();
  for (const std::string& directory :
       {layout_.wheels(), layout_.bytecode(), layout_.composites()}) {
    sync_directory(directory);
  }
  return added;
}

void Store::renew_derived(std::string_view id) const {
  const TemporaryTree fresh(layout_, kTrash);
  replace_generation();
  renew_derived(id, fresh);
  try_to_sync_directory(layout_.composites());
  try_to_sync_directory(layout_.bytecode());
  replace_generation();
}

// What was made of the wheel's files lies below `fresh` then. Composites are exchanged, because
// environments that have them do not notice that one is missing.
void Store::renew_derived(std::string_view id, const TemporaryTree& fresh) const {
  move_away(layout_.bytecode(id), concat(fresh.path(), "/bytecode"));
  std::vector<std::string> rebuilt;
  for (const std::string& composite : composite_ids(layout_)) {
    const auto members = composite_members(layout_, composite);
    if (members && std::ranges::find(*members, id) == members->end()) {
      continue;
    }
    if (rebuild(layout_, composite, concat(fresh.path(), "/", composite))) {
      rebuilt.push_back(composite);
    } else {
      discard_composite(layout_, composite, concat(fresh.path(), "/old-"));
    }
  }
  if (!rebuilt.empty() && !sync_->flush(fresh.descriptor())) {
    throw_errno("write to disk", fresh.path());
  }
  for (const std::string& composite : rebuilt) {
    make_files_read_only(layout_.composite(composite));
    move_away(layout_.bytecode(composite), concat(fresh.path(), "/bytecode-", composite));
    exchange(concat(fresh.path(), "/", composite), layout_.composite(composite));
  }
}

void Store::remove_composite(const std::string& id) const {
  const TemporaryTree trash(layout_, kTrash);
  replace_generation();
  discard_composite(layout_, id, concat(trash.path(), "/"));
  try_to_sync_directory(layout_.composites());
  try_to_sync_directory(layout_.bytecode());
  replace_generation();
}

bool Store::remove(std::string_view id) const {
  if (!is_store_id(id)) {
    return false;
  }
  const std::string wheel = layout_.wheel(id);
  const TemporaryTree trash(layout_, kTrash);
  // Once before, so that a hit does not find an answer that names the wheel; once behind it, so
  // that an answer that was written meanwhile does not hold either.
  replace_generation();
  if (!move_away(wheel, concat(trash.path(), "/wheel"))) {
    return false;
  }
  move_away(layout_.bytecode(id), concat(trash.path(), "/bytecode"));
  try_to_sync_directory(layout_.wheels());
  try_to_sync_directory(layout_.bytecode());
  replace_generation();
  return true;
}

void Store::replace_generation() const {
  replace_file(layout_.generation(), concat(random_text(), "\n"));
}

void Store::write_environment_mark() const {
  if (::access(layout_.environment_mark().c_str(), F_OK) == 0) {
    return;
  }
  try {
    replace_file(layout_.environment_mark(),
                 "# Installed packages lie below, as in the site-packages of environments.\n"
                 "include-system-site-packages = false\n");
  } catch (const Error&) {
    return;  // a store that may only be read goes without: nothing of ours needs the file
  }
}

void Store::replace_file(const std::string& path, std::string_view text) const {
  // In tmp/, where what an interruption leaves is found.
  const TemporaryTree tree(layout_, "file");
  const std::string fresh = concat(tree.path(), "/file");
  AtomicFile file(fresh, {.mode = 0444});
  file.write(text);
  file.commit();
  if (std::rename(fresh.c_str(), path.c_str()) != 0) {
    throw_errno("replace", path);
  }
}

}  // namespace pel
