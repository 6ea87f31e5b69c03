#include "store/layout/native_view.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string_view>

#include "store/base/text.hpp"
#include "store/layout/library_rules.hpp"

namespace pel {
namespace {

using index_format::EntryKind;
using index_format::kNone;
using EntryRecord = IndexView::EntryRecord;

bool is_metadata(std::string_view name) {
  return name == "__pycache__" || name.ends_with(".dist-info");
}

bool is_library_directory(std::string_view name) {
  return name.ends_with(".libs");
}

bool is_shared_object(std::string_view name) {
  return name.ends_with(".so") || name.find(".so.") != std::string_view::npos;
}

bool is_cmake_configuration(std::string_view name) {
  return name.ends_with("-config.cmake") || name.ends_with("Config.cmake");
}

bool is_cmake_directory(std::string_view name) {
  return name == "cmake" || name == "CMake";
}

// Where find_package() of CMake looks for libraries: "lib*" in its documentation.
bool is_lib_directory(std::string_view name) {
  constexpr std::array<std::string_view, 4> kNames{"lib", "lib64", "lib32", "libx32"};
  return std::ranges::find(kNames, name) != kNames.end();
}

// What one tree has for the view.
class TreeView {
 public:
  TreeView(const EnvironmentTree& tree, NativeLinks links)
      : tree_(tree), index_(tree.index), links_(links) {}

  [[nodiscard]] const std::vector<NativeEntry>& found() const { return found_; }

  void collect() {
    const std::uint32_t site_packages = index_.tree().site_packages;
    if (site_packages == kNone) {
      return;
    }
    if (!index_.elf_files().empty()) {
      read_elf_files();
    }
    has_script_ = has_elf_files_ && has_program_in_bin();
    bool has_programs = false;
    each(site_packages, [&](std::string_view name, const EntryRecord& entry) {
      if (entry.kind != EntryKind::directory || is_metadata(name) || is_library_directory(name)) {
        return;
      }
      if (name.find('.') != std::string_view::npos) {
        if (has_program(entry.target)) {
          has_programs = true;
          take_below(entry.target, std::string(name));
        }
      } else if (is_prefix(entry.target)) {
        read_elf_files();
        take_below(entry.target, std::string(name));
      } else if (has_script_ ||
                 (has_elf_files_ && !is_package(entry.target) && has_native_file(entry.target))) {
        take_below(entry.target, std::string(name));
      }
    });
    if (has_programs) {
      each(site_packages, [&](std::string_view name, const EntryRecord& entry) {
        if (entry.kind == EntryKind::directory && is_library_directory(name)) {
          take_below(entry.target, std::string(name));
        }
      });
    }
  }

  // Of the entries that are directories.
  [[nodiscard]] std::vector<std::string> directories() const {
    std::vector<std::string> paths;
    for (const auto& [path, number] : directories_) {
      paths.push_back(path);
    }
    return paths;
  }

  // Puts the files of a directory in the place of the whole.
  void divide(const std::string& path) {
    const auto entry = directories_.find(path);
    found_.erase(std::ranges::find(found_, path, &NativeEntry::path));
    take_files(entry->second, path);
    directories_.erase(entry);
  }

 private:
  enum class Elf : std::uint8_t { none, plain, with_soname };

  template <typename Visit>
  void each(std::uint32_t directory, Visit visit) const {
    for (const IndexView::EntryRecord entry : index_.entries(directory)) {
      // As the writer numbers them, so that a damaged INDEX cannot lead in circles.
      if (entry.kind == EntryKind::file || entry.target > directory) {
        visit(index_.text(entry.name), entry);
      }
    }
  }

  // Once, because it reads all of the INDEX.
  void read_elf_files() {
    if (!kinds_.empty()) {
      return;
    }
    check_second_part(tree_);
    const auto elf = index_.elf_files();
    kinds_.assign(index_.files().size(), Elf::none);
    has_elf_files_ = !elf.empty();
    for (std::size_t i = 0; i < elf.size(); ++i) {
      const auto record = elf[i];
      if (record.file < kinds_.size()) {
        kinds_[record.file] = record.soname.size == 0 ? Elf::plain : Elf::with_soname;
      }
    }
  }

  [[nodiscard]] Elf kind_of(const EntryRecord& entry) const {
    const bool known = entry.kind == EntryKind::file && entry.target < kinds_.size();
    return known ? kinds_[entry.target] : Elf::none;
  }

  [[nodiscard]] bool is_program(std::string_view name, const EntryRecord& entry) const {
    return entry.executable != 0 && kind_of(entry) != Elf::none && !is_shared_object(name);
  }

