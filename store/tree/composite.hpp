#pragma once

#include <span>
#include <string>
#include <string_view>

#include "store/tree/file_system_sync.hpp"
#include "store/tree/store_layout.hpp"
#include "store/tree/tree_merge.hpp"

namespace pel {

// A composite is one tree in the shape of a wheel's that holds the files of several wheels as a
// virtual environment would show them side by side. It is made of hard links to the wheels' own
// files, and is as immutable as they are; it lies in <store>/composites/<id>/ with an INDEX of its
// own, whose RECORD section names the members' ids, one a line.

// The name of the composite of these members: a digest of what it is made of, 32 lower-case
// hexadecimal digits. The order of members counts as far as it decides conflicts.
[[nodiscard]] std::string composite_id(std::span<const MergeMember> members);

// Whether the composite is in the store completely. Finishes what an interruption behind the
// rename has left. A tree with a damaged INDEX, or of another composite, counts as absent.
[[nodiscard]] bool has_composite(const StoreLayout& layout, std::string_view id);

// Makes the composite unless it is there. Where a file cannot be linked (another file system, the
// limit of links, a file of another user) it is a reflink or a copy. Atomic and durable as
// Store::add(); any number of threads and processes may make the same one. False if it was there.
//
// `members` in lock order, their INDEX files intact. Throws Error(io), Error(corrupt); nothing is
// left behind then.
bool make_composite(const StoreLayout& layout, FileSystemSync& sync, std::string_view id,
                    std::span<const MergeMember> members);

// The same composite once more, of what its wheels are now, as a new directory at `target`, which
// somebody else makes durable and puts into its place. False, and nothing is made, if only
// make_composite() can tell how: its INDEX or a wheel is missing or damaged, or it depends on the
// order of its members. Throws Error(io).
[[nodiscard]] bool rebuild_composite(const StoreLayout& layout, const std::string& id,
                                     const std::string& target);

}  // namespace pel
