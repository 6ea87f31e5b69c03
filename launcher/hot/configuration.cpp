#include "launcher/hot/configuration.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <optional>

#include "launcher/hot/locations.hpp"
#include "launcher/hot/manager.hpp"
#include "store/base/error.hpp"
#include "store/base/mapped_file.hpp"
#include "store/base/text.hpp"
#include "store/base/user_home.hpp"

namespace pel {
namespace {

constexpr std::string_view kEnd = "\n\n";  // of the identity

// A file that cannot be looked at is there: the manager says what is wrong with it.
void add_identity(std::string& text, const std::string& path) {
  struct stat status{};
  if (path.empty() ||
      (::stat(path.c_str(), &status) != 0 && (errno == ENOENT || errno == ENOTDIR))) {
    return;
  }
  text += path;
  for (const long long number :
       {static_cast<long long>(status.st_dev), static_cast<long long>(status.st_ino),
        static_cast<long long>(status.st_size), static_cast<long long>(status.st_mtim.tv_sec),
        static_cast<long long>(status.st_mtim.tv_nsec),
        static_cast<long long>(status.st_ctim.tv_sec),
        static_cast<long long>(status.st_ctim.tv_nsec)}) {
    text += ' ';
    text += std::to_string(number);
  }
  text += '\n';
}

std::optional<Configuration> read_compiled(const std::string& identity) {
  int error = 0;
  const MappedFile file =
      MappedFile::open(compiled_config_file().c_str(), MappedFile::Trust::own_or_root, error);
  const std::string_view text(reinterpret_cast<const char*>(file.bytes().data()),
                              file.bytes().size());
  const std::size_t end = text.find(kEnd);
  if (end == std::string_view::npos || text.substr(0, end + 1) != identity) {
    return std::nullopt;
  }
  return Configuration::parse(text.substr(end + kEnd.size()));
}

}  // namespace

Configuration Configuration::parse(std::string_view text) {
  Configuration result;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    const std::size_t equals = line.find('=');
    if (equals != std::string_view::npos) {
      result.set(line.substr(0, equals), line.substr(equals + 1));
    }
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return result;
}

void Configuration::set(std::string_view key, std::string_view value) {
  values_.emplace_back(key, value);
}

std::string Configuration::get(std::string_view key) const {
  for (const auto& [name, value] : values_) {
    if (name == key) {
      return value;
    }
  }
  return {};
}

std::string Configuration::get(const char* variable, std::string_view key) const {
  std::string value = trusted_variable(variable);
  return value.empty() ? get(key) : value;
}

std::string Configuration::text() const {
  std::string text;
  for (const auto& [name, value] : values_) {
    text += concat(name, "=", value, "\n");
  }
  return text;
}

std::string user_config_file() {
  const std::string base = base_directory("XDG_CONFIG_HOME", ".config");
  return base.empty() ? std::string() : concat(base, "/pyenvlaunch/config.toml");
}

std::string config_identity() {
  std::string text;
  add_identity(text, user_config_file());
  add_identity(text, kSystemConfigFile);
  return text;
}

std::string compiled_config_file() {
  return concat(cache_home(Configuration()), "/v1/settings");
}

std::string compiled_config(std::string_view identity, const Configuration& values) {
  return concat(identity, "\n", values.text());
}

Configuration read_configuration(const std::string& manager, int& status) {
  const std::string identity = config_identity();
  if (identity.empty()) {
    return {};
  }
  constexpr int kAttempts = 2;  // somebody may be writing the files
  for (int attempt = 0; attempt <= kAttempts; ++attempt) {
    if (auto found = read_compiled(attempt == 0 ? identity : config_identity())) {
      return *std::move(found);
    }
    status = run_manager(manager, {manager, "compile-settings"});
    if (status != 0) {
      return {};
    }
  }
  throw Error(ErrorCode::io, concat("cannot use ", compiled_config_file(),
                                    ": it is not what was written there a moment ago"))
      .with_hint("set PYENVLAUNCH_CACHE to a directory of your own");
}

}  // namespace pel
