#include "store/tree/composite.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "store/base/error.hpp"
#include "store/base/mapped_file.hpp"
#include "store/base/text.hpp"
#include "store/format/index_builder.hpp"
#include "store/tree/change_mode.hpp"
#include "store/tree/composite_queries.hpp"
#include "store/tree/link_or_copy.hpp"
#include "store/tree/make_directory.hpp"
#include "store/tree/move_away.hpp"
#include "store/tree/store.hpp"
#include "store/tree/stored_index.hpp"
#include "store/tree/temporary_tree.hpp"
#include "store/wheel/sha256_hasher.hpp"
#include "store/wheel/tree_writer.hpp"

namespace pel {
namespace {

constexpr mode_t kFileMode = 0444;
constexpr mode_t kDirectoryMode = 0555;
constexpr std::size_t kIdDigits = 32;
constexpr std::string_view kKeyHead = "composite 1\n";  // changes when the rules of merging do

std::string index_path(const StoreLayout& layout, std::string_view id) {
  return concat(layout.composite(id), "/", index_format::kFileName);
}

std::vector<std::string> sorted_ids(std::span<const MergeMember> members) {
  std::vector<std::string> ids;
  for (const MergeMember& member : members) {
    ids.push_back(member.id);
  }
  std::ranges::sort(ids);
  return ids;
}

std::string lines_of(const std::vector<std::string>& ids) {
  std::string text;
  for (const std::string& id : ids) {
    text += concat(id, "\n");
  }
  return text;
}

Sha256 digest_of(std::span<const MergeMember> members) {
  std::string key = concat(kKeyHead, lines_of(sorted_ids(members)));
  const TreeMerge merge(members, TreeMerge::Scope::shared);
  for (const TreeMerge::Conflict& conflict : merge.conflicts()) {
    key += concat(conflict.path, std::string_view("\0", 1), members[conflict.winner].id, "\n");
  }
  return sha256_of(std::as_bytes(std::span(key)));
}

// What the cold part of a member's INDEX says of its files, by their number.
class MemberFiles {
 public:
  explicit MemberFiles(const IndexView& index) : index_(index) {
    const auto elf = index.elf_files();
    for (std::size_t i = 0; i < elf.size(); ++i) {
      elf_.emplace(elf[i].file, elf[i]);
    }
    const auto scripts = index.scripts();
    for (std::size_t i = 0; i < scripts.size(); ++i) {
      scripts_.emplace(scripts[i].file, scripts[i].kind);
    }
  }

  // `elf` is where libraries are kept; the result points into it.
  [[nodiscard]] IndexedFile describe(const TreeMerge::File& file,
                                     std::deque<IndexedElf>& elf) const {
    const auto record = index_.files()[file.number];
    IndexedFile result;
    result.size = record.size;
    std::ranges::copy(record.sha256, result.sha256.bytes.begin());
    result.executable = file.executable;
    if (const auto script = scripts_.find(file.number); script != scripts_.end()) {
      result.script = script->second;
    }
    if (const auto library = elf_.find(file.number); library != elf_.end()) {
      result.elf = &elf.emplace_back(describe(library->second));
    }
    return result;
  }

 private:
  [[nodiscard]] IndexedElf describe(const index_format::ElfRecord& record) const {
    IndexedElf elf;
    elf.soname = index_.cold_text(record.soname);
    elf.rpath = index_.cold_text(record.rpath);
    elf.runpath = index_.cold_text(record.runpath);
    for (std::uint32_t i = 0; i < record.needed_count; ++i) {
      elf.needed.emplace_back(index_.cold_text(index_.elf_needed()[record.first_needed + i]));
    }
    return elf;
  }

