#pragma once

#include <string>
#include <string_view>

// Where this user keeps things. A relative path in HOME or in a variable of the XDG base directory
// specification is invalid ("If an implementation encounters a relative path … it should consider
// the path invalid and ignore it"): it would mean another place in every directory. In a process
// with more rights than its user (AT_SECURE) no variable counts. Nothing here asks the file system.
namespace pel {

// HOME, if it is an absolute path; else empty.
[[nodiscard]] std::string user_home();

// `variable` (XDG_DATA_HOME …) if it is an absolute path, else `below_home` (".local/share") below
// HOME; empty without either.
[[nodiscard]] std::string base_directory(const char* variable, std::string_view below_home);

}  // namespace pel