  // Whether the tree brings a native program that environments have in bin/, from where it may look
  // for what is in site-packages.
  [[nodiscard]] bool has_program_in_bin() const {
    constexpr std::uint32_t kRoot = 0;
    return any(kRoot, [&](std::string_view name, const EntryRecord& entry) {
      return entry.kind == EntryKind::directory && name == "bin" && has_program(entry.target);
    });
  }

  [[nodiscard]] bool has_program(std::uint32_t directory) const {
    bool found = false;
    each(directory, [&](std::string_view name, const EntryRecord& entry) {
      found = found || is_program(name, entry);
    });
    return found;
  }

  [[nodiscard]] bool is_package(std::uint32_t directory) const {
    bool found = false;
    each(directory, [&](std::string_view name, const EntryRecord& entry) {
      if (entry.kind == EntryKind::file && name.starts_with("__init__.")) {
        const auto files = index_.files();
        found = found || name != "__init__.py" || entry.target >= files.size() ||
                files[entry.target].size != 0;
      }
    });
    return found;
  }

  [[nodiscard]] bool has_native_file(std::uint32_t directory) const {
    bool found = false;
    each(directory, [&](std::string_view name, const EntryRecord& entry) {
      found = found || kind_of(entry) == Elf::with_soname || is_program(name, entry) ||
              (entry.kind == EntryKind::directory && has_native_file(entry.target));
    });
    return found;
  }

  template <typename Holds>
  [[nodiscard]] bool any(std::uint32_t directory, Holds holds) const {
    bool found = false;
    each(directory, [&](std::string_view name, const EntryRecord& entry) {
      found = found || holds(name, entry);
    });
    return found;
  }

  [[nodiscard]] bool has_cmake_configuration(std::uint32_t directory) const {
    return any(directory, [](std::string_view name, const EntryRecord& entry) {
      return entry.kind == EntryKind::file && is_cmake_configuration(name);
    });
  }

  [[nodiscard]] bool has_cmake_configuration_below(std::uint32_t directory) const {
    return any(directory, [&](std::string_view, const EntryRecord& entry) {
      return entry.kind == EntryKind::directory && has_cmake_configuration(entry.target);
    });
  }

  // lib, or share: what tools that build look for there.
  [[nodiscard]] bool has_description(std::uint32_t directory) const {
    return any(directory, [&](std::string_view name, const EntryRecord& entry) {
      if (entry.kind != EntryKind::directory) {
        return false;
      }
      if (name == "pkgconfig") {
        return any(entry.target,
                   [](std::string_view file, const EntryRecord&) { return file.ends_with(".pc"); });
      }
      return has_cmake_configuration(entry.target) ||
             (name == "cmake" && has_cmake_configuration_below(entry.target)) ||
             any(entry.target, [&](std::string_view inner, const EntryRecord& below) {
               return below.kind == EntryKind::directory && is_cmake_directory(inner) &&
                      has_cmake_configuration(below.target);
             });
    });
  }

  [[nodiscard]] bool has_library(std::uint32_t directory) const {
    return has_elf_files_ && any(directory, [&](std::string_view, const EntryRecord& entry) {
             return kind_of(entry) == Elf::with_soname;
           });
  }

  // Whether the directory is one that CMAKE_PREFIX_PATH, PKG_CONFIG_PATH or a compiler may be
  // given.
  [[nodiscard]] bool is_prefix(std::uint32_t directory) const {
    return has_cmake_configuration(directory) ||
           any(directory, [&](std::string_view name, const EntryRecord& entry) {
             if (entry.kind != EntryKind::directory) {
               return false;
             }
             if (is_cmake_directory(name)) {
               return has_cmake_configuration(entry.target) ||
                      has_cmake_configuration_below(entry.target);
             }
             return (is_lib_directory(name) &&
                     (has_library(entry.target) || has_description(entry.target))) ||
                    (name == "share" && has_description(entry.target));
           });
  }

  // Modules are left out, so that imports find them in the store as ever; so is what types are
  // described by (PEP 561), or type checkers would take the directory for the package. But all that
  // a program in bin/ has in directories without modules is its data, *.pyi as well.
  [[nodiscard]] bool is_left_out(std::string_view name, const EntryRecord& entry,
                                 bool among_modules) const {
    return is_importable(name, entry) ||
           ((among_modules || !has_script_) && (name.ends_with(".pyi") || name == "py.typed"));
  }

  [[nodiscard]] bool is_importable(std::string_view name, const EntryRecord& entry) const {
    return name.ends_with(".py") || name.ends_with(".pyc") ||
           (name.ends_with(".so") && kind_of(entry) == Elf::plain);
  }

