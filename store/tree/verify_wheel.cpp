#include "store/tree/verify_wheel.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/fd.hpp"
#include "store/base/text.hpp"
#include "store/tree/change_mode.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/file_digest.hpp"
#include "store/tree/store.hpp"
#include "store/tree/store_owners.hpp"
#include "store/tree/stored_index.hpp"
#include "store/wheel/sha256_hasher.hpp"

namespace pel {
namespace {

using index_format::EntryKind;

constexpr mode_t kDirectoryMode = 0555;
constexpr mode_t kIncompleteMode = 0755;

std::string octal(mode_t mode) {
  std::array<char, 8> text{};
  const int size = std::snprintf(text.data(), text.size(), "%04o", mode & 07777U);
  return {text.data(), static_cast<std::size_t>(size)};
}

enum class TreeKind { wheel, composite };

class TreeVerifier {
 public:
  TreeVerifier(const StoreLayout& layout, std::string_view id, TreeKind kind, HashFiles hash_files)
      : id_(id),
        store_(layout.root()),
        root_(kind == TreeKind::wheel ? layout.wheel(id) : layout.composite(id)),
        kind_(kind),
        hash_files_(hash_files),
        index_(concat(root_, "/", index_format::kFileName)) {}

  std::vector<Finding> verify();

 private:
  void report(FindingKind kind, const std::string& path, std::string_view text);
  void report_index();
  [[nodiscard]] bool is_of_this_id(const Sha256& sha256) const;

  [[nodiscard]] std::string_view noun() const {
    return kind_ == TreeKind::wheel ? "wheel" : "composite";
  }

  // Whether there is such a file or directory; reports if there is not.
  bool examine(const std::string& path, struct stat& status);
  void check_mode(const std::string& path, const struct stat& status, mode_t mode);
  void check_owner(const std::string& path, const struct stat& status);
  void check_directory(std::uint32_t number, const std::string& path);
  void check_file(const std::string& path, const IndexView::EntryRecord& entry);
  void check_content(const std::string& path, const index_format::FileRecord& file);

