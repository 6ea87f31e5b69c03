#include "store/build/source_tree.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string_view>

#include "store/base/error.hpp"
#include "store/base/key_hasher.hpp"
#include "store/base/mapped_file.hpp"
#include "store/base/symlink.hpp"
#include "store/base/text.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/wheel/sha256_hasher.hpp"

namespace pel {
namespace {

constexpr std::string_view kPassedOver[] = {".git",        ".hg",           ".svn",
                                            "__pycache__", ".tox",          ".nox",
                                            ".mypy_cache", ".pytest_cache", ".ruff_cache"};
constexpr std::string_view kProjectFiles[] = {"pyproject.toml", "setup.py", "setup.cfg"};

bool counts(const std::string& path, std::string_view name) {
  return std::ranges::find(kPassedOver, name) == std::end(kPassedOver) &&
         ::access(concat(path, "/pyvenv.cfg").c_str(), F_OK) != 0;
}

void add_link(KeyHasher& hasher, const std::string& path) {
  const auto target = read_symlink(path);
  if (!target) {
    throw_errno("read", path);
  }
  hasher.add("link");
  hasher.add(*target);
}

void add_file(KeyHasher& hasher, const std::string& path, const struct stat& status) {
  int error = 0;
  const MappedFile file = MappedFile::open(path.c_str(), MappedFile::Trust::anybody, error);
  if (!file && status.st_size > 0) {
    errno = error;
    throw_errno("read", path);
  }
  hasher.add((status.st_mode & S_IXUSR) != 0 ? "program" : "file");
  hasher.add(file ? sha256_of(file.bytes()).hex() : std::string());
}

void add_directory(KeyHasher& hasher, const std::string& directory) {
  for (const DirectoryEntry& entry : read_directory(directory)) {
    const std::string path = concat(directory, "/", entry.name);
    struct stat status{};
    if (!counts(path, entry.name)) {
      continue;
    }
    if (::lstat(path.c_str(), &status) != 0) {
      throw_errno("read", path);
    }
    hasher.add(entry.name);
    if (S_ISDIR(status.st_mode)) {
      hasher.add("directory");
      add_directory(hasher, path);
      hasher.add("end");
    } else if (S_ISLNK(status.st_mode)) {
      add_link(hasher, path);
    } else if (S_ISREG(status.st_mode)) {
      add_file(hasher, path, status);
    }
  }
}

}  // namespace

std::string tree_digest(const std::string& directory) {
  KeyHasher hasher;
  add_directory(hasher, directory);
  return hasher.hex();
}

std::string project_digest(const std::string& directory) {
  KeyHasher hasher;
  for (const std::string_view name : kProjectFiles) {
    const std::string path = concat(directory, "/", name);
    struct stat status{};
    if (::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode)) {
      hasher.add(name);
      add_file(hasher, path, status);
    }
  }
  return hasher.hex();
}

}  // namespace pel
