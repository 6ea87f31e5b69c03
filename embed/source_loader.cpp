#include "embed/source_loader.hpp"

#include "embed/relaxed_collection.hpp"

namespace pel {
namespace {

constexpr int kReadOnly = 0x100;  // PyBUF_READ, which the limited API names only since 3.11

PyObject* exec_module(PyObject* self, PyObject* module) {
  InterpreterState* const state = InterpreterState::get();
  if (state == nullptr) {
    PyErr_SetString(PyExc_ImportError, "the interpreter is ending");
    return nullptr;
  }
  const RelaxedCollection relaxed(state->collection);
  return PyObject_CallFunctionObjArgs(state->execute_module, self, module, nullptr);
}

PyMethodDef exec_module_method = {"exec_module", exec_module, METH_O, "Execute the module."};

bool is_verbose() noexcept {
  PyObject* const flags = PySys_GetObject("flags");
  const PyRef value =
      flags != nullptr ? PyRef::steal(PyObject_GetAttrString(flags, "verbose")) : PyRef();
  const bool verbose = !value || PyLong_AsLong(value.get()) != 0;
  PyErr_Clear();
  return verbose;
}

bool is_set(const char* getter) noexcept {
  PyObject* const function = PySys_GetObject(getter);
  const PyRef value =
      function != nullptr ? PyRef::steal(PyObject_CallFunctionObjArgs(function, nullptr)) : PyRef();
  PyErr_Clear();
  return value && value.get() != Py_None;
}

bool add_method(PyObject* type, PyMethodDef& method) noexcept {
  const PyRef descriptor =
      PyRef::steal(PyDescr_NewMethod(reinterpret_cast<PyTypeObject*>(type), &method));
  return descriptor && PyObject_SetAttrString(type, method.ml_name, descriptor.get()) == 0;
}

}  // namespace

PyObject* make_source_loader_type(PyObject* source_file_loader, PyMethodDef& get_code) noexcept {
  const PyRef members = PyRef::steal(
      Py_BuildValue("{s:s,s:()}", "__module__", "_frozen_importlib_external", "__slots__"));
  PyRef type = members ? PyRef::steal(PyObject_CallFunction(
                             reinterpret_cast<PyObject*>(&PyType_Type), "s(O)O", "SourceFileLoader",
                             source_file_loader, members.get()))
                       : PyRef();
  return type && add_method(type.get(), get_code) && add_method(type.get(), exec_module_method)
             ? type.release()
             : nullptr;
}

PyObject* usual_get_code(PyObject* self, PyObject* full_name) noexcept {
  const PyRef external = PyRef::steal(PyImport_ImportModule("_frozen_importlib_external"));
  const PyRef base =
      external ? PyRef::steal(PyObject_GetAttrString(external.get(), "SourceFileLoader")) : PyRef();
  return base ? PyObject_CallMethod(base.get(), "get_code", "OO", self, full_name) : nullptr;
}

bool has_cache_prefix() noexcept {
  PyObject* const prefix = PySys_GetObject("pycache_prefix");
  return prefix != nullptr && prefix != Py_None;
}

bool is_watched() noexcept {
  return is_verbose() || is_set("gettrace") || is_set("getprofile");
}

PyObject* unmarshal(const InterpreterState& state, std::span<const std::byte> bytes,
                    PyObject* path) noexcept {
  // PyMemoryView_FromMemory takes a char*; the flag makes the view read-only.
  auto* const data = const_cast<char*>(reinterpret_cast<const char*>(bytes.data()));
  const PyRef view =
      PyRef::steal(PyMemoryView_FromMemory(data, static_cast<Py_ssize_t>(bytes.size()), kReadOnly));
  PyRef code =
      view ? PyRef::steal(PyObject_CallFunctionObjArgs(state.load_code, view.get(), nullptr))
           : PyRef();
  if (!code) {
    return nullptr;
  }
  // What is stored may have moved since it was compiled. Cheap when the name is right already.
  const PyRef fixed =
      PyRef::steal(PyObject_CallFunctionObjArgs(state.fix_file_name, code.get(), path, nullptr));
  if (!fixed) {
    PyErr_Clear();
  }
  return code.release();
}

}  // namespace pel
