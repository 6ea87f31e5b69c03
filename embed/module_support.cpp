#include "embed/module_support.hpp"

namespace pel {
namespace {

constexpr const char* kFileName = "<frozen importlib._bootstrap_external>";

}  // namespace

PyObject* find_supported_module(PyObject* full_name, PyObject* search_path,
                                PyMethodDef* exec_module) noexcept {
  const PyRef external = PyRef::steal(PyImport_ImportModule("_frozen_importlib_external"));
  const PyRef finder =
      external ? PyRef::steal(PyObject_GetAttrString(external.get(), "PathFinder")) : PyRef();
  PyRef spec = finder ? PyRef::steal(PyObject_CallMethod(finder.get(), "find_spec", "OO", full_name,
                                                         search_path))
                      : PyRef();
  if (!spec || spec.get() == Py_None) {
    return spec.release();
  }
  const PyRef loader = PyRef::steal(PyObject_GetAttrString(spec.get(), "loader"));
  if (!loader) {
    return nullptr;
  }
  if (loader.get() != Py_None) {
    // On the loader itself: its type, which programs look at, stays what it is.
    const PyRef hook = PyRef::steal(PyCFunction_NewEx(exec_module, loader.get(), nullptr));
    if (!hook || PyObject_SetAttrString(loader.get(), "exec_module", hook.get()) != 0) {
      PyErr_Clear();  // a loader that takes no attributes: not one of importlib's
    }
  }
  return spec.release();
}

PyRef original_exec_module(PyObject* loader) noexcept {
  if (PyObject_SetAttrString(loader, "exec_module", nullptr) != 0) {
    return {};
  }
  return PyRef::steal(PyObject_GetAttrString(loader, "exec_module"));
}

PyRef compile_execute_function(const char* source) noexcept {
  const PyRef code = PyRef::steal(Py_CompileString(source, kFileName, Py_file_input));
  const PyRef globals = PyRef::steal(PyDict_New());
  PyObject* const builtins = PyEval_GetBuiltins();
  if (!code || !globals || builtins == nullptr ||
      PyDict_SetItemString(globals.get(), "__builtins__", builtins) != 0 ||
      PyDict_SetItemString(globals.get(), "__name__", Py_None) != 0) {
    return {};
  }
  const PyRef done = PyRef::steal(PyEval_EvalCode(code.get(), globals.get(), globals.get()));
  return done ? PyRef::borrow(PyDict_GetItemString(globals.get(), "execute")) : PyRef();
}

}  // namespace pel
