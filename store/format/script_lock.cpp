#include "store/format/script_lock.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/key_hasher.hpp"
#include "store/base/path.hpp"
#include "store/base/symlink.hpp"
#include "store/base/text.hpp"
#include "store/format/script_block.hpp"
#include "store/format/selection_key.hpp"

namespace pel {
namespace {

constexpr std::uint64_t kKeyVersion = 1;
constexpr int kMaxLinks = 40;  // as the kernel
constexpr std::string_view kSuffix = ".lock";
constexpr std::string_view kNoLock = "-";

std::string digest_of(std::string_view text) {
  KeyHasher hasher;
  hasher.add(text);
  return hasher.hex();
}

// The directory of a file, links resolved in all of its path.
std::string real_directory(const std::string& path) {
  char buffer[PATH_MAX];
  return directory_of(::realpath(path.c_str(), buffer) == nullptr ? path : std::string(buffer));
}

}  // namespace

Script read_script(const std::string& file) {
  Script script;
  script.path = absolute_path(file);
  auto block = find_script_block(read_script_text(file), script.path);
  script.directory = real_directory(script.path);
  if (block) {
    script.block = std::move(block->content);
    script.first_line = block->first_line;
  }
  return script;
}

std::optional<std::string> lock_beside(const std::string& script) {
  std::string path = script;
  for (int links = 0; links < kMaxLinks; ++links) {
    std::string lock = concat(path, kSuffix);
    if (::access(lock.c_str(), F_OK) == 0) {
      return lock;
    }
    const auto target = read_symlink(path);
    if (!target) {
      return std::nullopt;
    }
    path = absolute_path(target->starts_with('/') ? *target
                                                  : concat(directory_of(path), "/", *target));
  }
  return std::nullopt;
}

void throw_no_lock(const Script& script) {
  const std::string_view path = script.path;
  if (path.ends_with(".lock") || path.ends_with(".toml")) {
    throw Error(ErrorCode::not_found,
                concat("cannot run script ", path, ": it has no lock, and looks like one"))
        .with_hint(
            concat("to run a program in its environment: pyenvlaunch run ", path, " -- PROGRAM"));
  }
  throw Error(ErrorCode::not_found, concat("cannot run script ", script.path,
                                           ": it has no lock: there is no ", script.path, kSuffix))
      .with_hint(concat("make one with `pyenvlaunch lock --script ", script.path,
                        "`, or name one by lock = \"...\" in [tool.pyenvlaunch] of its metadata"));
}

std::string script_answer_key(const Script& script) {
  KeyHasher hasher;
  hasher.add(kKeyVersion);
  hasher.add(script.directory);
  hasher.add(script.block);
  return hasher.hex();
}

std::string write_script_answer(std::string_view lock_path) {
  const std::string_view answer = lock_path.empty() ? kNoLock : lock_path;
  return concat(digest_of(answer), " ", answer);
}

std::optional<std::string> read_script_answer(std::string_view text) {
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view answer = text.substr(blank + 1);
  if (text.substr(0, blank) != digest_of(answer) ||
      (answer != kNoLock && !answer.starts_with('/'))) {
    return std::nullopt;
  }
  return std::string(answer == kNoLock ? std::string_view() : answer);
}

}  // namespace pel
