#include "store/tree/verify_packs.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <optional>
#include <span>

#include "store/base/error.hpp"
#include "store/base/mapped_file.hpp"
#include "store/base/text.hpp"
#include "store/format/container.hpp"
#include "store/format/pack_format.hpp"
#include "store/format/pack_view.hpp"
#include "store/format/standard_format.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/store_owners.hpp"

namespace pel {
namespace {

constexpr mode_t kMode = 0444;
constexpr std::string_view kSuffix = ".pack";
constexpr const char* kUnreadable = "it cannot be read";

// Why the bytes are no pack that can be used; null if they are.
const char* damage_of(std::span<const std::byte> bytes) {
  const char* reason = nullptr;
  const auto container =
      ContainerView::open(bytes, pack_format::kMagic, pack_format::kVersion, reason);
  if (!container) {
    return reason;
  }
  if (!container->cold_is_intact()) {
    return "its second part is damaged";
  }
  const auto head = container->records<pack_format::HeadRecord>(pack_format::kHead);
  if (head.size() != 1) {
    return "it has no head";
  }
  const auto pack = PackView::open(bytes, head[0].bytecode_magic, head[0].optimization, reason);
  for (std::size_t i = 0; pack && i < pack->size(); ++i) {
    std::span<const std::byte> code;
    if (pack->find(pack->record(i).file, code) != PackView::Lookup::found) {
      return "the code of a module is damaged";
    }
  }
  return pack ? nullptr : reason;
}

std::optional<Finding> verify_pack(const std::string& store, const std::string& id,
                                   const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) {
    return std::nullopt;  // it went meanwhile
  }
  if (!S_ISREG(status.st_mode) || !path.ends_with(kSuffix)) {
    return Finding{id, FindingKind::extra, path, concat(path, ": it is no pack")};
  }
  int error = 0;
  const MappedFile file = MappedFile::open(path.c_str(), MappedFile::Trust::anybody, error);
  if (!file && error == ENOENT) {
    return std::nullopt;
  }
  if (!is_store_owner(status.st_uid, store)) {
    return Finding{id, FindingKind::owner, path,
                   concat(path, ": it belongs to user ", std::to_string(status.st_uid),
                          ", who could change it")};
  }
  // Its hashes are no proof: whoever may write can make them right.
  if ((status.st_mode & 0022U) != 0) {
    return Finding{id, FindingKind::pack, path, concat(path, ": others may write to it")};
  }
  const char* const damage = file ? damage_of(file.bytes()) : kUnreadable;
  if (damage != nullptr) {
    return Finding{id, FindingKind::pack, path, concat(path, ": ", damage)};
  }
  if ((status.st_mode & 07777U) != kMode) {
    return Finding{id, FindingKind::mode, path, concat(path, ": its mode is not 0444")};
  }
  return std::nullopt;
}

}  // namespace

std::vector<Finding> verify_packs(const StoreLayout& layout, std::string_view id_text) {
  const std::string id(id_text);
  const std::string directory = layout.bytecode(id);
  std::vector<Finding> findings;
  try {
    for (const DirectoryEntry& entry : read_directory(directory)) {
      // A hidden one is being written, or left by a process that died; garbage collection knows.
      // What is right in packs of another version this release cannot know.
      if (entry.name.starts_with('.') || pack_format::is_of_another_version(entry.name)) {
        continue;
      }
      if (auto finding = verify_pack(layout.root(), id, concat(directory, "/", entry.name))) {
        findings.push_back(std::move(*finding));
      }
    }
  } catch (const Error& error) {
    findings.push_back({id, FindingKind::unreadable, directory, error.message()});
  }
  return findings;
}

std::vector<Finding> verify_bytecode_directory(const StoreLayout& layout) {
  std::vector<Finding> findings;
  for (const DirectoryEntry& entry : read_directory(layout.bytecode())) {
    const std::string path = layout.bytecode(entry.name);
    if (!entry.is_directory) {
      findings.push_back({entry.name, FindingKind::extra, path, concat(path, ": it is no pack")});
    } else if (StandardPackId::is_one(entry.name)) {
      std::ranges::move(verify_packs(layout, entry.name), std::back_inserter(findings));
    }
  }
  return findings;
}

}  // namespace pel
