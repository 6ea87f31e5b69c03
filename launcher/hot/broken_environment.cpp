#include "launcher/hot/broken_environment.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>

#include "store/base/mapped_file.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/format/recipe_file.hpp"
#include "store/format/table_format.hpp"

namespace pel {
namespace {

constexpr std::string_view kConfiguration = "pyvenv.cfg";
constexpr std::string_view kCacheFolder = "/v1/envs";
constexpr std::string_view kShimFolder = "/shims";
constexpr std::string_view kExportedStore = "/store/v1";

bool is_of_others(const std::string& path) {
  int error = 0;
  return !MappedFile::open(path.c_str(), MappedFile::Trust::own_or_root, error) && error == EPERM;
}

std::string hint_for(const std::string& prefix, std::string_view file) {
  if (directory_of(prefix).ends_with(kShimFolder)) {
    return "run `pyenvlaunch shims upgrade`";
  }
  if (directory_of(prefix).ends_with(kCacheFolder)) {
    return "run `pyenvlaunch sync LOCK` with the lock of this environment";
  }
  if (is_of_others(concat(prefix, "/", file))) {
    return concat("what is in ", prefix,
                  " must be yours or root's, and writable by nobody else (chown, chmod go-w)");
  }
  if (::access(concat(prefix, kExportedStore).c_str(), F_OK) == 0) {
    return "remove the directory, and make it again with `pyenvlaunch export`";
  }
  return concat("run `pyenvlaunch venv ", prefix, " LOCK` with its lock once more");
}

}  // namespace

bool is_own_environment(const ExecutedAs& self) {
  return self.config.ours ||
         ::access(concat(self.prefix, "/", table_format::kFileName).c_str(), F_OK) == 0 ||
         ::access(concat(self.prefix, "/", kRecipeFile).c_str(), F_OK) == 0;
}

void check_configuration(const ExecutedAs& self, const TableView& table) {
  const PyvenvConfig& config = self.config;
  if (!config.ours || !config.store.starts_with('/') || config.launcher_id.empty() ||
      config.home != directory_of(table.text(table.environment().base_executable))) {
    const bool exists = ::access(concat(self.prefix, "/", kConfiguration).c_str(), F_OK) == 0;
    throw broken_environment(self.prefix, kConfiguration,
                             exists ? "it is damaged" : "there is no such file");
  }
}

Error broken_environment(const std::string& prefix, std::string_view file,
                         std::string_view reason) {
  return Error(ErrorCode::corrupt, concat("cannot use ", prefix, "/", file, ": ", reason))
      .with_hint(hint_for(prefix, file));
}

std::string mount_hint(const std::string& path) {
  struct statvfs status{};
  if (::statvfs(path.c_str(), &status) != 0 || (status.f_flag & ST_NOEXEC) == 0) {
    return {};
  }
  return concat("the file system of ", directory_of(path),
                " is mounted with noexec: set PYENVLAUNCH_HOME and PYENVLAUNCH_CACHE to "
                "directories where programs may be executed");
}

}  // namespace pel
