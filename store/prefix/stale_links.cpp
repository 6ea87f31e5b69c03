#include "store/prefix/stale_links.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <string_view>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/prefix/prefix_retirement.hpp"
#include "store/prefix/prefix_writer.hpp"
#include "store/records/file_system.hpp"
#include "store/records/root_reader.hpp"
#include "store/tree/directory_entries.hpp"

namespace pel {
namespace {

constexpr int kMaxDepth = 256;

// "lib/python3.11/…" and "include/site/python3.11/…" of a prefix, with "python3" as in trees.
std::string place_in_tree(std::string_view path) {
  for (const std::string_view folder : {"lib/", "include/site/"}) {
    const std::size_t end = path.find('/', folder.size());
    if (path.starts_with(folder) && path.substr(folder.size()).starts_with("python") &&
        end != std::string_view::npos) {
      return concat(folder, "python3", path.substr(end));
    }
  }
  return std::string(path);
}

class Search {
 public:
  Search(const StoreLayout& layout, const StoredRoot& root, std::vector<StaleLink>& found)
      : layout_(layout), root_(root), found_(found) {}

  void directory(const std::string& below, int depth) {
    for (const DirectoryEntry& entry :
         read_directory(below.empty() ? root_.prefix : concat(root_.prefix, "/", below))) {
      const std::string path = below.empty() ? entry.name : concat(below, "/", entry.name);
      if (entry.is_directory && depth < kMaxDepth) {
        directory(path, depth + 1);
      } else if (!entry.is_directory) {
        look_at(path);
      }
    }
  }

 private:
  void look_at(const std::string& path) {
    const std::string place = concat(root_.prefix, "/", path);
    struct stat status{};
    if (::lstat(place.c_str(), &status) != 0 || !S_ISREG(status.st_mode) ||
        (status.st_mode & S_IWUSR) != 0 || status.st_uid != ::geteuid()) {
      return;
    }
    const std::string in_tree = place_in_tree(path);
    std::string last;
    for (const std::string& id : root_.wheel_ids) {
      for (const std::string& name : {in_tree, lib64_of(in_tree)}) {
        std::string source = concat(layout_.wheel(id), "/", name);
        struct stat stored{};
        if (name.empty() || ::lstat(source.c_str(), &stored) != 0 || !S_ISREG(stored.st_mode)) {
          continue;
        }
        if ((stored.st_dev == status.st_dev && stored.st_ino == status.st_ino) ||
            (stored.st_size == status.st_size &&
             read_file_if_any(source) == read_file_if_any(place))) {
          return;
        }
        last = std::move(source);
      }
    }
    if (!last.empty()) {
      found_.push_back({root_.prefix, path, std::move(last)});
    }
  }

  // Where else a tree may have a file of lib/; empty for all others.
  static std::string lib64_of(std::string_view path) {
    constexpr std::string_view kLib = "lib/";
    return path.starts_with(kLib) ? concat("lib64/", path.substr(kLib.size())) : std::string();
  }

  const StoreLayout& layout_;
  const StoredRoot& root_;
  std::vector<StaleLink>& found_;
};

bool is_own(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && status.st_uid == ::geteuid();
}

}  // namespace

std::vector<StaleLink> stale_links(const StoreLayout& layout) {
  std::vector<StaleLink> found;
  // Roots of another user's could lead root to any directory.
  if (!is_own(layout.root()) || !may_read_roots(layout)) {
    return found;
  }
  for (const StoredRoot& root : read_roots(layout)) {
    const bool has_directory =
        root.kind == "environment" || root.kind == "venv" || root.kind == "shim";
    if (has_directory && root.damage.empty() && is_own(concat(root.prefix, "/pyvenv.cfg")) &&
        refers_to_store(root.prefix, layout.root())) {
      Search(layout, root, found).directory({}, 0);
    }
  }
  return found;
}

std::vector<Finding> verify_links(const StoreLayout& layout) {
  std::vector<Finding> findings;
  for (const StaleLink& link : stale_links(layout)) {
    std::string path = concat(link.prefix, "/", link.path);
    std::string message = concat(path, ": it is another file than ", link.source);
    findings.push_back({"", FindingKind::content, std::move(path), std::move(message)});
  }
  return findings;
}

void renew_link(const StaleLink& link, const std::string& tmp) {
  PrefixPlan plan;
  plan.add(link.path, {PrefixEntry::Kind::data_link, link.source});
  write_prefix(plan, link.prefix, tmp, PrefixDurability::after_power_loss);
}

}  // namespace pel
