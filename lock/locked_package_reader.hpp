#pragma once

#include <string>
#include <string_view>

#include "lock/lock_table.hpp"
#include "lock/lockfile.hpp"

namespace pel {

// An absolute path from one in a lock, which starts from the lock's folder. `key` is that of
// `table` which holds it, for messages.
[[nodiscard]] std::string resolve_path(const LockTable& table, std::string_view key,
                                       std::string_view path, const std::string& directory);

// One entry of [[packages]], checked. Throws what parse_lock() throws.
[[nodiscard]] LockedPackage read_package(LockTable table, const std::string& directory);

}  // namespace pel
