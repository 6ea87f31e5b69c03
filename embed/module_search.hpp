#pragma once

#include <cstdint>
#include <string_view>

#include "embed/environment.hpp"
#include "embed/interpreter_state.hpp"
#include "embed/optional_api.hpp"

namespace pel {

// What stands behind the last dot of a module's full name, which is not empty.
[[nodiscard]] inline const char* last_component(const TextView& full_name) noexcept {
  const std::size_t dot = full_name.view().rfind('.');
  return full_name.c_str() + (dot == std::string_view::npos ? 0 : dot + 1);
}

// What a directory of a stored tree answers to a module name, in FileFinder's order: package,
// extension, source, bytecode, and only then a directory as a namespace portion. Pure look-up in
// the tree's INDEX; no system call, no Python object.
struct ModuleMatch {
  enum class Kind : std::uint8_t { none, package, module, portion };

  Kind kind = Kind::none;
  const InterpreterState::Suffix* suffix = nullptr;  // of the module's file, or of __init__
  PyObject* source_loader = nullptr;  // borrowed; null: the one that takes code from packs of trees
};

[[nodiscard]] ModuleMatch find_module(const InterpreterState& state, const IndexView& index,
                                      std::uint32_t directory, std::string_view name) noexcept;

// The spec of a match. `base` is the directory's path as a str; `extra_locations` (borrowed, may
// be null) is a list of further directories that a package's __path__ gets. New reference, or null
// with an exception set. A portion gives a spec without loader, as FileFinder's does.
[[nodiscard]] PyObject* make_spec(const InterpreterState& state, PyObject* full_name,
                                  const char* name, PyObject* base, const ModuleMatch& match,
                                  PyObject* extra_locations) noexcept;

// Appends (prefix + name, is_package) for each module of the directory to `list`, in the order and
// by the rules of pkgutil.iter_modules() on a FileFinder. False with an exception set on failure.
[[nodiscard]] bool list_modules(const InterpreterState& state, const IndexView& index,
                                std::uint32_t directory, PyObject* prefix, PyObject* list) noexcept;

}  // namespace pel
