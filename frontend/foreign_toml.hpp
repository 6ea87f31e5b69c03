#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/foreign_lock.hpp"
#include "lock/toml_document.hpp"

// What readers of TOML that other tools have written share.
namespace pel {

// The string, or empty when the key is absent or of another kind.
[[nodiscard]] std::string toml_text(TomlNode table, std::string_view key);

// The strings of an array; empty when there is none.
[[nodiscard]] std::vector<std::string> toml_texts(TomlNode table, std::string_view key);

// The table at a key; nothing when there is none.
[[nodiscard]] std::optional<TomlNode> toml_table(TomlNode table, std::string_view key);

// The tables of `[[key]]`.
[[nodiscard]] std::vector<TomlNode> toml_tables(TomlNode table, std::string_view key);

// `files = [{file = "...", hash = "sha256:..."}]`, or with `url`.
[[nodiscard]] std::vector<DraftFile> toml_files(TomlNode package);

// Marks a package as one of a repository, a directory or a single file.
void set_vcs(DraftPackage& package, const std::string& url, const std::string& revision,
             const std::string& commit, const std::string& subdirectory);
void set_directory(DraftPackage& package, const std::string& path, bool editable,
                   const LockFolders& folders);

}  // namespace pel
