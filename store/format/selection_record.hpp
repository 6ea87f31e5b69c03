#pragma once

#include <optional>
#include <span>
#include <string>

#include "store/base/file_identity.hpp"

namespace pel {

// The answer to "this lock, these options, this machine": which environment, and what must not
// have changed for the answer to hold (docs/formats.md, "Selection record"). One small file in the
// cache for each question; the hot path reads it instead of the lock's TOML.
struct SelectionRecord {
  std::string prefix;       // absolute path of the environment's directory
  std::string store;        // absolute path of store/v1
  std::string lock;         // absolute path of the lock that was asked for
  std::string interpreter;  // absolute path of the executable that was chosen
  std::string libpython;    // absolute path, or empty when it has none
  std::string build_id;     // of the launcher that answered
  std::string boot;         // boot_id() in which the environment was written; empty: any will do
  FileIdentity interpreter_identity;
  FileIdentity libpython_identity;
  FileIdentity generation;  // of the store's `generation` file: changes when wheels vanish

  // Nothing if the bytes are no record of this version, or damaged.
  [[nodiscard]] static std::optional<SelectionRecord> parse(std::span<const std::byte> bytes);
  [[nodiscard]] std::string serialize() const;

  friend bool operator==(const SelectionRecord&, const SelectionRecord&) = default;
};

}  // namespace pel
