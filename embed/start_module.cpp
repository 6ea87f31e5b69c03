#include "embed/start_module.hpp"

#include <cstddef>

#include "embed/hosted_environment.hpp"
#include "embed/optional_api.hpp"
#include "embed/path_hook.hpp"

namespace pel {
namespace {

// The set of the paths that `site` has seen, out of the variables of its function that runs our
// line: known_paths, since 3.15 an attribute of its state (PEP 829). None where there is neither.
PyRef known_paths(PyObject* variables) noexcept {
  PyRef known = PyRef::steal(PyMapping_GetItemString(variables, "known_paths"));
  if (!known) {
    PyErr_Clear();
    const PyRef batch = PyRef::steal(PyMapping_GetItemString(variables, "self"));
    known = batch ? PyRef::steal(PyObject_GetAttrString(batch.get(), "_known_paths")) : PyRef();
  }
  PyErr_Clear();
  return known && is_of_type(known.get(), &PySet_Type) ? std::move(known) : PyRef::borrow(Py_None);
}

// site_packages(sitedir, variables[, store, manager]): called when `site` reads the directory, at
// start-up or whenever addsitedir() is called on it. The last two are for hosted mode.
PyObject* site_packages(PyObject* /*self*/, PyObject* args) {
  PyObject* directory = nullptr;
  PyObject* variables = nullptr;
  PyObject* store = nullptr;
  PyObject* manager = nullptr;
  if (PyArg_ParseTuple(args, "UO|UU:site_packages", &directory, &variables, &store, &manager) ==
          0 ||
      (manager != nullptr && !start_hosted_environment(directory, store, manager))) {
    return nullptr;
  }
  InterpreterState* const state = InterpreterState::get_or_install();
  if (state == nullptr || !claim_site_packages(*state, directory) ||
      !put_roots_on_path(*state, known_paths(variables).get())) {
    return nullptr;
  }
  PyObject* const modules = PySys_GetObject("modules");
  if (modules != nullptr && PyDict_DelItemString(modules, kStartModule) != 0) {
    PyErr_Clear();
  }
  return PyRef::borrow(Py_None).release();
}

PyMethodDef module_methods[] = {
    {"site_packages", site_packages, METH_VARARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

PyObject* create_module(PyObject* /*self*/, PyObject* /*spec*/) {
  PyRef module = PyRef::steal(PyModule_New(kStartModule));
  if (!module || PyModule_AddFunctions(module.get(), module_methods) != 0) {
    return nullptr;
  }
  return module.release();
}

PyObject* exec_module(PyObject* /*self*/, PyObject* /*module*/) {
  return PyRef::borrow(Py_None).release();
}

PyMethodDef loader_methods[] = {
    {"create_module", create_module, METH_O, nullptr},
    {"exec_module", exec_module, METH_O, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

// Slot 3 with 2: an interpreter with a GIL of its own may load this (PEP 684). An error
// before 3.12.
constexpr int kMultipleInterpretersSlot = 3;
void* const kPerInterpreterGil = reinterpret_cast<void*>(2);

// Slot 4 with 1: a free-threaded interpreter stays so with this in it (PEP 703). An error before
// 3.13.
constexpr int kGilSlot = 4;
void* const kGilNotUsed = reinterpret_cast<void*>(1);

PyModuleDef_Slot no_slots[] = {{0, nullptr}};
PyModuleDef_Slot slots_since_312[] = {{kMultipleInterpretersSlot, kPerInterpreterGil},
                                      {0, nullptr}};
PyModuleDef_Slot slots_since_313[] = {
    {kMultipleInterpretersSlot, kPerInterpreterGil}, {kGilSlot, kGilNotUsed}, {0, nullptr}};

PyModuleDef_Slot* usual_slots() noexcept {
  const unsigned long version = version_hex();
  if (version < 0x030C0000) {
    return no_slots;
  }
  return version < 0x030D0000 ? slots_since_312 : slots_since_313;
}

// A PyModuleDef of the interpreter that runs.
alignas(std::max_align_t) char definition[kLongestHead + sizeof(ModuleDefinition)];

}  // namespace

PyObject* make_start_module_spec(const InterpreterState& state) noexcept {
  PyType_Slot slots[] = {
      {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
      {Py_tp_methods, loader_methods},
      {0, nullptr},
  };
  PyType_Spec spec{"_pyenvlaunch.StartModuleLoader", bare_object_size(), 0, Py_TPFLAGS_DEFAULT,
                   slots};
  const PyRef type = PyRef::steal(PyType_FromSpec(&spec));
  const PyRef loader =
      type ? PyRef::steal(PyType_GenericAlloc(reinterpret_cast<PyTypeObject*>(type.get()), 0))
           : PyRef();
  return loader ? PyObject_CallFunction(state.module_spec, "sO", kStartModule, loader.get())
                : nullptr;
}

}  // namespace pel

// Hosted mode: the shared object is an extension module of the interpreter that runs.
extern "C" __attribute__((visibility("default"))) PyObject* PyInit__pyenvlaunch() {
  pel::read_object_layout();
  auto* const definition = reinterpret_cast<PyModuleDef*>(pel::definition);
  pel::ModuleDefinition& members = pel::definition_members(definition);
  members.name = pel::kStartModule;
  members.methods = pel::module_methods;
  members.slots = pel::usual_slots();
  return PyModuleDef_Init(definition);
}
