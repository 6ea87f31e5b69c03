#include "store/interpreter/candidates.hpp"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>

#include "store/base/file_kind.hpp"
#include "store/base/text.hpp"
#include "store/base/user_home.hpp"
#include "store/interpreter/base_executable.hpp"

namespace pel {
namespace {

std::string variable(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets any
  return value == nullptr ? std::string() : std::string(value);
}

using Directory = std::unique_ptr<DIR, int (*)(DIR*)>;

Directory open_directory(const std::string& path) {
  return {::opendir(path.c_str()), &::closedir};
}

std::vector<std::string> names_in(DIR* directory) {
  std::vector<std::string> names;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is this thread's alone
  while (const dirent* entry = ::readdir(directory)) {
    names.emplace_back(entry->d_name);
  }
  return names;
}

// The number that `text` begins with, if it is a short one.
std::optional<int> leading_number(std::string_view text) {
  const std::size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
  if (size == 0 || size > 3) {
    return std::nullopt;
  }
  int number = 0;
  for (const char digit : text.substr(0, size)) {
    number = number * 10 + (digit - '0');
  }
  return number;
}

// "python3.12" -> 12, "python3.13t" -> 13; nothing for any other name.
std::optional<int> minor_in_name(std::string_view name) {
  constexpr std::string_view kPrefix = "python3.";
  if (!name.starts_with(kPrefix)) {
    return std::nullopt;
  }
  name.remove_prefix(kPrefix.size());
  if (name.ends_with('t')) {
    name.remove_suffix(1);
  }
  const bool only_digits = name.find_first_not_of("0123456789") == std::string_view::npos;
  return only_digits ? leading_number(name) : std::nullopt;
}

// pyenv's "3.12.1" and uv's "cpython-3.12.1-linux-x86_64-gnu" -> 12.
std::optional<int> minor_of_installation(std::string_view name) {
  constexpr std::string_view kPrefix = "cpython-";
  if (name.starts_with(kPrefix)) {
    name.remove_prefix(kPrefix.size());
  }
  return name.starts_with("3.") ? leading_number(name.substr(2)) : std::nullopt;
}

std::vector<std::string> path_folders() {
  std::vector<std::string> folders;
  const std::string path = variable("PATH");
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    std::string folder = path.substr(begin, end - begin);
    while (folder.size() > 1 && folder.ends_with('/')) {
      folder.pop_back();
    }
    // A relative entry would make the answer depend on the working directory.
    if (folder.starts_with('/') && std::ranges::find(folders, folder) == folders.end()) {
      folders.push_back(std::move(folder));
    }
    begin = end + 1;
  }
  return folders;
}

std::string below_home(std::string_view relative) {
  const std::string home = user_home();
  return home.empty() ? std::string() : concat(home, "/", relative);
}

std::string pyenv_versions() {
  const std::string root = variable("PYENV_ROOT");
  return root.empty() ? below_home(".pyenv/versions") : root + "/versions";
}

std::vector<std::string> uv_folders() {
  std::vector<std::string> folders;
  if (std::string own = variable("UV_PYTHON_INSTALL_DIR"); !own.empty()) {
    folders.push_back(std::move(own));
  }
  if (const std::string data = base_directory("XDG_DATA_HOME", ".local/share"); !data.empty()) {
    folders.push_back(data + "/uv/python");
  }
  return folders;
}

}  // namespace

Candidates::Candidates() : on_path_(path_folders()) {}

std::optional<std::vector<Candidate>> Candidates::next_on_path() {
  if (next_ == on_path_.size()) {
    return std::nullopt;
  }
  std::vector<Candidate> candidates;
  add_folder(on_path_[next_++], "PATH", std::nullopt, candidates);
  return candidates;
}

std::vector<Candidate> Candidates::elsewhere() {
  std::vector<Candidate> candidates;
  add_installations(pyenv_versions(), "pyenv", candidates);
  for (const std::string& folder : uv_folders()) {
    add_installations(folder, "uv", candidates);
  }
  add_folder("/usr/local/bin", "system", std::nullopt, candidates);
  add_folder("/usr/bin", "system", std::nullopt, candidates);
  return candidates;
}

// The interpreters of one folder of executables, the default one first.
void Candidates::add_folder(const std::string& folder, std::string_view origin,
                            std::optional<int> minor, std::vector<Candidate>& candidates) {
  const Directory directory = open_directory(folder);
  struct stat status{};
  if (directory == nullptr || ::fstat(::dirfd(directory.get()), &status) != 0 ||
      !read_.emplace(status.st_dev, status.st_ino).second) {
    return;
  }
  std::vector<std::string> versioned;
  bool has_plain = false;
  for (std::string& name : names_in(directory.get())) {
    has_plain = has_plain || name == "python3" || name == "python";
    if (minor_in_name(name)) {
      versioned.push_back(std::move(name));
    }
  }
  std::ranges::sort(versioned, [](const std::string& a, const std::string& b) {
    const int first = *minor_in_name(a);
    const int second = *minor_in_name(b);
    return first != second ? first > second : a < b;
  });
  if (has_plain) {
    versioned.insert(versioned.begin(), {"python3", "python"});
  }
  for (const std::string& name : versioned) {
    std::string path = concat(folder, "/", name);
    if (is_executable_file(path)) {
      const std::optional<int> named = minor_in_name(name);
      candidates.push_back({std::move(path), origin, named ? named : minor});
    }
  }
}

// Each folder of `parent` is an installation.
void Candidates::add_installations(const std::string& parent, std::string_view origin,
                                   std::vector<Candidate>& candidates) {
  const Directory directory = open_directory(parent);  // none, if `parent` is empty
  if (directory == nullptr) {
    return;
  }
  std::vector<std::string> names = names_in(directory.get());
  std::ranges::sort(names, [](const std::string& a, const std::string& b) {
    return ::strverscmp(a.c_str(), b.c_str()) > 0;  // 3.10 before 3.9
  });
  for (const std::string& name : names) {
    if (!name.starts_with('.')) {
      add_folder(concat(parent, "/", name, "/bin"), origin, minor_of_installation(name),
                 candidates);
    }
  }
}

std::string find_on_path(std::string_view name) {
  for (const std::string& folder : path_folders()) {
    std::string path = concat(folder, "/", name);
    if (is_executable_file(path)) {
      return path;
    }
  }
  return {};
}

std::string find_pyenv_version(std::string_view name) {
  const std::string versions = pyenv_versions();
  if (versions.empty() || name.empty() || name.starts_with('.')) {
    return {};
  }
  return interpreter_in_directory(concat(versions, "/", name)).value_or(std::string());
}

}  // namespace pel
