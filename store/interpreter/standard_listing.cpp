#include "store/interpreter/standard_listing.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "store/base/fd.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

using standard_format::ModuleKind;
using Module = StandardBuilder::Module;

constexpr std::string_view kInit = "__init__";
constexpr std::string_view kSource = ".py";
constexpr std::string_view kBytecode = ".pyc";
constexpr std::string_view kExtensionModules = "lib-dynload";
constexpr std::array<std::string_view, 7> kRare{"test",       "tests",   "idle_test", "idlelib",
                                                "turtledemo", "lib2to3", "pydoc_data"};
constexpr int kDeepest = 8;

// Shorter ago than this, a change may be followed by one that leaves the same time.
constexpr std::int64_t kSettled = 2;

std::uint64_t settled_mtime(const struct stat& status) noexcept {
  constexpr std::uint64_t kNanoseconds = 1'000'000'000;
  if (status.st_mtim.tv_sec <= 0 || status.st_mtim.tv_sec > ::time(nullptr) - kSettled) {
    return 0;
  }
  return static_cast<std::uint64_t>(status.st_mtim.tv_sec) * kNanoseconds +
         static_cast<std::uint64_t>(status.st_mtim.tv_nsec);
}

// What lies in a directory under one module name.
struct Candidate {
  bool is_directory = false;
  bool has_source = false;
  bool has_bytecode = false;
  std::vector<std::string_view> suffixes;  // of extensions, in FileFinder's order
};

class Listing {
 public:
  explicit Listing(const InterpreterFacts& interpreter) : interpreter_(interpreter) {}

  std::map<std::string, StandardDirectory> run() {
    add(std::string(), 0);
    return std::move(directories_);
  }

 private:
  static std::set<std::string> names_in(int fd) {
    std::set<std::string> names;
    const int copy = ::openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(copy < 0 ? nullptr : ::fdopendir(copy),
                                                     ::closedir);
    while (const dirent* const entry = stream ? ::readdir(stream.get()) : nullptr) {
      names.insert(entry->d_name);
    }
    return names;
  }

  void note(std::map<std::string, Candidate>& found, std::string_view file, bool is_directory) {
    const auto note_suffix = [&](std::string_view suffix) -> Candidate* {
      if (!file.ends_with(suffix) || file.size() == suffix.size()) {
        return nullptr;
      }
      const std::string_view name = file.substr(0, file.size() - suffix.size());
      return name.find('.') == std::string_view::npos ? &found[std::string(name)] : nullptr;
    };
    if (is_directory) {
      if (file.find('.') == std::string_view::npos) {
        found[std::string(file)].is_directory = true;
      }
      return;
    }
    for (const std::string& suffix : interpreter_.extension_suffixes) {
      if (Candidate* const candidate = note_suffix(suffix)) {
        candidate->suffixes.push_back(suffix);
      }
    }
    if (Candidate* const candidate = note_suffix(kSource)) {
      candidate->has_source = true;
    }
    if (Candidate* const candidate = note_suffix(kBytecode)) {
      candidate->has_bytecode = true;
    }
  }

  // Whether a directory's __init__ can only be __init__.py.
  [[nodiscard]] bool is_plain_package(int fd, const std::string& name) const {
    struct stat status{};
    const auto is_there = [&](std::string_view suffix) {
      return ::fstatat(fd, concat(name, "/", kInit, suffix).c_str(), &status, 0) == 0;
    };
    return std::ranges::none_of(interpreter_.extension_suffixes, is_there) && is_there(kSource) &&
           S_ISREG(status.st_mode);
  }

  Module describe(int fd, const std::string& name, const Candidate& candidate) const {
    Module module{.name = name, .suffix = {}, .code = {}};
    std::string source;
    if (candidate.is_directory) {
      if (is_plain_package(fd, name)) {
        module.kind = ModuleKind::package;
        source = concat(name, "/", kInit, kSource);
      }
    } else if (!candidate.suffixes.empty()) {
      module.kind = ModuleKind::extension;
      module.suffix = candidate.suffixes.front();
    } else if (candidate.has_source) {
      module.kind = ModuleKind::source;
      source = concat(name, kSource);
    }
    struct stat status{};
    if (!source.empty() && ::fstatat(fd, source.c_str(), &status, 0) == 0) {
      module.size = static_cast<std::uint64_t>(status.st_size);
      module.mtime_ns = settled_mtime(status);
    }
    return module;
  }

  void add(const std::string& path, int depth) {
    const std::string absolute =
        path.empty() ? interpreter_.stdlib : concat(interpreter_.stdlib, "/", path);
    const UniqueFd fd(::open(absolute.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat status{};
    if (!fd || ::fstat(fd.get(), &status) != 0) {
      return;
    }
    StandardDirectory directory{.mtime_ns = settled_mtime(status), .modules = {}};
    std::map<std::string, Candidate> found;
    for (const std::string& name : names_in(fd.get())) {
      struct stat entry{};
      if (::fstatat(fd.get(), name.c_str(), &entry, 0) == 0 &&
          (S_ISDIR(entry.st_mode) || S_ISREG(entry.st_mode))) {
        note(found, name, S_ISDIR(entry.st_mode));
      }
    }
    for (const auto& [name, candidate] : found) {
      Module module = describe(fd.get(), name, candidate);
      const std::string below = path.empty() ? name : concat(path, "/", name);
      if (module.kind == ModuleKind::package) {
        if (depth == kDeepest || std::ranges::find(kRare, name) != kRare.end()) {
          module.kind = ModuleKind::other;
        } else {
          add(below, depth + 1);
        }
      }
      directory.modules.push_back(std::move(module));
    }
    directories_.emplace(path, std::move(directory));
    if (path.empty()) {
      add(std::string(kExtensionModules), depth + 1);
    }
  }

  const InterpreterFacts& interpreter_;
  std::map<std::string, StandardDirectory> directories_;
};

}  // namespace

std::map<std::string, StandardDirectory> list_standard_library(
    const InterpreterFacts& interpreter) {
  return interpreter.stdlib.empty() ? std::map<std::string, StandardDirectory>()
                                    : Listing(interpreter).run();
}

}  // namespace pel
