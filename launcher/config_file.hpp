#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "launcher/hot/configuration.hpp"

namespace pel {

// One setting as a file gives it.
struct ConfiguredValue {
  std::string key;
  std::string value;               // of a list: empty
  std::vector<std::string> items;  // of a list
  std::string source;              // "FILE:LINE"
};

// What all files of settings say; the user's wins over the system's, key by key.
class ConfigFiles {
 public:
  // Null when no file has the key.
  [[nodiscard]] const ConfiguredValue* find(std::string_view key) const noexcept;

  void add(std::vector<ConfiguredValue> values);  // of the next file, which wins over nothing

  // What a hit needs of it.
  [[nodiscard]] Configuration compiled() const;

 private:
  std::vector<ConfiguredValue> values_;
};

// Parses one file. `home` stands for "~/" at the start of a path. Throws Error(corrupt) "cannot use
// settings FILE: line N: …" for TOML that is none, a key that is unknown, a value of a wrong type
// or form.
[[nodiscard]] std::vector<ConfiguredValue> parse_config(std::string_view text,
                                                        const std::string& file,
                                                        const std::string& home);

// The user's file, then the system's. A file that is not there is no error. Throws Error for one
// that cannot be read, and for one that somebody else could have written: the user's must belong to
// this user or root, the system's to root, and neither may be writable by group or others.
[[nodiscard]] ConfigFiles read_config_files();

// Writes down for the hot path what the files say (configuration.hpp).
void write_compiled_config();

}  // namespace pel
