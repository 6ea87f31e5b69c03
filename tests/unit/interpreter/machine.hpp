#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace pel::test {

// The interpreters that tests may run: CPython 3.9 and newer of pyenv and of the system, links
// resolved, by version. May be empty.
[[nodiscard]] const std::vector<std::filesystem::path>& real_interpreters();

// One of them; the test is to be skipped when it is empty.
[[nodiscard]] std::string any_interpreter();

}  // namespace pel::test
