#include "launcher/hot/executed_as.hpp"

#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/file_identity.hpp"
#include "store/base/path.hpp"
#include "store/base/self_path.hpp"
#include "store/base/symlink.hpp"
#include "store/base/text.hpp"
#include "store/format/recipe_file.hpp"
#include "store/format/selection_key.hpp"
#include "store/format/table_format.hpp"

namespace pel {
namespace {

// Of a directory that `export` has made, which does not know its place.
constexpr std::string_view kExportedStore = "store/v1";
constexpr int kMaxLinks = 40;  // as the kernel

// Without a pyvenv.cfg.
bool is_damaged_environment(const std::string& prefix) {
  return ::access(concat(prefix, "/", table_format::kFileName).c_str(), F_OK) == 0 ||
         ::access(concat(prefix, "/", kRecipeFile).c_str(), F_OK) == 0;
}

std::optional<ExecutedAs> look_beside(const std::string& path) {
  const std::string folder = directory_of(path);
  for (const std::string& prefix : {folder, directory_of(folder)}) {
    if (auto config = PyvenvConfig::read(concat(prefix == "/" ? "" : prefix, "/pyvenv.cfg"))) {
      if (config->store == kExportedStore) {
        config->store = concat(prefix, "/", kExportedStore);
      }
      return ExecutedAs{path, prefix, *std::move(config), {}};
    }
    if (is_damaged_environment(prefix)) {
      return ExecutedAs{path, prefix, {}, {}};
    }
  }
  return std::nullopt;
}

// As `site` makes sys.prefix of sys.executable, so that the finder knows site-packages by its name.
std::string without_dots(std::string prefix) {
  if (prefix.find("/..") == std::string::npos) {
    return prefix;
  }
  std::string normal = lexically_normal(prefix);
  return is_same_file(normal, prefix) ? normal : prefix;
}

// Without links in any component; the same when that cannot be told.
std::string resolved(const std::string& path) {
  char buffer[PATH_MAX];
  return ::realpath(path.c_str(), buffer) == nullptr ? path : std::string(buffer);
}

std::optional<ExecutedAs> look_along(std::string path) {
  std::string path_file_link;
  for (int links = 0; links < kMaxLinks; ++links) {
    if (name_of(path).starts_with("pyenvlaunch")) {
      return std::nullopt;
    }
    if (auto found = look_beside(path)) {
      found->prefix = without_dots(std::move(found->prefix));
      found->path_file_link = std::move(path_file_link);
      return found;
    }
    auto target = read_symlink(path);
    if (!target) {
      const std::string real = resolved(path);  // reached through a linked directory
      return real == path ? std::nullopt : look_along(real);
    }
    if (path_file_link.empty() && ::access(concat(path, "._pth").c_str(), F_OK) == 0) {
      path_file_link = path;
    }
    path = absolute_path(target->starts_with('/') ? *target
                                                  : concat(directory_of(path), "/", *target));
  }
  return std::nullopt;
}

}  // namespace

bool is_this_program(const char* path) {
  struct stat named{};
  struct stat self{};
  // The link finds the file also when it has been renamed or removed.
  const bool by_link = !is_started_by_loader() && ::stat("/proc/self/exe", &self) == 0;
  return ::stat(path, &named) == 0 && (by_link || ::stat(self_path().c_str(), &self) == 0) &&
         named.st_dev == self.st_dev && named.st_ino == self.st_ino;
}

std::optional<ExecutedAs> executed_as(const char* argv0) {
  const auto* const exec_name =
      reinterpret_cast<const char*>(::getauxval(AT_EXECFN));  // NOLINT(performance-no-int-to-ptr)
  for (const char* const name : {argv0, exec_name}) {
    if (name != nullptr && std::string_view(name).find('/') != std::string_view::npos &&
        is_this_program(name)) {
      return look_along(absolute_path(name));
    }
  }
  const std::string self = self_path();
  return self.empty() ? std::nullopt : look_along(self);
}

std::string program_file() {
  std::string self = self_path();
  if (self.empty()) {
    throw_no_self_path();
  }
  return self;
}

}  // namespace pel
