#pragma once

#include <optional>
#include <span>
#include <string>

#include "lock/interpreter_facts.hpp"

// The facts of interpreters on disk: <cache_dir>/<32 hex>.json, the digits from the executable's
// path and what identifies the running system (kernel and libc go into the facts).
//
//   {"schema": 1, "executable": PATH, "watched": [[PATH, [SIZE, MTIME_NS, INODE, DEVICE] | null]],
//    "facts": {...}}
//
// An entry holds as long as each watched file is what it was, or is still missing. Whatever is
// damaged, of another schema, or writable by other users counts as absent and gets replaced.
namespace pel {

[[nodiscard]] std::optional<InterpreterFacts> load_facts(const std::string& cache_dir,
                                                         const std::string& executable);

// `watched` is the executable and all else that the facts depend on. Does nothing when the folder
// cannot be written.
void save_facts(const std::string& cache_dir, const std::string& executable,
                std::span<const std::string> watched, const InterpreterFacts& facts);

// The same for a text that is derived from files: what a shim stands for. `key` holds all that it
// depends on.
[[nodiscard]] std::optional<std::string> load_text(const std::string& cache_dir,
                                                   const std::string& key);
void save_text(const std::string& cache_dir, const std::string& key, const std::string& text);

// Makes a folder and its parents, private to the user. False when that is impossible.
[[nodiscard]] bool make_private_directories(const std::string& path);

}  // namespace pel
