#include "embed/start_module.hpp"

#include "embed/path_hook.hpp"

namespace pel {
namespace {

// site_packages(sitedir, known_paths): called when `site` reads the directory, at start-up or
// whenever addsitedir() is called on it.
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

}  // namespace

PyObject* make_start_module_spec(const InterpreterState& state) noexcept {
  PyType_Slot slots[] = {
      {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
      {Py_tp_methods, loader_methods},
      {0, nullptr},
  };
  PyType_Spec spec{"_pyenvlaunch.StartModuleLoader", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT,
                   slots};
  const PyRef type = PyRef::steal(PyType_FromSpec(&spec));
  const PyRef loader =
      type ? PyRef::steal(PyType_GenericAlloc(reinterpret_cast<PyTypeObject*>(type.get()), 0))
           : PyRef();
  return loader ? PyObject_CallFunction(state.module_spec, "sO", kStartModule, loader.get())
                : nullptr;
}

}  // namespace pel
