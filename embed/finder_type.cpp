#include "embed/finder_type.hpp"

#include "embed/finder_methods.hpp"
#include "embed/optional_api.hpp"

namespace pel {
namespace {

// Of the table, the first that is missing since 3.12.
constexpr std::size_t kFirstOld = 4;

PyObject* get_path(PyObject* object, void* /*unused*/) {
  return PyRef::borrow(members_of<FinderHead>(object)->path).release();
}

PyObject* repr(PyObject* object) {
  const PyRef type = PyRef::steal(PyObject_Type(object));
  const PyRef name = PyRef::steal(PyObject_GetAttrString(type.get(), "__name__"));
  return name ? PyUnicode_FromFormat("%U(%R)", name.get(), members_of<FinderHead>(object)->path)
              : nullptr;
}

PyGetSetDef properties[] = {
    {"path", get_path, nullptr, nullptr, nullptr},
    {"__dict__", get_attributes, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

}  // namespace

FinderMethods::FinderMethods(PyCFunctionWithKeywords find_spec, PyCFunction iter_modules,
                             PyCFunction invalidate_caches) noexcept
    : table_{
          {"find_spec", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(find_spec)),
           METH_VARARGS | METH_KEYWORDS, nullptr},
          {"iter_modules", iter_modules, METH_VARARGS, nullptr},
          {"invalidate_caches", invalidate_caches, METH_NOARGS, nullptr},
          {"__reduce__", reduce_finder, METH_NOARGS, nullptr},
          {"find_loader", find_loader, METH_O, nullptr},
          {"find_module", find_module_loader, METH_O, nullptr},
          {nullptr, nullptr, 0, nullptr},
      } {}

PyMethodDef* FinderMethods::for_this_python() noexcept {
  if (version_hex() >= 0x030C0000) {
    table_[kFirstOld] = {nullptr, nullptr, 0, nullptr};
  }
  return table_;
}

PyObject* make_finder_type(const char* name, int size, destructor dealloc,
                           FinderMethods& methods) noexcept {
  PyType_Slot slots[] = {
      {Py_tp_new, reinterpret_cast<void*>(refuse_new)},
      {Py_tp_dealloc, reinterpret_cast<void*>(dealloc)},
      {Py_tp_methods, methods.for_this_python()},
      {Py_tp_members, attributes_member()},
      {Py_tp_getset, properties},
      {Py_tp_repr, reinterpret_cast<void*>(repr)},
      {0, nullptr},
  };
  PyType_Spec spec{name, size, 0, Py_TPFLAGS_DEFAULT, slots};
  return PyType_FromSpec(&spec);
}

void drop_finder_head(PyObject* finder) noexcept {
  drop_attributes(finder);
  drop(members_of<FinderHead>(finder)->path);
}

}  // namespace pel
