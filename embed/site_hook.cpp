#include "embed/site_hook.hpp"

#include <cstring>

#include "embed/interpreter_state.hpp"
#include "embed/optional_api.hpp"
#include "embed/path_hook.hpp"

namespace pel {
namespace {

constexpr const char* kSite = "site";
constexpr const char* kModule = "_pyenvlaunch";

// The name of our entry in the table: CPython keeps the pointer and reads it at each look-up. A
// second interpreter that starts at the same moment in another thread may find the other state;
// then the .pth line does what the hook would have done.
char site_entry_name[8] = "";

PyObject* (*original_posix)() = nullptr;

void set_site_name(const char* name) noexcept {
  std::memset(site_entry_name, 0, sizeof site_entry_name);
  std::memcpy(site_entry_name, name, std::strlen(name));
}

// sys.builtin_module_names as it is without us.
bool hide_builtin_names() noexcept {
  PyObject* const names = PySys_GetObject("builtin_module_names");
  if (names == nullptr || !PyTuple_Check(names)) {
    return true;
  }
  const PyRef kept = PyRef::steal(PyList_New(0));
  for (Py_ssize_t i = 0; kept && i < PyTuple_Size(names); ++i) {
    PyObject* const name = PyTuple_GetItem(names, i);
    const TextView text(name);
    if (!text.view().empty() && text.view() != kModule && PyList_Append(kept.get(), name) != 0) {
      return false;
    }
  }
  const PyRef tuple = kept ? PyRef::steal(PyList_AsTuple(kept.get())) : PyRef();
  return tuple && PySys_SetObject("builtin_module_names", tuple.get()) == 0;
}

bool site_is_enabled() noexcept {
  PyObject* const flags = PySys_GetObject("flags");
  const PyRef no_site =
      flags != nullptr ? PyRef::steal(PyObject_GetAttrString(flags, "no_site")) : PyRef();
  return no_site && PyObject_IsTrue(no_site.get()) == 0;
}

PyObject* initialize_posix() {
  PyObject* const module = original_posix();
  if (module != nullptr) {
    if (site_is_enabled()) {
      set_site_name(kSite);
    }
    if (!hide_builtin_names()) {
      PyErr_Clear();
    }
    PyErr_Clear();
  }
  return module;
}

PyRef find_real_site(const char* finder_module, const char* finder_name) noexcept {
  const PyRef module = PyRef::steal(PyImport_ImportModule(finder_module));
  const PyRef finder =
      module ? PyRef::steal(PyObject_GetAttrString(module.get(), finder_name)) : PyRef();
  return finder ? PyRef::steal(PyObject_CallMethod(finder.get(), "find_spec", "s", kSite))
                : PyRef();
}

// Loads and runs the interpreter's own `site`; the module that was about to be made steps aside.
bool run_real_site() noexcept {
  PyRef spec = find_real_site("_frozen_importlib", "FrozenImporter");
  if (spec && spec.get() == Py_None) {
    spec = find_real_site("_frozen_importlib_external", "PathFinder");
  }
  if (!spec) {
    return false;
  }
  if (spec.get() == Py_None) {
    PyErr_SetString(PyExc_ModuleNotFoundError, "No module named 'site'");
    return false;
  }
  const PyRef bootstrap = PyRef::steal(PyImport_ImportModule("_frozen_importlib"));
  const PyRef module =
      bootstrap
          ? PyRef::steal(PyObject_CallMethod(bootstrap.get(), "module_from_spec", "O", spec.get()))
          : PyRef();
  const PyRef loader = PyRef::steal(PyObject_GetAttrString(spec.get(), "loader"));
  PyObject* const modules = PySys_GetObject("modules");
  if (!module || !loader || modules == nullptr ||
      PyMapping_SetItemString(modules, kSite, module.get()) != 0) {
    return false;
  }
  const PyRef done =
      PyRef::steal(PyObject_CallMethod(loader.get(), "exec_module", "O", module.get()));
  return static_cast<bool>(done);
}

int execute_site(PyObject* /*module*/) {
  set_site_name("");
  return InterpreterState::get_or_install() != nullptr && run_real_site() ? 0 : -1;
}

// site_packages(sitedir, known_paths): called by the environment's .pth line when `site` reads the
// directory, at start-up or whenever addsitedir() is called on it.
PyObject* site_packages(PyObject* /*self*/, PyObject* args) {
  PyObject* directory = nullptr;
  PyObject* known = Py_None;
  if (PyArg_ParseTuple(args, "U|O:site_packages", &directory, &known) == 0) {
    return nullptr;
  }
  InterpreterState* const state = InterpreterState::get_or_install();
  if (state == nullptr || !claim_site_packages(*state, directory) || !append_roots(known)) {
    return nullptr;
  }
  // sys.modules is as it would be without us.
  PyObject* const modules = PySys_GetObject("modules");
  if (modules != nullptr && PyDict_DelItemString(modules, kModule) != 0) {
    PyErr_Clear();
  }
  return PyRef::borrow(Py_None).release();
}

PyMethodDef module_methods[] = {
    {"site_packages", site_packages, METH_VARARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

// Slot 3, per-interpreter GIL, is an error before 3.12 and needed by interpreters with a GIL of
// their own from then on (PEP 684).
constexpr int kMultipleInterpretersSlot = 3;
void* const kPerInterpreterGil = reinterpret_cast<void*>(2);

PyModuleDef_Slot site_slots[] = {
    {Py_mod_exec, reinterpret_cast<void*>(execute_site)}, {0, nullptr}, {0, nullptr}};
PyModuleDef_Slot module_slots[] = {{0, nullptr}, {0, nullptr}};

PyModuleDef site_definition = {
    PyModuleDef_HEAD_INIT, kSite, nullptr, 0, nullptr, site_slots, nullptr, nullptr, nullptr};
PyModuleDef module_definition = {PyModuleDef_HEAD_INIT, kModule, nullptr, 0,      module_methods,
                                 module_slots,          nullptr, nullptr, nullptr};

PyObject* initialize_site() {
  return PyModuleDef_Init(&site_definition);
}

PyObject* initialize_module() {
  return PyModuleDef_Init(&module_definition);
}

bool wrap_posix() noexcept {
  for (InittabEntry* entry = inittab(); entry != nullptr && entry->name != nullptr; ++entry) {
    if (std::strcmp(entry->name, "posix") == 0) {
      original_posix = entry->initialize;
      entry->initialize = initialize_posix;
      return true;
    }
  }
  return false;
}

}  // namespace

bool arm_site_hook() noexcept {
  if (version_hex() >= 0x030C0000) {
    site_slots[1] = {kMultipleInterpretersSlot, kPerInterpreterGil};
    module_slots[0] = {kMultipleInterpretersSlot, kPerInterpreterGil};
  }
  if (PyImport_AppendInittab(site_entry_name, initialize_site) != 0 ||
      PyImport_AppendInittab(kModule, initialize_module) != 0) {
    return false;
  }
  if (!wrap_posix()) {
    set_site_name(kSite);  // a library that hides its table: `site` stays in the list of names
  }
  return true;
}

}  // namespace pel
