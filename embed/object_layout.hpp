#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>  // must come before every other header

#include <cstddef>
#include <cstdint>

// What of an object's layout Python.h builds into those who use it, asked of the interpreter that
// runs instead: a free-threaded one (PEP 703) has a longer head before each object's own members,
// and counts references in another way. So one object file serves both.
//
// The head ends with the type, in both. A module's definition has it, too.
namespace pel {

inline constexpr std::size_t kLongestHead = 32;  // bytes; of a free-threaded interpreter

struct ObjectLayout {
  std::size_t head = 16;
  bool free_threaded = false;
};

// Zero-cost to read; set once, by read_object_layout().
extern ObjectLayout object_layout;

// By Py_GetVersion(). To be called before anything else here, and before Python starts.
void read_object_layout() noexcept;

[[nodiscard]] inline bool is_free_threaded() noexcept {
  return object_layout.free_threaded;
}

// Py_XINCREF and Py_XDECREF.
inline void retain(PyObject* object) noexcept {
  if (is_free_threaded()) {
    Py_IncRef(object);
  } else {
    Py_XINCREF(object);
  }
}

inline void drop(PyObject* object) noexcept {
  if (is_free_threaded()) {
    Py_DecRef(object);
  } else {
    Py_XDECREF(object);
  }
}

// Py_TYPE: borrowed.
[[nodiscard]] inline PyTypeObject* type_of(PyObject* object) noexcept {
  auto* const bytes = reinterpret_cast<char*>(object);
  return *reinterpret_cast<PyTypeObject**>(bytes + object_layout.head - sizeof(PyTypeObject*));
}

[[nodiscard]] inline bool is_of_type(PyObject* object, const void* type) noexcept {
  return type_of(object) == type;
}

// Whether the type is one of those that have such a flag (Py_TPFLAGS_…_SUBCLASS), or is derived.
[[nodiscard]] inline bool has_type_flag(PyObject* object, unsigned long flag) noexcept {
  return (PyType_GetFlags(type_of(object)) & flag) != 0;
}

[[nodiscard]] inline bool is_text(PyObject* object) noexcept {
  return has_type_flag(object, Py_TPFLAGS_UNICODE_SUBCLASS);
}

[[nodiscard]] inline bool is_list(PyObject* object) noexcept {
  return has_type_flag(object, Py_TPFLAGS_LIST_SUBCLASS);
}

[[nodiscard]] inline bool is_tuple(PyObject* object) noexcept {
  return has_type_flag(object, Py_TPFLAGS_TUPLE_SUBCLASS);
}

[[nodiscard]] inline bool is_dict(PyObject* object) noexcept {
  return has_type_flag(object, Py_TPFLAGS_DICT_SUBCLASS);
}

[[nodiscard]] inline bool is_type(PyObject* object) noexcept {
  return has_type_flag(object, Py_TPFLAGS_TYPE_SUBCLASS);
}

// set, frozenset, or derived.
[[nodiscard]] inline bool is_any_set(PyObject* object) noexcept {
  PyTypeObject* const type = type_of(object);
  return PyType_IsSubtype(type, &PySet_Type) != 0 || PyType_IsSubtype(type, &PyFrozenSet_Type) != 0;
}

// The members of an object of ours, behind the head.
template <class Members>
[[nodiscard]] Members* members_of(PyObject* object) noexcept {
  return reinterpret_cast<Members*>(reinterpret_cast<char*>(object) + object_layout.head);
}

// PyType_Spec::basicsize of a type whose objects have these members, and of one without any.
template <class Members>
[[nodiscard]] int object_size() noexcept {
  return static_cast<int>(object_layout.head + sizeof(Members));
}

[[nodiscard]] inline int bare_object_size() noexcept {
  return static_cast<int>(object_layout.head);
}

// What PyModuleDef has behind its head.
struct ModuleDefinition {
  PyObject* (*initialize)();
  Py_ssize_t index;
  PyObject* copy;
  const char* name;
  const char* text;
  Py_ssize_t size;
  PyMethodDef* methods;
  PyModuleDef_Slot* slots;
  traverseproc traverse;
  inquiry clear;
  freefunc release;
};

static_assert(sizeof(PyModuleDef) == 16 + sizeof(ModuleDefinition));

// Of an object for which PyModuleDef_Init() was called.
[[nodiscard]] inline ModuleDefinition& definition_members(PyModuleDef* definition) noexcept {
  return *members_of<ModuleDefinition>(reinterpret_cast<PyObject*>(definition));
}

}  // namespace pel

// Not to be used: these look into objects as the Python.h of the build knows them.
#undef PyObject_HEAD
#undef PyObject_HEAD_INIT
#undef PyModuleDef_HEAD_INIT
#undef PyVarObject_HEAD_INIT
#undef Py_TYPE
#undef Py_IS_TYPE
#undef Py_REFCNT
#undef Py_SIZE
#undef Py_INCREF
#undef Py_DECREF
#undef Py_XINCREF
#undef Py_XDECREF
#undef Py_CLEAR
#undef Py_RETURN_NONE
#undef Py_RETURN_TRUE
#undef Py_RETURN_FALSE
#undef PyUnicode_Check
#undef PyList_Check
#undef PyTuple_Check
#undef PyDict_Check
#undef PyType_Check
#undef PyBytes_Check
#undef PyLong_Check
#undef PyAnySet_Check
#pragma GCC poison PyObject_HEAD PyObject_HEAD_INIT PyModuleDef_HEAD_INIT PyVarObject_HEAD_INIT
#pragma GCC poison Py_TYPE Py_IS_TYPE Py_REFCNT Py_SIZE Py_INCREF Py_DECREF Py_XINCREF Py_XDECREF
#pragma GCC poison Py_CLEAR Py_RETURN_NONE Py_RETURN_TRUE Py_RETURN_FALSE PyUnicode_Check
#pragma GCC poison PyList_Check PyTuple_Check PyDict_Check PyType_Check PyBytes_Check PyLong_Check
#pragma GCC poison PyAnySet_Check
