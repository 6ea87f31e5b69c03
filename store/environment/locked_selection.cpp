#include "store/environment/locked_selection.hpp"

#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/format/lock_text.hpp"
#include "store/format/selection_key.hpp"
#include "store/interpreter/interpreter.hpp"
#include "store/records/roots.hpp"

namespace pel {
namespace {

InterpreterFacts choose_interpreter(const EnvironmentRequest& request, const Lock& lock,
                                    const CacheLayout& cache) {
  InterpreterQuery query;
  query.cache_dir = cache.interpreters();
  query.requires_python = lock.requires_python ? lock.requires_python->text() : "";
  if (const auto& of_script = request.script.metadata.requires_python) {
    query.requires_python += concat(query.requires_python.empty() ? "" : ",", of_script->text());
    query.requirer = lock.requires_python ? "script with its lock" : "script";
  }
  if (!request.python_spec.empty()) {
    query.spec = request.python_spec;
    query.spec_source = "--python";
  } else if (!request.env_python.empty()) {
    query.spec = request.env_python;
    query.spec_source = "PYENVLAUNCH_PYTHON";
  } else if (!lock.python.empty()) {
    query.spec = lock.python;
    query.spec_source = concat("[tool.pyenvlaunch] of ", lock.path);
    query.directory = lock.directory;
  } else if (!request.configured_python.empty()) {
    query.spec = request.configured_python;
    query.spec_source = request.configured_python_source;
  } else if (const auto pinned = find_python_version_file(lock.directory)) {
    query.spec = pinned->spec;
    query.spec_source = pinned->file;
    query.directory = directory_of(pinned->file);
  }
  return find_interpreter(query);
}

void apply_mode(const std::string& mode, InterpreterFacts& interpreter) {
  if (mode == "hosted") {
    interpreter.libpython.clear();
    interpreter.libpython_reason = "PYENVLAUNCH_MODE asks for it";
  } else if (mode == "embedded" && interpreter.libpython.empty()) {
    throw Error(ErrorCode::incompatible,
                concat("cannot embed ", interpreter.executable, ": ", interpreter.libpython_reason))
        .with_hint(
            "install the shared library of this Python (a package named like libpython), choose "
            "another one with --python, or unset PYENVLAUNCH_MODE");
  }
}

}  // namespace

LockedSelection read_locked_selection(const EnvironmentRequest& request, const CacheLayout& cache) {
  const std::string text = read_lock_text(request.lock_path);
  const std::string version_file = read_python_version_file(request.lock_path);
  LockedSelection result;
  result.key = selection_key({.lock_text = text,
                              .lock_path = request.lock_path,
                              .extras = request.selection.extras,
                              .groups = request.selection.groups,
                              .default_groups = request.selection.default_groups,
                              .python_spec = request.python_spec,
                              .env_python = request.env_python,
                              .configured_python = request.configured_python,
                              .mode = request.mode,
                              .path_variable = request.path_variable,
                              .python_version_file_text = version_file,
                              .script_block = request.script.block});
  result.text_digest = lock_text_digest(text);
  result.lock = parse_lock(text, request.lock_path);
  result.interpreter = choose_interpreter(request, result.lock, cache);
  apply_mode(request.mode, result.interpreter);
  result.selection = select_wheels(result.lock, result.interpreter, request.selection);
  if (!request.script.metadata.path.empty()) {
    check_script_dependencies(request.script.metadata, request.lock_path, result.selection,
                              result.interpreter);
  }
  return result;
}

}  // namespace pel
