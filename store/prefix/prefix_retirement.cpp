#include "store/prefix/prefix_retirement.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <optional>

#include "store/base/error.hpp"
#include "store/base/file_identity.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/format/config_path.hpp"
#include "store/format/table_format.hpp"
#include "store/tree/file_use.hpp"
#include "store/tree/make_directory.hpp"
#include "store/tree/move_away.hpp"
#include "store/tree/store_owners.hpp"

namespace pel {
namespace {

constexpr std::string_view kEnvironments = "/v1/envs";

// Where the directory itself cannot be moved: its table, by which a process has it.
bool keeps_table(const std::string& prefix, const std::string& trash) {
  const std::string table = concat(prefix, "/", table_format::kFileName);
  const std::string place = concat(trash, "/", table_format::kFileName);
  if (std::rename(table.c_str(), place.c_str()) != 0) {
    if (errno == ENOENT) {
      return false;
    }
    throw_errno("remove", table, advice_on_owner(prefix));
  }
  return is_file_in_use(place) && std::rename(place.c_str(), table.c_str()) == 0;
}

}  // namespace

bool is_prefix_in_use(const std::string& prefix) {
  return is_file_in_use(concat(prefix, "/", table_format::kFileName));
}

bool is_cache_prefix(std::string_view prefix, std::string_view environment_id) {
  return environment_id.size() > 2 && name_of(prefix) == environment_id &&
         directory_of(prefix).ends_with(kEnvironments);
}

std::string configured_store(const std::string& prefix) {
  constexpr std::string_view kKey = "\npyenvlaunch-store = ";
  const auto text = read_file_if_any(concat(prefix, "/pyvenv.cfg"));
  const std::size_t found = text ? text->find(kKey) : std::string::npos;
  if (found == std::string::npos) {
    return {};
  }
  const std::size_t begin = found + kKey.size();
  return decode_config_path(std::string_view(*text).substr(begin, text->find('\n', begin) - begin));
}

bool refers_to_store(const std::string& prefix, std::string_view store_root) {
  try {
    const std::string store = configured_store(prefix);
    // By another name it is the same: one through a link, of before the store was moved.
    return store == store_root ||
           (store.starts_with('/') && is_same_file(store, std::string(store_root)));
  } catch (const Error&) {
    return false;
  }
}

bool is_of_others(const std::string& prefix, std::string_view store_root) {
  try {
    const auto text = read_file_if_any(concat(prefix, "/pyvenv.cfg"));
    // A damaged one names nobody.
    return text && text->find("home = ") != std::string::npos &&
           !refers_to_store(prefix, store_root);
  } catch (const Error&) {
    return false;
  }
}

RetiredPrefix retire_prefix(const std::string& prefix) {
  const std::string tmp = concat(directory_of(directory_of(prefix)), "/tmp");
  make_directory(tmp, 0755);
  return retire_prefix(prefix, tmp);
}

RetiredPrefix retire_prefix(const std::string& prefix, const std::string& tmp) {
  struct stat status{};
  if (::lstat(prefix.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return {};
  }
  if (is_prefix_in_use(prefix)) {
    return {RetiredPrefix::State::in_use, nullptr};
  }
  auto trash = std::make_unique<TemporaryDirectory>(tmp, kRetiredStem);
  const std::string place = concat(trash->path(), "/", name_of(prefix));
  if (std::rename(prefix.c_str(), place.c_str()) != 0) {
    if (errno == ENOENT) {
      return {};
    }
    if (errno != EXDEV) {
      throw_errno("remove", prefix, advice_on_owner(prefix));
    }
    if (keeps_table(prefix, trash->path())) {
      return {RetiredPrefix::State::in_use, nullptr};
    }
    move_away(prefix, place);
  }
  // Who has opened the table between the question and the renaming runs in it. Who has found none
  // waits for the lock that we hold.
  if (is_prefix_in_use(place) && std::rename(place.c_str(), prefix.c_str()) == 0) {
    return {RetiredPrefix::State::in_use, nullptr};
  }
  try_to_sync_directory(directory_of(prefix));  // before a part of it is deleted
  return {RetiredPrefix::State::removed, std::move(trash)};
}

}  // namespace pel
