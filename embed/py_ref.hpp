#pragma once

#include <utility>

#include "embed/object_layout.hpp"

namespace pel {

// Owns one reference to a Python object, or none. Every use of a PyRef that is not empty,
// including its destruction, needs the GIL and a live interpreter.
//
// steal() and borrow() say at each call which of the two the C function returned; there is no
// constructor from a bare pointer that would have to guess. A second owner is borrow(x.get()).
//
// This folder is built without C++ exceptions: a function that fails returns null, or an empty
// PyRef, with the Python exception set, exactly as CPython's own functions do.
class PyRef {
 public:
  PyRef() noexcept = default;

  PyRef(PyRef&& other) noexcept : object_(other.release()) {}

  PyRef& operator=(PyRef&& other) noexcept {
    // The old object goes last: its destructor may run Python code that looks at *this.
    PyRef moved(std::move(other));
    std::swap(object_, moved.object_);
    return *this;
  }

  PyRef(const PyRef&) = delete;
  PyRef& operator=(const PyRef&) = delete;

  ~PyRef() { drop(object_); }

  [[nodiscard]] static PyRef steal(PyObject* object) noexcept { return PyRef(object); }

  [[nodiscard]] static PyRef borrow(PyObject* object) noexcept {
    retain(object);
    return PyRef(object);
  }

  explicit operator bool() const noexcept { return object_ != nullptr; }

  [[nodiscard]] PyObject* get() const noexcept { return object_; }

  [[nodiscard]] PyObject* release() noexcept { return std::exchange(object_, nullptr); }

 private:
  explicit PyRef(PyObject* object) noexcept : object_(object) {}

  PyObject* object_ = nullptr;
};

// Drops the exception that is set, if any. One that is not derived from Exception,
// KeyboardInterrupt say, stays: it may come up wherever Python code runs, and is nobody's to
// swallow.
inline void clear_ordinary_error() noexcept {
  if (PyErr_Occurred() != nullptr && PyErr_ExceptionMatches(PyExc_Exception) != 0) {
    PyErr_Clear();
  }
}

}  // namespace pel
