#include "launcher/health.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "launcher/environment_options.hpp"
#include "launcher/run_mode.hpp"
#include "store/base/build_id.hpp"
#include "store/base/error.hpp"
#include "store/base/mapped_file.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/environment/environment_list.hpp"
#include "store/interpreter/interpreter.hpp"
#include "store/prefix/installation.hpp"
#include "store/records/cache_layout.hpp"
#include "store/records/root_reader.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/displaced.hpp"
#include "store/tree/file_system_features.hpp"
#include "store/tree/lost_roots.hpp"
#include "store/wheel/elf_reader.hpp"

namespace pel {
namespace {

// Whether a program has the interpreter in itself, as Debian's: code that is no library is faster
// where the compiler may take symbols as final.
bool holds_the_interpreter(const std::string& program) {
  int error = 0;
  const MappedFile file = MappedFile::open(program.c_str(), MappedFile::Trust::anybody, error);
  const auto elf = file ? read_elf(file.bytes()) : std::nullopt;
  return elf && std::ranges::none_of(elf->needed, [](std::string_view library) {
           return library.starts_with("libpython");
         });
}

using Level = HealthCheck::Level;

constexpr std::uint64_t kLowSpace = 1'000'000'000;
constexpr std::uint64_t kLowInodes = 10'000;

// The directory, or the nearest above it that exists.
std::string nearest_existing(std::string path) {
  while (path != "/" && ::access(path.c_str(), F_OK) != 0) {
    path = directory_of(path);
  }
  return path;
}

class Checkup {
 public:
  explicit Checkup(const Settings& settings) : settings_(settings) {}

  std::vector<HealthCheck> run() {
    guarded("installation", [&] { installation(); });
    guarded("store", [&] {
      const StoreLocations locations = settings_.locations();
      store(locations);
      cache(locations);
      roots(StoreLayout(locations.home));
    });
    guarded("interpreters", [&] { interpreters(); });
    return std::move(checks_);
  }

 private:
  template <typename Function>
  void guarded(const char* area, const Function& function) {
    try {
      function();
    } catch (const Error& error) {
      add(Level::problem, area, error.message(), error.hint());
    }
  }

  void add(Level level, std::string_view area, std::string text, std::string advice = {}) {
    checks_.push_back({level, std::string(area), std::move(text), std::move(advice)});
  }

  void installation() {
    const Installation self = this_installation();
    add(Level::ok, "installation", concat("pyenvlaunch ", kVersion, ", ", self.launcher));
    struct stat own{};
    if (::stat(self.launcher.c_str(), &own) != 0) {
      throw_errno("read", self.launcher);
    }
    for (std::string_view rest = settings_.path; !rest.empty();) {
      const std::size_t colon = rest.find(':');
      const std::string candidate = concat(rest.substr(0, colon), "/pyenvlaunch");
      struct stat found{};
      if (::stat(candidate.c_str(), &found) == 0 && ::access(candidate.c_str(), X_OK) == 0) {
        if (found.st_ino != own.st_ino || found.st_dev != own.st_dev) {
          add(Level::note, "installation", concat("PATH has another one first: ", candidate),
              "remove one of the two if that is not intended");
        }
        return;
      }
      rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
    }
    add(Level::note, "installation", "it is not on PATH",
        concat("add ", directory_of(self.launcher), " to PATH"));
  }

  // What a store and a cache have in common. False when there is nothing more to look at.
  bool directory(const char* area, const std::string& path, const char* variable) {
    const std::string existing = nearest_existing(path);
    const bool exists = existing == path;
    if (exists && area == std::string_view("store") && ::access(path.c_str(), W_OK) != 0 &&
        ::access(path.c_str(), R_OK | X_OK) == 0) {
      add(Level::warning, area, concat(path, " can only be read: nothing can be added to it"),
          concat("if its owner does not fill it for you, set ", variable,
                 " to a directory of your own"));
      return false;
    }
    if (::access(existing.c_str(), W_OK | X_OK) != 0) {
      add(Level::problem, area, concat(path, " cannot be written"),
          concat("change its permissions, or set ", variable, " to another directory"));
      return false;
    }
    add(Level::ok, area, exists ? path : concat(path, ", which is made when it is needed"));
    const FileSystemFeatures features = file_system_features(existing);
    struct stat status{};
    if (exists && ::stat(path.c_str(), &status) == 0) {
      if (status.st_uid != ::geteuid() && ::geteuid() != 0 && status.st_uid != 0) {
        add(Level::problem, area, concat(path, " belongs to another user: its files are not used"),
            concat("set ", variable, " to a directory of your own"));
      }
      if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0 && (features.modes || !features.tried)) {
        add(Level::warning, area, concat("others may write to ", path),
            concat("run `chmod go-w ", path, "`"));
      }
    }
    space(area, features);
    return true;
  }

