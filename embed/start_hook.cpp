#include "embed/start_hook.hpp"

#include <atomic>
#include <cstddef>
#include <cstring>

#include "embed/import_observer.hpp"
#include "embed/interpreter_state.hpp"
#include "embed/optional_api.hpp"

namespace pel {
namespace {

constexpr const char* kHookedModule = "_abc";

// As many slots as a module definition has ever had, ours and the end mark included.
constexpr std::size_t kMaxSlots = 16;

PyObject* (*original_initialize)() = nullptr;

// In the interpreter that imports the module. A failure here ends the start with the reason:
// better than a program that misses its packages.
int execute(PyObject* /*module*/) {
  static std::atomic_flag observed;  // the main interpreter comes first
  if (!observed.test_and_set() && !start_import_observer()) {
    return -1;
  }
  return InterpreterState::get_or_install() != nullptr ? 0 : -1;
}

// Gives the definition one more thing to execute. An initialiser alone is not enough: 3.13 calls
// it in the main interpreter, whichever interpreter imports.
bool add_slot(ModuleDefinition& definition) noexcept {
  static PyModuleDef_Slot slots[kMaxSlots];
  static std::atomic_flag added;
  if (added.test_and_set()) {
    return true;
  }
  std::size_t count = 0;
  const PyModuleDef_Slot* slot = definition.slots;
  for (; slot != nullptr && slot->slot != 0; ++slot) {
    if (count + 2 >= kMaxSlots) {
      return false;
    }
    slots[count++] = *slot;
  }
  slots[count] = {Py_mod_exec, reinterpret_cast<void*>(execute)};
  definition.slots = slots;
  return true;
}

PyObject* initialize() {
  PyObject* const module = original_initialize();
  if (module == nullptr) {
    return nullptr;
  }
  const bool is_definition = is_of_type(module, &PyModuleDef_Type);
  if (is_definition && add_slot(definition_members(reinterpret_cast<PyModuleDef*>(module)))) {
    return module;
  }
  return execute(module) == 0 ? module : nullptr;
}

}  // namespace

bool arm_start_hook() noexcept {
  for (InittabEntry* entry = inittab(); entry != nullptr && entry->name != nullptr; ++entry) {
    if (std::strcmp(entry->name, kHookedModule) == 0) {
      original_initialize = entry->initialize;
      entry->initialize = initialize;
      return true;
    }
  }
  return false;
}

}  // namespace pel
