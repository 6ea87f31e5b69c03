#include "embed/object_attributes.hpp"

#include <structmember.h>

#include <atomic>

namespace pel {
namespace {

PyObject*& dictionary_of(PyObject* object) noexcept {
  return members_of<Attributes>(object)->dictionary;
}

}  // namespace

PyMemberDef* attributes_member() noexcept {
  static PyMemberDef members[] = {
      {"__dictoffset__", T_PYSSIZET, static_cast<Py_ssize_t>(object_layout.head), READONLY,
       nullptr},
      {nullptr, 0, 0, 0, nullptr},
  };
  return members;
}

PyObject* get_attributes(PyObject* object, void* /*unused*/) noexcept {
  const std::atomic_ref place(dictionary_of(object));
  if (place.load() == nullptr) {
    PyObject* const made = PyDict_New();
    PyObject* none = nullptr;
    if (made == nullptr) {
      return nullptr;
    }
    if (!place.compare_exchange_strong(none, made)) {
      drop(made);  // another thread was faster
    }
  }
  return PyRef::borrow(place.load()).release();
}

bool has_attributes(PyObject* object) noexcept {
  PyObject* const dictionary = dictionary_of(object);
  return dictionary != nullptr && PyDict_Size(dictionary) != 0;
}

void drop_attributes(PyObject* object) noexcept {
  drop(dictionary_of(object));
}

}  // namespace pel
