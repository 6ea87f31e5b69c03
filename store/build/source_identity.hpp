#pragma once

#include <string>

#include "lock/selection.hpp"

namespace pel {

// What tells one source from every other, as far as its wheel depends on it; 32 digits. An sdist or
// an archive by its hash, a repository by its address and commit, a directory by its path and
// content, an editable one by its path and the files that say how it is built. Where it comes from
// counts for all but the sdist: direct_url.json is in the wheel.
//
// Reads a directory whole. Throws Error(not_found) when it is not there.
[[nodiscard]] std::string source_key(const LockedSource& source);

// "the source distribution a-1.0.tar.gz", "the directory /a": for people. Without credentials.
[[nodiscard]] std::string describe_source(const LockedSource& source);

// Where the project is, in what was unpacked, copied or checked out at `root`.
[[nodiscard]] std::string project_directory(const LockedSource& source, const std::string& root);

}  // namespace pel
