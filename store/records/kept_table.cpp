#include "store/records/kept_table.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>

#include "store/base/mapped_file.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/format/table_format.hpp"
#include "store/format/table_view.hpp"

namespace pel {
namespace {

// As the hot path does, which is not always what runs first.
void touch_daily(const std::string& path, const struct stat& status) {
  timespec now{};
  if (::clock_gettime(CLOCK_REALTIME, &now) == 0 &&
      table_format::must_be_touched(status.st_mtim.tv_sec, now.tv_sec)) {
    const timespec times[2] = {{0, UTIME_OMIT}, {0, UTIME_NOW}};
    static_cast<void>(::utimensat(AT_FDCWD, path.c_str(), times, 0));
  }
}

// A name that no root has.
void set_aside(const std::string& link, const struct stat& status) {
  const std::string old = concat(link, ".", std::to_string(status.st_ino));
  static_cast<void>(std::rename(link.c_str(), old.c_str()));
}

}  // namespace

std::optional<TableNeeds> read_table_needs(const std::string& path) {
  int error = 0;
  const MappedFile file = MappedFile::open(path.c_str(), MappedFile::Trust::own_or_root, error);
  const char* reason = nullptr;
  const auto table = file ? TableView::open(file.bytes(), reason) : std::nullopt;
  if (!table) {
    return std::nullopt;
  }
  TableNeeds needs;
  for (std::size_t i = 0; i < table->trees().size(); ++i) {
    needs.tree_ids.emplace_back(table->text(table->trees()[i].id));
  }
  needs.cache_tag = table->text(table->environment().cache_tag);
  needs.interpreter = table->text(table->environment().base_executable);
  needs.launcher = table->text(table->environment().build_id);
  return needs;
}

std::string kept_table(const StoreLayout& layout, const std::string& root_file) {
  return concat(layout.tables(), "/", name_of(root_file));
}

void keep_table(const StoreLayout& layout, const EnvironmentRoot& root) {
  const std::string table = concat(root.prefix, "/", table_format::kFileName);
  const std::string link = kept_table(layout, root_file(layout, root));
  struct stat status{};
  struct stat kept{};
  if (::stat(table.c_str(), &status) != 0) {
    return;
  }
  touch_daily(table, status);
  if (::lstat(link.c_str(), &kept) == 0) {
    if (kept.st_ino == status.st_ino && kept.st_dev == status.st_dev) {
      return;
    }
    set_aside(link, kept);
  }
  static_cast<void>(::link(table.c_str(), link.c_str()));
}

void release_table(const StoreLayout& layout, const std::string& root_file) {
  const std::string link = kept_table(layout, root_file);
  struct stat status{};
  if (::lstat(link.c_str(), &status) == 0) {
    set_aside(link, status);
  }
}

}  // namespace pel
