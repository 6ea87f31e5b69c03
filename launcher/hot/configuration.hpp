#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pel {

// What the files of settings say, as far as a hit needs it: "home", "cache", "python", "mode",
// "log". Values are ready for use. The manager reads the files themselves
// (launcher/config_file.hpp) and writes this down as lines "key=value", so that a hit parses no
// TOML (docs/formats.md).
class Configuration {
 public:
  Configuration() = default;

  // Lines without "=" are passed over.
  [[nodiscard]] static Configuration parse(std::string_view text);

  void set(std::string_view key, std::string_view value);

  // Empty when it is not set.
  [[nodiscard]] std::string get(std::string_view key) const;

  // The variable's value if it is set (and may be trusted), else that of the key.
  [[nodiscard]] std::string get(const char* variable, std::string_view key) const;

  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::pair<std::string, std::string>> values_;
};

// $XDG_CONFIG_HOME/pyenvlaunch/config.toml, else ~/.config/…; empty without HOME, and in a process
// with more rights than its user.
[[nodiscard]] std::string user_config_file();

inline constexpr const char* kSystemConfigFile = "/etc/pyenvlaunch/config.toml";

// What tells the present files of settings from others, a line for each; empty when there is none.
// Costs a system call a file.
[[nodiscard]] std::string config_identity();

// The file with the lines, in the cache directory that variables name or that is the default:
// settings cannot say where it is.
[[nodiscard]] std::string compiled_config_file();

// What compiled_config_file() holds: the identity, an empty line, the lines. It is used only as
// long as config_identity() is the same.
[[nodiscard]] std::string compiled_config(std::string_view identity, const Configuration& values);

// The settings for this start. Runs the manager when the files have changed since it wrote down
// what they say; a `status` other than 0 is its exit status then, and it has said what is wrong.
[[nodiscard]] Configuration read_configuration(const std::string& manager, int& status);

}  // namespace pel
