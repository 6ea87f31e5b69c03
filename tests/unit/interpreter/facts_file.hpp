#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "store/base/key_hasher.hpp"
#include "store/base/text.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel::test {

// A file of the cache of facts: this line, and its digest.
inline std::string facts_file(std::string_view line) {
  KeyHasher hasher;
  hasher.add(line);
  return concat(line, "\n", hasher.hex(), "\n");
}

// Changes such a file so that it is believed. False if it does not have `from`.
inline bool change_facts(const std::filesystem::path& path, std::string_view from,
                         std::string_view to) {
  std::string line = read_file(path);
  line.resize(line.find('\n'));
  const std::size_t at = line.find(from);
  if (at == std::string::npos) {
    return false;
  }
  line.replace(at, from.size(), to);
  write_file(path, facts_file(line));
  return true;
}

}  // namespace pel::test
