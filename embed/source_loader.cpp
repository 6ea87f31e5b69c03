#include "embed/source_loader.hpp"

#include "embed/optional_api.hpp"

namespace pel {
namespace {

constexpr int kReadOnly = 0x100;  // PyBUF_READ, which the limited API names only since 3.11

// Of SourceFileLoader: what its get_code() comes to. In the order of LoaderMethods.
constexpr const char* kMethods[LoaderMethods::kCount] = {"get_code", "source_to_code", "get_data",
                                                         "path_stats"};

// What a loader has of itself: name and path.
constexpr Py_ssize_t kMembers = 2;

bool is_our_type(const InterpreterState& state, const PyTypeObject* type) noexcept {
  const auto* const object = reinterpret_cast<const PyObject*>(type);
  return object == state.pack_loader || object == state.standard_loader;
}

PyObject* get_class(PyObject* /*unused*/, PyObject* self) {
  const InterpreterState* const state = InterpreterState::get();
  PyTypeObject* const type = type_of(self);
  return PyRef::borrow(state != nullptr && is_our_type(*state, type)
                           ? state->source_loader
                           : reinterpret_cast<PyObject*>(type))
      .release();
}

PyObject* set_class(PyObject* /*unused*/, PyObject* args) {
  PyObject* self = nullptr;
  PyObject* type = nullptr;
  if (PyArg_ParseTuple(args, "OO", &self, &type) == 0 || !set_real_class(self, type)) {
    return nullptr;
  }
  return PyRef::borrow(Py_None).release();
}

PyMethodDef get_class_function = {"__class__", get_class, METH_O, nullptr};
PyMethodDef set_class_function = {"__class__", set_class, METH_VARARGS, nullptr};

PyRef class_property() noexcept {
  const PyRef get = PyRef::steal(PyCFunction_NewEx(&get_class_function, nullptr, nullptr));
  const PyRef set = PyRef::steal(PyCFunction_NewEx(&set_class_function, nullptr, nullptr));
  return get && set
             ? PyRef::steal(PyObject_CallFunctionObjArgs(
                   reinterpret_cast<PyObject*>(&PyProperty_Type), get.get(), set.get(), nullptr))
             : PyRef();
}

// A loader of importlib's own type with the same members; not what find_supported_module() adds.
PyRef usual_loader(const InterpreterState& state, PyObject* self) noexcept {
  PyRef usual =
      PyRef::steal(PyObject_CallMethod(state.source_loader, "__new__", "O", state.source_loader));
  const PyRef theirs = PyRef::steal(PyObject_GetAttrString(self, "__dict__"));
  const PyRef ours =
      usual ? PyRef::steal(PyObject_GetAttrString(usual.get(), "__dict__")) : PyRef();
  if (!theirs || !ours || PyDict_Update(ours.get(), theirs.get()) != 0) {
    return {};
  }
  PyObject* const hook = PyDict_GetItemString(ours.get(), "exec_module");
  if (hook != nullptr && is_of_type(hook, &PyCFunction_Type) &&
      PyDict_DelItemString(ours.get(), "exec_module") != 0) {
    return {};
  }
  return usual;
}

// What is pickled or copied is a loader of importlib's own.
PyObject* reduce(PyObject* self, PyObject* protocol) {
  const InterpreterState* const state = InterpreterState::get();
  if (state == nullptr || !is_our_type(*state, type_of(self))) {
    return PyObject_CallMethod(reinterpret_cast<PyObject*>(&PyBaseObject_Type), "__reduce_ex__",
                               "OO", self, protocol);
  }
  const PyRef usual = usual_loader(*state, self);
  return usual ? PyObject_CallMethod(usual.get(), "__reduce_ex__", "O", protocol) : nullptr;
}

PyMethodDef reduce_method = {"__reduce_ex__", reduce, METH_O, "Helper for pickle."};

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

}  // namespace

PyObject* make_source_loader_type(PyObject* source_file_loader, PyMethodDef& get_code) noexcept {
  const PyRef property = class_property();
  const PyRef members =
      property
          ? PyRef::steal(Py_BuildValue("{s:s,s:(),s:O}", "__module__", "_frozen_importlib_external",
                                       "__slots__", "__class__", property.get()))
          : PyRef();
  PyRef type = members ? PyRef::steal(PyObject_CallFunction(
                             reinterpret_cast<PyObject*>(&PyType_Type), "s(O)O", "SourceFileLoader",
                             source_file_loader, members.get()))
                       : PyRef();
  const PyRef function =
      type ? PyRef::steal(PyCFunction_NewEx(&get_code, nullptr, nullptr)) : PyRef();
  const PyRef bindable = function ? PyRef::steal(make_bindable(function.get())) : PyRef();
  return bindable && PyObject_SetAttrString(type.get(), get_code.ml_name, bindable.get()) == 0 &&
                 add_method(type.get(), reduce_method)
             ? type.release()
             : nullptr;
}

bool read_arguments(PyObject* args, PyObject* keywords, CodeQuestion& question) noexcept {
  if (keywords == nullptr && PyTuple_Size(args) == 2) {
    question = {.self = PyTuple_GetItem(args, 0), .full_name = PyTuple_GetItem(args, 1)};
    return true;
  }
  char self[] = "self";
  char full_name[] = "fullname";
  char* names[] = {self, full_name, nullptr};
  return PyArg_ParseTupleAndKeywords(args, keywords, "OO:get_code", names, &question.self,
                                     &question.full_name) != 0;
}

bool add_method(PyObject* type, PyMethodDef& method) noexcept {
  const PyRef descriptor =
      PyRef::steal(PyDescr_NewMethod(reinterpret_cast<PyTypeObject*>(type), &method));
  return descriptor && PyObject_SetAttrString(type, method.ml_name, descriptor.get()) == 0;
}

bool read_loader_methods(PyObject* source_file_loader, LoaderMethods& methods) noexcept {
  const PyRef members = PyRef::steal(
      PyObject_GetAttrString(reinterpret_cast<PyObject*>(&PyBaseObject_Type), "__dict__"));
  methods.real_class = members ? PyMapping_GetItemString(members.get(), "__class__") : nullptr;
  for (std::size_t i = 0; i < LoaderMethods::kCount; ++i) {
    methods.names[i] = PyUnicode_InternFromString(kMethods[i]);
    methods.usual[i] = methods.names[i] != nullptr
                           ? PyObject_GetAttr(source_file_loader, methods.names[i])
                           : nullptr;
    if (methods.usual[i] == nullptr) {
      return false;
    }
  }
  return methods.real_class != nullptr;
}

bool set_real_class(PyObject* self, PyObject* type) noexcept {
  const InterpreterState* const state = InterpreterState::get();
  if (state == nullptr) {
    PyErr_SetString(PyExc_TypeError, "the interpreter is ending");
    return false;
  }
  const PyRef done = PyRef::steal(
      PyObject_CallMethod(state->loader_methods.real_class, "__set__", "OO", self, type));
  return static_cast<bool>(done);
}

bool is_usual_loader(const InterpreterState& state, PyObject* self) noexcept {
  if (!is_our_type(state, type_of(self))) {
    return false;
  }
  const LoaderMethods& methods = state.loader_methods;
  const PyRef members = PyRef::steal(PyObject_GetAttrString(self, "__dict__"));
  bool is_usual = static_cast<bool>(members);
  const bool has_more = is_usual && PyDict_Size(members.get()) != kMembers;
  for (std::size_t i = 0; is_usual && i < LoaderMethods::kCount; ++i) {
    const PyRef now = PyRef::steal(PyObject_GetAttr(state.source_loader, methods.names[i]));
    is_usual = now && now.get() == methods.usual[i] &&
               !(has_more && PyDict_GetItemWithError(members.get(), methods.names[i]) != nullptr);
  }
  PyErr_Clear();
  return is_usual;
}

PyRef usual_method(const char* name) noexcept {
  const PyRef external = PyRef::steal(PyImport_ImportModule("_frozen_importlib_external"));
  const PyRef base =
      external ? PyRef::steal(PyObject_GetAttrString(external.get(), "SourceFileLoader")) : PyRef();
  return base ? PyRef::steal(PyObject_GetAttrString(base.get(), name)) : PyRef();
}

PyObject* usual_get_code(PyObject* self, PyObject* full_name) noexcept {
  const PyRef get_code = usual_method("get_code");
  return get_code ? PyObject_CallFunctionObjArgs(get_code.get(), self, full_name, nullptr)
                  : nullptr;
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