  [[nodiscard]] bool has_importable(std::uint32_t directory) const {
    return any(directory, [&](std::string_view name, const EntryRecord& entry) {
      return entry.kind == EntryKind::file && is_importable(name, entry);
    });
  }

  struct Count {
    std::size_t files = 0;
    bool has_modules = false;
  };

  [[nodiscard]] Count count_below(std::uint32_t directory) const {
    Count count;
    const bool among_modules = has_importable(directory);
    each(directory, [&](std::string_view name, const EntryRecord& entry) {
      if (entry.kind == EntryKind::directory) {
        const Count below = count_below(entry.target);
        count.files += below.files;
        count.has_modules = count.has_modules || below.has_modules;
      } else {
        ++count.files;
        count.has_modules = count.has_modules || is_left_out(name, entry, among_modules);
      }
    });
    return count;
  }

  [[nodiscard]] NativeEntry entry_for(const std::string& path, bool is_directory) const {
    return {path, concat(site_packages_of(tree_), "/", path), is_directory};
  }

  void take_below(std::uint32_t directory, const std::string& path) {
    const bool among_modules = has_importable(directory);
    each(directory, [&](std::string_view name, const EntryRecord& entry) {
      const std::string below = concat(path, "/", name);
      if (entry.kind != EntryKind::directory) {
        take_file(name, entry, among_modules, below);
      } else if (is_one_link(entry.target)) {
        found_.push_back(entry_for(below, true));
        directories_.emplace(below, entry.target);
      } else {
        take_below(entry.target, below);
      }
    });
  }

  [[nodiscard]] bool is_one_link(std::uint32_t directory) const {
    if (links_ == NativeLinks::files) {
      return false;
    }
    const Count count = count_below(directory);
    return count.files >= kManyNativeFiles && !count.has_modules;
  }

  void take_files(std::uint32_t directory, const std::string& path) {
    const bool among_modules = has_importable(directory);
    each(directory, [&](std::string_view name, const EntryRecord& entry) {
      const std::string below = concat(path, "/", name);
      if (entry.kind == EntryKind::directory) {
        take_files(entry.target, below);
      } else {
        take_file(name, entry, among_modules, below);
      }
    });
  }

  void take_file(std::string_view name, const EntryRecord& entry, bool among_modules,
                 const std::string& path) {
    if (!is_left_out(name, entry, among_modules)) {
      found_.push_back(entry_for(path, false));
    }
  }

  const EnvironmentTree& tree_;
  const IndexView& index_;
  const NativeLinks links_;
  std::vector<NativeEntry> found_;
  std::map<std::string, std::uint32_t, std::less<>> directories_;  // of found_, by path
  std::vector<Elf> kinds_;                                         // of files by number
  bool has_elf_files_ = false;
  bool has_script_ = false;  // a native one
};

// How many trees have something at a path, or below it.
class Places {
 public:
  explicit Places(const std::vector<TreeView>& views) {
    for (const TreeView& view : views) {
      add(view);
    }
  }

  [[nodiscard]] bool is_shared(const std::string& path) const { return trees_.at(path) > 1; }

 private:
  void add(const TreeView& view) {
    std::set<std::string, std::less<>> own;
    for (const NativeEntry& entry : view.found()) {
      own.insert(entry.path);
      for (std::size_t slash = entry.path.rfind('/'); slash != std::string::npos && slash != 0;
           slash = entry.path.rfind('/', slash - 1)) {
        if (!own.insert(entry.path.substr(0, slash)).second) {
          break;  // and all above it
        }
      }
    }
    for (const std::string& path : own) {
      ++trees_[path];
    }
  }

  std::map<std::string, int, std::less<>> trees_;
};

// Whether there were any: the files of one that was divided may lie below another's.
bool divide_shared(std::vector<TreeView>& views) {
  const Places places(views);
  bool any = false;
  for (TreeView& view : views) {
    for (const std::string& path : view.directories()) {
      if (places.is_shared(path)) {
        view.divide(path);
        any = true;
      }
    }
  }
  return any;
}

}  // namespace

std::vector<NativeEntry> native_view(std::span<const EnvironmentTree> trees, NativeLinks links) {
  std::vector<TreeView> views;
  views.reserve(trees.size());
  for (const EnvironmentTree& tree : trees) {
    views.emplace_back(tree, links).collect();
  }
  const auto has_directories = [](const TreeView& view) { return !view.directories().empty(); };
  while (std::ranges::any_of(views, has_directories) && divide_shared(views)) {
  }
  std::vector<NativeEntry> found;
  for (const TreeView& view : views) {
    found.insert(found.end(), view.found().begin(), view.found().end());
  }
  return found;
}

}  // namespace pel