  void space(const char* area, const FileSystemFeatures& features) {
    const bool low = features.free_bytes < kLowSpace ||
                     (features.counts_inodes && features.free_inodes < kLowInodes);
    add(low ? Level::warning : Level::ok, area,
        concat("file system ", features.type, ", ", human_size(features.free_bytes), " free",
               features.counts_inodes && features.free_inodes < kLowInodes
                   ? concat(", ", std::to_string(features.free_inodes), " inodes free")
                   : std::string()),
        low ? "free some space; `pyenvlaunch store gc` removes what is not needed" : "");
    if (features.no_exec) {
      add(Level::problem, area, "programs cannot be run from this file system (noexec)",
          "use a directory on another file system");
    }
    if (features.tried && !features.modes) {
      add(Level::problem, area, "this file system keeps no modes: nothing on it can be read-only",
          "use a directory on another file system");
    }
    if (features.tried && !features.symlinks) {
      add(Level::problem, area, "this file system has no symbolic links, which environments need",
          "use a directory on another file system");
    }
    if (features.tried && !features.hard_links) {
      add(Level::note, area, "no hard links: data files are copied into environments",
          "a file system with hard links makes environments smaller");
    }
    if (features.tried && !features.leases) {
      add(Level::note, area, "no leases: what is in use is found out by looking at processes");
    }
  }

  void store(const StoreLocations& locations) {
    const StoreLayout layout(locations.home);
    directory("store", layout.root(), "PYENVLAUNCH_HOME");
    for (const Finding& displaced : displaced_places(layout)) {
      add(Level::problem, "store", displaced.message, advice_on(layout, displaced));
    }
  }

  void cache(const StoreLocations& locations) {
    const CacheLayout layout(locations.cache);
    if (!directory("cache", layout.root(), "PYENVLAUNCH_CACHE")) {
      return;
    }
    struct stat cache{};
    struct stat store{};
    if (::stat(nearest_existing(layout.root()).c_str(), &cache) == 0 &&
        ::stat(nearest_existing(StoreLayout(locations.home).root()).c_str(), &store) == 0 &&
        cache.st_dev != store.st_dev) {
      add(Level::note, "cache",
          "it is on another file system than the store: data files are copied",
          "put both on one file system");
    }
  }

  void roots(const StoreLayout& layout) {
    if (const auto lost = find_lost_roots(layout)) {
      add(Level::problem, "roots", lost->message, advice_on_lost_roots(layout));
    }
    if (::access(layout.roots().c_str(), R_OK | X_OK) != 0) {
      return;  // there are none, or they are for another user's eyes
    }
    for (const StoredRoot& root : read_roots(layout)) {
      if (!root.damage.empty()) {
        add(Level::problem, "roots", concat("cannot read ", root.file, ": ", root.damage),
            "remove it, and run `pyenvlaunch sync` with your locks before the next `store gc`");
      }
    }
    std::size_t stale = 0;
    std::size_t alive = 0;
    for (const ListedEnvironment& environment : list_environments(layout)) {
      const bool has_lock = environment.missing_locks.size() < environment.locks.size();
      if (environment.present && has_lock) {
        ++alive;
      } else {
        ++stale;
      }
      if (environment.present && environment.follows && !has_lock) {
        add(Level::warning, "roots",
            concat(environment.prefix, " follows a lock that is gone: its Python does not start"),
            concat("put ", environment.locks.empty() ? "it" : environment.locks.front(),
                   " back, or run `pyenvlaunch venv ", environment.prefix, " LOCK`"));
      }
    }
    add(Level::ok, "roots", counted(alive, "environment"));
    if (stale != 0) {
      add(Level::note, "roots",
          concat(counted(stale, "environment"), " whose lock or directory is gone"),
          "`pyenvlaunch store gc` frees what only they need");
    }
    const std::size_t leftovers = read_directory(layout.tmp()).size();
    if (leftovers != 0) {
      add(Level::note, "store", concat(counted(leftovers, "leftover"), " in ", layout.tmp()),
          "those of processes that died go with the next `pyenvlaunch store gc`");
    }
  }

  void interpreters() {
    const CacheLayout cache(settings_.locations().cache);
    std::size_t usable = 0;
    for (const FoundInterpreter& found : list_interpreters(cache.interpreters())) {
      const auto [mode, reason] = run_mode(found, settings_.mode);
      if (mode.empty()) {
        add(Level::note, "interpreters", concat(found.path, " cannot be used: ", reason));
        continue;
      }
      ++usable;
      add(Level::ok, "interpreters",
          concat(found.path, " ", found.facts->full_version, ": ", mode, ", ", reason));
      if (mode == "embedded" && holds_the_interpreter(found.facts->executable)) {
        add(Level::note, "interpreters",
            concat(found.path, " does not use that library itself, and may run code faster"),
            "measure with PYENVLAUNCH_MODE=hosted, which runs that program (`mode` in "
            "config.toml)");
      }
    }
    if (usable == 0) {
      add(Level::problem, "interpreters", "there is no interpreter that can be used",
          "install CPython 3.9 or newer, or set PYENVLAUNCH_PYTHON to one");
    }
  }

  const Settings& settings_;
  std::vector<HealthCheck> checks_;
};

}  // namespace

std::vector<HealthCheck> check_health(const Settings& settings) {
  return Checkup(settings).run();
}

}  // namespace pel