  const IndexView& index_;
  std::map<std::uint32_t, index_format::ElfRecord> elf_;
  std::map<std::uint32_t, index_format::ScriptKind> scripts_;
};

std::string build_index(std::span<const MergeMember> members, const TreeMerge& merge,
                        const Sha256& digest) {
  std::vector<MemberFiles> known;
  for (const MergeMember& member : members) {
    known.emplace_back(member.index);
  }
  IndexBuilder builder;
  std::deque<IndexedElf> elf;
  for (const std::string& directory : merge.directories()) {
    builder.add_directory(directory);
  }
  for (const TreeMerge::File& file : merge.files()) {
    builder.add_file(file.path, known[file.member].describe(file, elf));
  }
  IndexedTree tree;
  tree.root_is_purelib = false;
  tree.sha256 = digest;
  tree.record = lines_of(sorted_ids(members));
  return builder.finish(tree);
}

void build_tree(const std::string& target, std::span<const MergeMember> members,
                const Sha256& digest) {
  const TreeMerge merge(members);
  TreeWriter writer(target);
  for (const std::string& directory : merge.directories()) {
    writer.make_directory(directory);
  }
  for (const TreeMerge::File& file : merge.files()) {
    link_or_copy(concat(members[file.member].root, "/", file.path), concat(target, "/", file.path));
  }
  const std::string index = build_index(members, merge, digest);
  writer.create(index_format::kFileName);
  writer.write(std::as_bytes(std::span(index)));
  writer.finish(kFileMode, std::nullopt);
  for (const std::string& directory : merge.directories()) {
    writer.set_mode(directory, kDirectoryMode);
  }
}

// Somebody else's store may have all wheels, but not this composite.
void require_writable(const StoreLayout& layout) {
  for (const std::string& directory : {layout.tmp(), layout.composites()}) {
    if (::access(directory.c_str(), W_OK) != 0) {
      const int error = errno;
      with_default_hint("set PYENVLAUNCH_HOME to a directory that you may write to", [&] {
        errno = error;
        throw_errno("write to", directory);
      });
    }
  }
}

// Takes away what lies at the composite's place and is none.
void remove_damaged(const StoreLayout& layout, const std::string& path) {
  const TemporaryTree trash(layout, kTrash);
  move_away(path, concat(trash.path(), "/composite"));
  try_to_sync_directory(layout.composites());
}

}  // namespace

std::string composite_id(std::span<const MergeMember> members) {
  return digest_of(members).hex().substr(0, kIdDigits);
}

bool has_composite(const StoreLayout& layout, std::string_view id) {
  const std::string path = layout.composite(id);
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return false;
  }
  if ((status.st_mode & 0222U) != 0) {
    static_cast<void>(change_mode(path, kDirectoryMode));
  }
  int error = 0;
  const MappedFile file =
      MappedFile::open(index_path(layout, id).c_str(), MappedFile::Trust::own_or_root, error);
  const char* reason = nullptr;
  const auto index = file ? IndexView::open(file.bytes(), reason) : std::nullopt;
  if (!index) {
    return false;
  }
  Sha256 digest;
  std::ranges::copy(index->tree().sha256, digest.bytes.begin());
  return digest.hex().starts_with(id);
}

bool make_composite(const StoreLayout& layout, FileSystemSync& sync, std::string_view id,
                    std::span<const MergeMember> members) {
  if (has_composite(layout, id)) {
    return false;
  }
  for (const MergeMember& member : members) {
    if (!member.index.cold_is_intact()) {
      throw Error(ErrorCode::corrupt,
                  concat("cannot use ", member.root, "/", index_format::kFileName,
                         ": its second part is damaged"))
          .with_hint("run `pyenvlaunch store verify`");
    }
  }
  require_writable(layout);
  TemporaryTree tree(layout, "composite");
  build_tree(tree.path(), members, digest_of(members));
  if (!sync.flush(tree.descriptor())) {
    throw_errno("write to disk", tree.path());
  }
  const std::string target = layout.composite(id);
  if (!tree.publish(target)) {
    if (has_composite(layout, id)) {
      return false;
    }
    remove_damaged(layout, target);
    if (!tree.publish(target)) {
      if (has_composite(layout, id)) {
        return false;
      }
      throw Error(ErrorCode::busy,
                  concat("cannot make ", target, ": it is being replaced by another process"));
    }
  }
  sync_directory(layout.composites());
  return true;
}

bool rebuild_composite(const StoreLayout& layout, const std::string& id,
                       const std::string& target) {
  const auto ids = composite_members(layout, id);
  if (!ids) {
    return false;
  }
  std::deque<StoredIndex> indexes;
  std::vector<MergeMember> members;
  for (const std::string& member : *ids) {
    const IndexView* index = indexes.emplace_back(layout, member).view();
    if (index == nullptr || !index->cold_is_intact()) {
      return false;
    }
    members.push_back({member, layout.wheel(member), *index});
  }
  const Sha256 digest = digest_of(members);
  if (!digest.hex().starts_with(id)) {
    return false;
  }
  make_directory(target, 0700);
  build_tree(target, members, digest);
  return true;
}

}  // namespace pel
