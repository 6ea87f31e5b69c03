#pragma once

#include "embed/object_attributes.hpp"
#include "embed/py_ref.hpp"

// The Python type of a path-entry finder. Both kinds have the same shape: an attribute `path`,
// those that programs set, three methods of their own, and what follows from these.
namespace pel {

// What the objects of such a type begin with. Zero-initialised; owned.
struct FinderHead {
  Attributes attributes;
  PyObject* path;  // str
};

// Of one type, for as long as the process lives: the type refers to it.
class FinderMethods {
 public:
  FinderMethods(PyCFunctionWithKeywords find_spec, PyCFunction iter_modules,
                PyCFunction invalidate_caches) noexcept;

  // Without those that Python 3.12 took away, if this is 3.12 or later.
  [[nodiscard]] PyMethodDef* for_this_python() noexcept;

 private:
  PyMethodDef table_[7];
};

// A new reference, or null with an exception. `name` with its module, `size` as object_size()
// tells. `dealloc` begins with drop_finder_head().
[[nodiscard]] PyObject* make_finder_type(const char* name, int size, destructor dealloc,
                                         FinderMethods& methods) noexcept;

void drop_finder_head(PyObject* finder) noexcept;

}  // namespace pel
