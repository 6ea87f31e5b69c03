#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pel {

// The keys of a pyvenv.cfg (PEP 405) that matter here.
struct PyvenvConfig {
  std::string home;         // directory of the interpreter behind the environment
  bool ours = false;        // key "pyenvlaunch"
  std::string store;        // key "pyenvlaunch-store", decoded: absolute path of store/v1
  std::string launcher_id;  // key "pyenvlaunch-launcher"
  std::string lock;         // key "pyenvlaunch-lock", decoded: of a directory that follows it
  std::string lock_state;   // key "pyenvlaunch-lock-state" (store/format/followed_lock.hpp)

  // Reads "key = value" lines as CPython does: keys in any case, what is no such line is passed
  // over. Never throws on content.
  [[nodiscard]] static PyvenvConfig parse(std::string_view text);

  // Nothing when there is no such file; one that is larger than 64 KiB counts as foreign.
  [[nodiscard]] static std::optional<PyvenvConfig> read(const std::string& path);
};

}  // namespace pel
