#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lock/selection.hpp"

namespace pel {

// What `shims install` was asked for, kept beside the environment that it made: docs/formats.md,
// "Shims". One of these for each lock and directory.
struct ShimRecord {
  std::string lock;                // absolute path of the lock's file, which upgrades follow
  std::string directory;           // absolute path of the directory with the links
  bool all = false;                // every script of the environment, also those to come
  std::vector<std::string> names;  // of the links, sorted
  std::string python_spec;         // --python, or empty
  SelectionRequest selection;
  std::vector<std::string> find_links;
};

// The files of a shim environment, below its prefix.
inline constexpr const char* kShimRecordFile = "pyenvlaunch.shims";
inline constexpr const char* kShimLockCopy = "pylock.toml";

// The record as text, and back. Nothing for text that is no record.
[[nodiscard]] std::string write_shim_record(const ShimRecord& record);
[[nodiscard]] std::optional<ShimRecord> parse_shim_record(std::string_view text);

// That of the environment at `prefix`. Nothing if it has none, or a damaged one.
[[nodiscard]] std::optional<ShimRecord> read_shim_record(const std::string& prefix);

// HOME/shims/NAME-DIGITS: the environment for a lock and a directory of links.
[[nodiscard]] std::string shim_prefix(std::string_view home, std::string_view lock,
                                      std::string_view directory);

}  // namespace pel
