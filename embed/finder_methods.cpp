#include "embed/finder_methods.hpp"

namespace pel {

PyRef make_file_finder(const InterpreterState& state, PyObject* path, PyObject* given) noexcept {
  const PyRef first = PyRef::steal(PyTuple_Pack(1, path));
  const PyRef loaders = PyRef::steal(PySequence_Tuple(given));
  const PyRef args =
      first && loaders ? PyRef::steal(PySequence_Concat(first.get(), loaders.get())) : PyRef();
  return args ? PyRef::steal(PyObject_Call(state.file_finder, args.get(), nullptr)) : PyRef();
}

bool parse_find_spec(PyObject* args, PyObject* keywords, FinderArguments& out) noexcept {
  static const char* const kNames[] = {"fullname", "target", nullptr};
  return PyArg_ParseTupleAndKeywords(args, keywords, "U|O:find_spec", const_cast<char**>(kNames),
                                     &out.full_name, &out.target) != 0;
}

PyObject* answer_of_files(const InterpreterState& state, PyObject* path,
                          const FinderArguments& arguments) noexcept {
  const PyRef finder = make_file_finder(state, path, state.stored_loaders);
  return finder ? PyObject_CallMethod(finder.get(), "find_spec", "OO", arguments.full_name,
                                      arguments.target)
                : nullptr;
}

PyObject* reduce_finder(PyObject* finder, PyObject* /*unused*/) noexcept {
  const PyRef pkgutil = PyRef::steal(PyImport_ImportModule("pkgutil"));
  const PyRef get_importer =
      pkgutil ? PyRef::steal(PyObject_GetAttrString(pkgutil.get(), "get_importer")) : PyRef();
  const PyRef path = get_importer ? PyRef::steal(PyObject_GetAttrString(finder, "path")) : PyRef();
  return path ? Py_BuildValue("O(O)", get_importer.get(), path.get()) : nullptr;
}

PyObject* refuse_new(PyTypeObject* type, PyObject* /*args*/, PyObject* /*keywords*/) noexcept {
  PyErr_Format(PyExc_TypeError, "cannot create instances of %R", type);
  return nullptr;
}

PyObject* find_loader(PyObject* finder, PyObject* full_name) noexcept {
  const PyRef spec = PyRef::steal(PyObject_CallMethod(finder, "find_spec", "O", full_name));
  if (!spec) {
    return nullptr;
  }
  if (spec.get() == Py_None) {
    return Py_BuildValue("(O[])", Py_None);
  }
  const PyRef loader = PyRef::steal(PyObject_GetAttrString(spec.get(), "loader"));
  PyRef portions = PyRef::steal(PyObject_GetAttrString(spec.get(), "submodule_search_locations"));
  if (!loader || !portions) {
    return nullptr;
  }
  if (portions.get() == Py_None) {
    portions = PyRef::steal(PyList_New(0));
  }
  return portions ? PyTuple_Pack(2, loader.get(), portions.get()) : nullptr;
}

PyObject* find_module_loader(PyObject* finder, PyObject* full_name) noexcept {
  const PyRef spec = PyRef::steal(PyObject_CallMethod(finder, "find_spec", "O", full_name));
  if (!spec) {
    return nullptr;
  }
  if (spec.get() == Py_None) {
    return PyRef::borrow(Py_None).release();
  }
  return PyObject_GetAttrString(spec.get(), "loader");
}

}  // namespace pel
