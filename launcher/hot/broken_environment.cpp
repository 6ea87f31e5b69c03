#include "launcher/hot/broken_environment.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/format/recipe_file.hpp"
#include "store/format/table_format.hpp"

namespace pel {
namespace {

constexpr std::string_view kConfiguration = "pyvenv.cfg";
constexpr std::string_view kCacheFolder = "/v1/envs";
constexpr std::string_view kShimFolder = "/shims";

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
  const bool is_cached = directory_of(prefix).ends_with(kCacheFolder);
  const bool is_shims = directory_of(prefix).ends_with(kShimFolder);
  return Error(ErrorCode::corrupt, concat("cannot use ", prefix, "/", file, ": ", reason))
      .with_hint(is_shims ? "run `pyenvlaunch shims upgrade`"
                 : is_cached
                     ? "run `pyenvlaunch sync LOCK` with the lock of this environment"
                     : concat("run `pyenvlaunch venv ", prefix, " LOCK` with its lock once more"));
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
