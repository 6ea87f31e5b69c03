#include "embed/module_support.hpp"

namespace pel {
namespace {

constexpr const char* kFileName = "<frozen importlib._bootstrap_external>";

bool has_attribute(PyObject* object, const char* name) noexcept {
  const PyRef value = PyRef::steal(PyObject_GetAttrString(object, name));
  PyErr_Clear();
  return static_cast<bool>(value);
}

// What the finders behind ours on sys.meta_path say, in their order; PathFinder alone where ours is
// not there.
PyRef find_behind(const InterpreterState& state, PyObject* full_name,
                  PyObject* search_path) noexcept {
  PyObject* const meta_path = PySys_GetObject("meta_path");
  const PyRef finders = meta_path != nullptr ? PyRef::steal(PySequence_List(meta_path)) : PyRef();
  const Py_ssize_t size = finders ? PyList_Size(finders.get()) : 0;
  Py_ssize_t place = 0;
  while (place < size &&
         !is_of_type(PyList_GetItem(finders.get(), place), state.meta_path_finder_type)) {
    ++place;
  }
  PyErr_Clear();
  if (place == size) {
    return PyRef::steal(
        PyObject_CallMethod(state.lookup.path_finder, "find_spec", "OO", full_name, search_path));
  }
  while (++place < size) {
    PyObject* const finder = PyList_GetItem(finders.get(), place);
    PyRef spec = has_attribute(finder, "find_spec")
                     ? PyRef::steal(PyObject_CallMethod(finder, "find_spec", "OOO", full_name,
                                                        search_path, Py_None))
                     : PyRef::borrow(Py_None);
    if (!spec || spec.get() != Py_None) {
      return spec;
    }
  }
  return PyRef::borrow(Py_None);
}

}  // namespace

PyObject* find_supported_module(const InterpreterState& state, PyObject* full_name,
                                PyObject* search_path, PyMethodDef* exec_module) noexcept {
  PyRef spec = find_behind(state, full_name, search_path);
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
