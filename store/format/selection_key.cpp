#include "store/format/selection_key.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/fd.hpp"
#include "store/base/key_hasher.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

constexpr std::uint64_t kKeyVersion = 3;
constexpr std::string_view kVersionFile = ".python-version";

void add_set(KeyHasher& hasher, std::vector<std::string> names) {
  std::ranges::sort(names);
  names.erase(std::ranges::unique(names).begin(), names.end());
  hasher.add(static_cast<std::uint64_t>(names.size()));
  for (const std::string& name : names) {
    hasher.add(name);
  }
}

// The first 4 KiB of a file; nothing of one that cannot be opened.
bool read_start(const std::string& path, std::string& text) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!fd) {
    return false;
  }
  std::array<char, 4096> buffer;
  std::size_t size = 0;
  while (size < buffer.size()) {
    const ssize_t got = ::read(fd.get(), buffer.data() + size, buffer.size() - size);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      break;
    }
    size += static_cast<std::size_t>(got);
  }
  text.assign(buffer.data(), size);
  return true;
}

std::string current_directory() {
  const std::unique_ptr<char, decltype(&std::free)> directory(::getcwd(nullptr, 0), &std::free);
  if (directory == nullptr) {
    throw_errno("find", "the current directory");
  }
  return directory.get();
}

// A path may be relative; then it means another interpreter in another directory.
bool names_a_place(std::string_view spec) {
  return !spec.empty() && (spec.find('/') != std::string_view::npos ||
                           ::access(std::string(spec).c_str(), F_OK) == 0);
}

}  // namespace

std::string selection_key(const SelectionQuestion& question) {
  KeyHasher hasher;
  hasher.add(kKeyVersion);
  hasher.add(question.lock_text);
  hasher.add(question.lock_path);
  add_set(hasher, question.extras);
  add_set(hasher, question.groups);
  hasher.add(std::uint64_t{question.default_groups ? 1U : 0U});
  hasher.add(question.python_spec);
  hasher.add(question.mode);
  hasher.add(question.script_block);
  if (names_a_place(question.python_spec)) {
    hasher.add(absolute_path(question.python_spec));
  }
  if (question.python_spec.find('/') == std::string_view::npos) {
    hasher.add(question.env_python);
    hasher.add(question.configured_python);
    hasher.add(question.path_variable);
    hasher.add(question.python_version_file_text);
  }
  return hasher.hex();
}

std::string read_python_version_file(std::string_view lock_path) {
  std::string directory = directory_of(lock_path);
  std::string text;
  for (;;) {
    const bool is_root = directory == "/";
    if (read_start(concat(is_root ? "" : directory, "/", kVersionFile), text)) {
      return text;
    }
    if (is_root || directory == ".") {
      return {};
    }
    directory = directory_of(directory);
  }
}

std::string absolute_path(std::string_view path) {
  std::string result = path.starts_with('/') ? std::string() : current_directory();
  if (result == "/") {
    result.clear();
  }
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view component = path.substr(0, slash);
    if (!component.empty() && component != ".") {
      result += '/';
      result += component;
    }
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return result.empty() ? "/" : result;
}

}  // namespace pel