  std::string id_;
  std::string store_;
  std::string root_;
  TreeKind kind_;
  HashFiles hash_files_;
  StoredIndex index_;
  bool cold_is_intact_ = false;
  Sha256Hasher hasher_;
  std::vector<Finding> findings_;
};

void TreeVerifier::report(FindingKind kind, const std::string& path, std::string_view text) {
  findings_.push_back({id_, kind, path, concat(path, ": ", text)});
}

bool TreeVerifier::is_of_this_id(const Sha256& sha256) const {
  return kind_ == TreeKind::wheel ? id_.ends_with(concat("-", sha256.hex().substr(0, 16)))
                                  : sha256.hex().starts_with(id_);
}

void TreeVerifier::report_index() {
  const std::string path = concat(root_, "/", index_format::kFileName);
  if (index_.view() == nullptr) {
    findings_.push_back({id_, FindingKind::index, path, index_.damage()});
    return;
  }
  cold_is_intact_ = index_.view()->cold_is_intact();
  if (!cold_is_intact_) {
    report(FindingKind::index, path, "its second part is damaged");
  }
  Sha256 sha256;
  std::ranges::copy(index_.view()->tree().sha256, sha256.bytes.begin());
  if (!is_of_this_id(sha256)) {
    report(FindingKind::index, path, concat("it describes another ", noun()));
  }
  struct stat status{};
  if (!examine(path, status)) {
    return;
  }
  if ((status.st_mode & 0022U) != 0) {
    // All else is held against it, so its mode alone is not what has to be put right.
    report(FindingKind::index, path, "others may write to it");
  } else {
    check_mode(path, status, 0444);
  }
  check_owner(path, status);
}

bool TreeVerifier::examine(const std::string& path, struct stat& status) {
  if (::lstat(path.c_str(), &status) == 0) {
    return true;
  }
  if (errno == ENOENT || errno == ENOTDIR) {
    report(FindingKind::missing, path, "it is missing");
  } else {
    try {
      throw_errno("read", path);
    } catch (const Error& error) {
      findings_.push_back({id_, FindingKind::unreadable, path, error.message()});
    }
  }
  return false;
}

void TreeVerifier::check_mode(const std::string& path, const struct stat& status, mode_t mode) {
  if ((status.st_mode & 07777U) != mode) {
    report(FindingKind::mode, path,
           concat("its mode is ", octal(status.st_mode), ", not ", octal(mode)));
  }
}

void TreeVerifier::check_owner(const std::string& path, const struct stat& status) {
  if (!is_store_owner(status.st_uid, store_)) {
    report(FindingKind::owner, path,
           concat("it belongs to user ", std::to_string(status.st_uid), ", who could change it"));
  }
}

void TreeVerifier::check_directory(std::uint32_t number, const std::string& path) {
  struct stat status{};
  if (!examine(path, status)) {
    return;
  }
  if (!S_ISDIR(status.st_mode)) {
    report(FindingKind::missing, path, "it is no directory");
    return;
  }
  check_mode(path, status, kDirectoryMode);
  check_owner(path, status);
  const IndexView& view = *index_.view();
  std::set<std::string, std::less<>> expected;
  for (const IndexView::EntryRecord entry : view.entries(number)) {
    const std::string_view name = view.text(entry.name);
    const std::string child = concat(path, "/", name);
    expected.emplace(name);
    if (entry.kind == EntryKind::file) {
      check_file(child, entry);
    } else if (entry.target > number) {  // as the writer numbers them, so this ends
      check_directory(entry.target, child);
    }
  }
  try {
    for (const DirectoryEntry& entry : read_directory(path)) {
      const bool is_index = number == 0 && entry.name == index_format::kFileName;
      if (!is_index && !expected.contains(entry.name)) {
        report(FindingKind::extra, concat(path, "/", entry.name),
               concat("it is no part of the ", noun()));
      }
    }
  } catch (const Error& error) {
    findings_.push_back({id_, FindingKind::unreadable, path, error.message()});
  }
}

void TreeVerifier::check_file(const std::string& path, const IndexView::EntryRecord& entry) {
  struct stat status{};
  if (!examine(path, status)) {
    return;
  }
  if (!S_ISREG(status.st_mode)) {
    report(FindingKind::missing, path, "it is no regular file");
    return;
  }
  check_mode(path, status, entry.executable != 0 ? 0555 : 0444);
  check_owner(path, status);
  if (!cold_is_intact_) {
    return;
  }
  const index_format::FileRecord file = index_.view()->files()[entry.target];
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size != file.size) {
    report(FindingKind::size, path,
           concat("it has ", std::to_string(size), " bytes, not ", std::to_string(file.size)));
  } else if (hash_files_ == HashFiles::yes) {
    check_content(path, file);
  }
}

void TreeVerifier::check_content(const std::string& path, const index_format::FileRecord& file) {
  try {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (!fd) {
      throw_errno("read", path);
    }
    if (!std::ranges::equal(digest_of_file(fd.get(), path, hasher_).bytes, file.sha256)) {
      report(FindingKind::content, path, concat("its content is not that of the ", noun()));
    }
  } catch (const Error& error) {
    findings_.push_back({id_, FindingKind::unreadable, path, error.message()});
  }
}

std::vector<Finding> TreeVerifier::verify() {
  struct stat status{};
  if (!is_store_id(id_) || !examine(root_, status)) {
    if (findings_.empty()) {
      report(FindingKind::missing, root_, "it is missing");
    }
    return std::move(findings_);
  }
  if ((status.st_mode & 07777U) == kIncompleteMode) {
    // The mode is the last thing that an add sets, and the next one who comes completes it.
    static_cast<void>(change_mode(root_, kDirectoryMode));
  }
  report_index();
  if (index_.view() != nullptr) {
    check_directory(0, root_);
  }
  return std::move(findings_);
}

}  // namespace

std::vector<Finding> verify_wheel(const StoreLayout& layout, std::string_view id,
                                  HashFiles hash_files) {
  return TreeVerifier(layout, id, TreeKind::wheel, hash_files).verify();
}

std::vector<Finding> verify_composite(const StoreLayout& layout, std::string_view id,
                                      HashFiles hash_files) {
  return TreeVerifier(layout, id, TreeKind::composite, hash_files).verify();
}

}  // namespace pel
