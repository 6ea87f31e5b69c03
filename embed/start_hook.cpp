#include "embed/start_hook.hpp"

#include <atomic>
#include <cstddef>
#include <cstring>

#include "embed/import_observer.hpp"
#include "embed/interpreter_state.hpp"
#include "embed/optional_api.hpp"

namespace pel {
namespace {

// As many slots as a module definition has ever had, ours and the end mark included.
constexpr std::size_t kMaxSlots = 16;

// A built-in module that does something of ours when it is executed.
struct Hook {
  const char* module;
  int (*execute)(PyObject* module);
  PyObject* (*initialize)();          // ours
  PyObject* (*original)() = nullptr;  // its own
  PyModuleDef_Slot slots[kMaxSlots] = {};
  std::atomic_flag added = {};
};

// CPython takes an error here for a missing zipimport and goes on without one, silently. So there
// is none: the last hook does everything, and reports what is wrong.
int execute_first(PyObject* /*module*/) {
  InterpreterState::start();
  return 0;
}

// In the interpreter that imports the module. A failure here ends the start with the reason:
// better than a program that misses its packages.
int execute_last(PyObject* /*module*/) {
  static std::atomic_flag observed;  // the main interpreter comes first
  if (!observed.test_and_set() && !start_import_observer()) {
    return -1;
  }
  return InterpreterState::get_or_install() != nullptr ? 0 : -1;
}

// Gives the definition one more thing to execute. An initialiser alone is not enough: 3.13 calls
// it in the main interpreter, whichever interpreter imports.
bool add_slot(Hook& hook, ModuleDefinition& definition) noexcept {
  if (hook.added.test_and_set()) {
    return true;
  }
  std::size_t count = 0;
  const PyModuleDef_Slot* slot = definition.slots;
  for (; slot != nullptr && slot->slot != 0; ++slot) {
    if (count + 2 >= kMaxSlots) {
      return false;
    }
    hook.slots[count++] = *slot;
  }
  hook.slots[count] = {Py_mod_exec, reinterpret_cast<void*>(hook.execute)};
  definition.slots = hook.slots;
  return true;
}

PyObject* initialize(Hook& hook) {
  PyObject* const module = hook.original();
  if (module == nullptr) {
    return nullptr;
  }
  const bool is_definition = is_of_type(module, &PyModuleDef_Type);
  if (is_definition && add_slot(hook, definition_members(reinterpret_cast<PyModuleDef*>(module)))) {
    return module;
  }
  return hook.execute(module) == 0 ? module : nullptr;
}

PyObject* initialize_first();
PyObject* initialize_last();

constinit Hook first_hook{
    .module = "time", .execute = execute_first, .initialize = initialize_first};
constinit Hook last_hook{.module = "_abc", .execute = execute_last, .initialize = initialize_last};

PyObject* initialize_first() {
  return initialize(first_hook);
}

PyObject* initialize_last() {
  return initialize(last_hook);
}

bool arm(Hook& hook) noexcept {
  for (InittabEntry* entry = inittab(); entry != nullptr && entry->name != nullptr; ++entry) {
    if (std::strcmp(entry->name, hook.module) == 0) {
      hook.original = entry->initialize;
      entry->initialize = hook.initialize;
      return true;
    }
  }
  return false;
}

}  // namespace

bool arm_start_hook() noexcept {
  static_cast<void>(arm(first_hook));  // without it the start is as it should be, and slower
  return arm(last_hook);
}

}  // namespace pel
