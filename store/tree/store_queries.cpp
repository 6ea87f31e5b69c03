// What a store tells of its wheels: the reading half of class Store.

#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <vector>

#include "lock/package_name.hpp"
#include "store/base/error.hpp"
#include "store/base/file_kind.hpp"
#include "store/base/nearest.hpp"
#include "store/base/text.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/store.hpp"
#include "store/tree/stored_index.hpp"
#include "store/tree/verify_wheel.hpp"

namespace pel {
namespace {

void measure(const std::string& path, std::uint64_t& bytes, std::uint64_t& inodes) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) {
      return;
    }
    throw_errno("measure", path);
  }
  ++inodes;
  if (!S_ISDIR(status.st_mode)) {
    bytes += static_cast<std::uint64_t>(status.st_size);
    return;
  }
  for (const DirectoryEntry& entry : read_directory(path)) {
    measure(concat(path, "/", entry.name), bytes, inodes);
  }
}

}  // namespace

bool is_store_id(std::string_view text) noexcept {
  return !text.empty() && text.front() != '.' && text.size() <= 255 &&
         text.find_first_of(std::string_view("/\0", 2)) == std::string_view::npos;
}

std::vector<std::string> Store::ids() const {
  std::vector<std::string> ids;
  for (DirectoryEntry& entry : read_directory(layout_.wheels())) {
    if (entry.is_directory && is_store_id(entry.name)) {
      ids.push_back(std::move(entry.name));
    }
  }
  return ids;
}

std::vector<StoredWheel> Store::list() const {
  std::vector<StoredWheel> wheels;
  for (const std::string& id : ids()) {
    wheels.push_back(describe_wheel(layout_, id));
  }
  return wheels;
}

std::vector<std::string> Store::resolve(std::string_view text) const {
  if (is_store_id(text) && is_directory(layout_.wheel(text))) {
    return {std::string(text)};
  }
  const std::string wanted = normalize_name(text);
  std::vector<std::string> found;
  for (std::string& id : ids()) {
    // An id begins with the name as the wheel's file has it, which holds no dash; a very long one
    // is cut short, so the INDEX has the last word.
    const std::string name = normalize_name(std::string_view(id).substr(0, id.find('-')));
    if (name == wanted ||
        (wanted.starts_with(name) && describe_wheel(layout_, id).normalized_name == wanted)) {
      found.push_back(std::move(id));
    }
  }
  return found;
}

std::vector<std::string> Store::resolve_or_throw(std::string_view text) const {
  std::vector<std::string> found = resolve(text);
  if (found.empty()) {
    std::vector<std::string> names;
    for (const std::string& id : ids()) {
      names.push_back(normalize_name(std::string_view(id).substr(0, id.find('-'))));
    }
    throw Error(ErrorCode::not_found, concat("no wheel '", text, "' in the store"))
        .with_hint(nearest_hint(normalize_name(text), names,
                                "'pyenvlaunch store list' prints what is there"));
  }
  return found;
}

std::optional<StoredWheel> Store::show(std::string_view id) const {
  if (!is_store_id(id) || !is_directory(layout_.wheel(id))) {
    return std::nullopt;
  }
  return describe_wheel(layout_, id);
}

std::vector<Finding> Store::verify(std::span<const std::string> ids, Depth depth) const {
  std::vector<Finding> findings;
  for (const std::string& id : ids) {
    std::ranges::move(
        verify_wheel(layout_, id, depth == Depth::deep ? HashFiles::yes : HashFiles::no),
        std::back_inserter(findings));
  }
  return findings;
}

std::vector<WheelUsage> Store::disk_usage(std::span<const std::string> ids) const {
  std::vector<WheelUsage> usages;
  for (const std::string& id : ids) {
    WheelUsage& usage = usages.emplace_back();
    usage.id = id;
    if (is_store_id(id)) {
      measure(layout_.wheel(id), usage.bytes, usage.inodes);
      measure(layout_.bytecode(id), usage.bytecode_bytes, usage.bytecode_inodes);
    }
  }
  return usages;
}

}  // namespace pel
