#include "embed/metadata_question.hpp"

#include "embed/environment.hpp"
#include "embed/optional_api.hpp"
#include "embed/site_finder.hpp"

namespace pel {
namespace {

constexpr const char* kFinderName = "MetadataPathFinder";

bool has_attribute(PyObject* object, const char* name) noexcept {
  const PyRef value = PyRef::steal(PyObject_GetAttrString(object, name));
  if (!value) {
    PyErr_Clear();
  }
  return static_cast<bool>(value);
}

// The module of the first finder of distributions on sys.meta_path that is not importlib's own.
PyRef other_module() noexcept {
  PyObject* const meta_path = PySys_GetObject("meta_path");
  for (Py_ssize_t i = 0; meta_path != nullptr && i < PyList_Size(meta_path); ++i) {
    PyObject* const finder = PyList_GetItem(meta_path, i);
    PyObject* const type = is_type(finder) ? finder : reinterpret_cast<PyObject*>(type_of(finder));
    const PyRef name = PyRef::steal(PyObject_GetAttrString(type, "__name__"));
    const PyRef module = PyRef::steal(PyObject_GetAttrString(type, "__module__"));
    if (name && module && is_text(name.get()) &&
        PyUnicode_CompareWithASCIIString(name.get(), kFinderName) == 0) {
      return PyRef::steal(PyImport_Import(module.get()));
    }
    PyErr_Clear();
  }
  return {};
}

// importlib.metadata; or the copy of it that has put itself in its place, by taking
// find_distributions() from PathFinder.
PyRef metadata_module() noexcept {
  const PyRef external = PyRef::steal(PyImport_ImportModule("_frozen_importlib_external"));
  const PyRef path_finder =
      external ? PyRef::steal(PyObject_GetAttrString(external.get(), "PathFinder")) : PyRef();
  if (!path_finder) {
    return {};
  }
  if (!has_attribute(path_finder.get(), "find_distributions")) {
    if (PyRef other = other_module(); other) {
      return other;
    }
    PyErr_Clear();
  }
  return PyRef::steal(PyImport_ImportModule("importlib.metadata"));
}

PyRef new_context(PyObject* metadata, PyObject* keywords) noexcept {
  const PyRef base = PyRef::steal(PyObject_GetAttrString(metadata, "DistributionFinder"));
  const PyRef type = base ? PyRef::steal(PyObject_GetAttrString(base.get(), "Context")) : PyRef();
  const PyRef none = PyRef::steal(PyTuple_New(0));
  return type && none ? PyRef::steal(PyObject_Call(type.get(), none.get(), keywords)) : PyRef();
}

PyRef attribute_or_none(PyObject* object, const char* name) noexcept {
  PyRef value = PyRef::steal(PyObject_GetAttrString(object, name));
  if (!value) {
    PyErr_Clear();
    value = PyRef::borrow(Py_None);
  }
  return value;
}

// Its dictionary, or empty if it has none, without an exception.
PyRef members_of_context(PyObject* context) noexcept {
  PyRef members = PyRef::steal(PyObject_GetAttrString(context, "__dict__"));
  if (!members || !is_dict(members.get())) {
    PyErr_Clear();
    return {};
  }
  return members;
}

// The path that is meant: the one from before this context was answered, if it was.
PyRef meant_path(PyObject* context) noexcept {
  PyRef path = PyRef::steal(PyObject_GetAttrString(context, "path"));
  if (!path) {
    return {};
  }
  const PyRef answered = attribute_or_none(context, kAnsweredMember);
  if (is_tuple(answered.get()) && PyTuple_Size(answered.get()) == 2 &&
      PyTuple_GetItem(answered.get(), 0) == path.get()) {
    PyObject* const original = PyTuple_GetItem(answered.get(), 1);
    path = PyRef::borrow(original != Py_None ? original : PySys_GetObject("path"));
  }
  if (!path) {
    PyErr_SetString(PyExc_RuntimeError, "lost sys.path");
    return {};
  }
  return PyRef::steal(PySequence_List(path.get()));
}

bool is_tree_root(PyObject* entry) noexcept {
  const TextView text(entry);
  if (text.empty()) {
    return false;
  }
  const Environment::Place place = Environment::get().locate(text.view());
  return place && place.below == index_format::kSitePackages;
}

}  // namespace

bool MetadataQuestion::read(InterpreterState& state, PyObject* given, PyObject* asked) noexcept {
  metadata = asked != nullptr ? PyRef::borrow(asked) : metadata_module();
  const PyRef nothing = PyRef::steal(PyDict_New());
  if (!metadata || !nothing) {
    return false;
  }
  context = given != nullptr && given != Py_None ? PyRef::borrow(given)
                                                 : new_context(metadata.get(), nothing.get());
  const PyRef path = context ? meant_path(context.get()) : PyRef();
  before = PyRef::steal(PyList_New(0));
  sites = PyRef::steal(PyList_New(0));
  rest = PyRef::steal(PyList_New(0));
  if (!path || !before || !sites || !rest) {
    return false;
  }
  name = attribute_or_none(context.get(), "name");
  const Py_ssize_t count = PyList_Size(path.get());
  for (Py_ssize_t i = 0; i < count; ++i) {
    PyObject* const entry = PyList_GetItem(path.get(), i);
    if (entry == nullptr) {
      return false;
    }
    if (is_tree_root(entry)) {
      continue;
    }
    const bool is_site = static_cast<bool>(find_site_finder(state, entry));
    PyObject* const list = is_site                         ? sites.get()
                           : PyList_Size(sites.get()) == 0 ? before.get()
                                                           : rest.get();
    if (PyList_Append(list, entry) != 0) {
      return false;
    }
  }
  return PyErr_Occurred() == nullptr;
}

PyRef MetadataQuestion::standard_answer(PyObject* path) const noexcept {
  if (PyList_Size(path) == 0) {
    return PyRef::steal(PyList_New(0));
  }
  const PyRef finder = PyRef::steal(PyObject_GetAttrString(metadata.get(), kFinderName));
  const PyRef keywords = PyRef::steal(Py_BuildValue("{s:O,s:O}", "name", name.get(), "path", path));
  const PyRef asked = finder && keywords ? new_context(metadata.get(), keywords.get()) : PyRef();
  if (!asked) {
    return {};
  }
  if (const PyRef members = members_of_context(asked.get()); members) {
    const PyRef pair = PyRef::steal(PyTuple_Pack(2, path, Py_None));
    if (!pair || PyDict_SetItemString(members.get(), kAnsweredMember, pair.get()) != 0) {
      return {};
    }
  }
  const PyRef found =
      PyRef::steal(PyObject_CallMethod(finder.get(), "find_distributions", "O", asked.get()));
  return found ? PyRef::steal(PySequence_List(found.get())) : PyRef();
}

void MetadataQuestion::answered() const noexcept {
  const PyRef members = members_of_context(context.get());
  if (!members) {
    return;  // the standard finder lists each tree's directory, and finds the same again
  }
  // Keeps what an earlier answer has kept, if this one came by the same path.
  PyObject* original = PyDict_GetItemString(members.get(), "path");
  PyObject* const kept = PyDict_GetItemString(members.get(), kAnsweredMember);
  if (kept != nullptr && is_tuple(kept) && PyTuple_GetItem(kept, 0) == original) {
    original = PyTuple_GetItem(kept, 1);
  }
  const PyRef pair =
      PyRef::steal(PyTuple_Pack(2, rest.get(), original != nullptr ? original : Py_None));
  if (!pair || PyDict_SetItemString(members.get(), kAnsweredMember, pair.get()) != 0 ||
      PyDict_SetItemString(members.get(), "path", rest.get()) != 0) {
    PyErr_Clear();
  }
}

}  // namespace pel
