#include "store/build/built_wheels.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/fd.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/make_directory.hpp"
#include "store/tree/store.hpp"
#include "store/tree/temporary_tree.hpp"
#include "store/tree/wheel_file.hpp"

namespace pel {
namespace {

constexpr std::string_view kAnybody = "any";

// The wheel in a directory of built/.
std::optional<LockedArtifact> read_entry(const std::string& path) {
  for (const DirectoryEntry& digest : read_directory(path)) {
    const auto sha256 = Sha256::parse_hex(digest.name);
    const std::string folder = concat(path, "/", digest.name);
    for (const DirectoryEntry& file :
         sha256 ? read_directory(folder) : std::vector<DirectoryEntry>()) {
      if (file.name.ends_with(".whl")) {
        LockedArtifact wheel;
        wheel.file_name = file.name;
        wheel.path = concat(folder, "/", file.name);
        wheel.sha256 = sha256;
        return wheel;
      }
    }
  }
  return std::nullopt;
}

bool is_for_anybody(std::string_view file_name) {
  const WheelName name = WheelName::parse(file_name);
  return name.abi_tag() == "none" && name.platform_tag() == "any" &&
         name.python_tag().find("py3") != std::string_view::npos;
}

void make_durable(const std::string& file) {
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd || ::fchmod(fd.get(), 0444) != 0 || ::fsync(fd.get()) != 0) {
    throw_errno("write", file);
  }
}

}  // namespace

std::string BuiltWheels::place(const std::string& key, std::string_view who) const {
  return concat(layout_.built(), "/", key, ".", who);
}

std::optional<LockedArtifact> BuiltWheels::find(const std::string& key,
                                                const InterpreterFacts& facts) const {
  if (auto wheel = read_entry(place(key, kAnybody))) {
    return wheel;
  }
  return read_entry(place(key, facts.soabi));
}

LockedArtifact BuiltWheels::publish(const std::string& key, const InterpreterFacts& facts,
                                    const std::string& wheel_file) const {
  const std::string name(name_of(wheel_file));
  TemporaryTree tree(layout_, "built");
  const std::string folder = concat(tree.path(), "/", WheelFile(wheel_file).sha256().hex());
  const std::string file = concat(folder, "/", name);
  make_directory(folder, 0755);
  if (std::rename(wheel_file.c_str(), file.c_str()) != 0) {
    throw_errno("move", wheel_file);
  }
  make_durable(file);
  sync_directory(folder);
  const std::string target =
      place(key, is_for_anybody(name) ? kAnybody : std::string_view(facts.soabi));
  static_cast<void>(tree.publish(target));
  if (auto wheel = read_entry(target)) {
    return *std::move(wheel);
  }
  throw Error(ErrorCode::corrupt, concat("cannot use ", target, ": it is damaged"))
      .with_hint("remove it, and run this again");
}

std::vector<BuiltWheels::Entry> BuiltWheels::list() const {
  std::vector<Entry> entries;
  for (const DirectoryEntry& entry : read_directory(layout_.built())) {
    std::string path = concat(layout_.built(), "/", entry.name);
    auto wheel = entry.is_directory ? read_entry(path) : std::nullopt;
    if (wheel) {
      std::string id = Store::id_of(WheelName::parse(wheel->file_name), *wheel->sha256);
      entries.push_back({std::move(path), *std::move(wheel), std::move(id)});
    }
  }
  return entries;
}

}  // namespace pel
