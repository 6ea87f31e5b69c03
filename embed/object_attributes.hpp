#pragma once

#include "embed/py_ref.hpp"

// Attributes that programs set on finders: a function of their own in the place of find_spec, a
// mark that they have done so. importlib's finders take them, so ours do.
namespace pel {

// The first member of an object that takes attributes. Zero-initialised; owned.
struct Attributes {
  PyObject* dictionary;  // null: none yet
};

// For Py_tp_members of such a type: where its objects have that member.
[[nodiscard]] PyMemberDef* attributes_member() noexcept;

// Of its Py_tp_getset, "__dict__".
[[nodiscard]] PyObject* get_attributes(PyObject* object, void* unused) noexcept;

// Whether somebody has set one. No exception.
[[nodiscard]] bool has_attributes(PyObject* object) noexcept;

// To be called when the object is deallocated.
void drop_attributes(PyObject* object) noexcept;

}  // namespace pel
