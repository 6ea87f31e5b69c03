#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "store/prefix/prefix_plan.hpp"

namespace pel {

// What is at `prefix`: made in full, or repaired, or nothing to do.
struct PrefixChange {
  bool created = false;
  std::size_t repaired = 0;  // entries that were missing or wrong
};

enum class PrefixDurability {
  after_process_crash,  // a loss of power may empty files: what is in a cache is looked at again
  after_power_loss,     // no file has its name before its content is on the disk
};

// Makes the directory `prefix` hold what the plan says. When there is none, it is built below
// `tmp` (same file system) and renamed, so that nobody sees a part of it; otherwise each entry is
// checked and, if need be, replaced atomically. What the plan does not name is never touched.
// Any number of processes may do the same at once. Throws Error(io).
PrefixChange write_prefix(const PrefixPlan& plan, const std::string& prefix, const std::string& tmp,
                          PrefixDurability durability = PrefixDurability::after_process_crash);

// Makes `prefix`, where there must be nothing yet, with one write to the disk: all of it has its
// content there before any of it has its name. The directory has the mode that the umask gives.
// False when it cannot be made so: `tmp` is on another file system, or something has come to be
// there.
[[nodiscard]] bool create_prefix_at_once(const PrefixPlan& plan, const std::string& prefix,
                                         const std::string& tmp);

// The name of what is made beside its place, to be renamed there: no wheel, user or other tool has
// such a name. What an interruption has left is known by it.
[[nodiscard]] std::string new_replacement_name();
[[nodiscard]] bool is_replacement_name(std::string_view name) noexcept;

}  // namespace pel
