#include "embed/metadata_finder.hpp"

#include <cstring>

#include "embed/environment.hpp"
#include "embed/optional_api.hpp"
#include "embed/pkg_resources_support.hpp"
#include "embed/site_finder.hpp"
#include "embed/start_module.hpp"

namespace pel {
namespace {

using table_format::DistributionRecord;

// PEP 503 with no allocation: runs of "-", "_", "." are one "-", letters are lower case.
bool same_name(std::string_view name, std::string_view normalized) noexcept {
  std::size_t at = 0;
  for (std::size_t i = 0; i < name.size();) {
    char c = name[i++];
    if (c == '-' || c == '_' || c == '.') {
      while (i < name.size() && (name[i] == '-' || name[i] == '_' || name[i] == '.')) {
        ++i;
      }
      c = '-';
    } else if (c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c - 'A' + 'a');
    }
    if (at >= normalized.size() || normalized[at++] != c) {
      return false;
    }
  }
  return at == normalized.size();
}

// A str to compare with, or nothing when every name is wanted.
PyRef wanted_name(PyObject* context) noexcept {
  PyRef name = PyRef::steal(PyObject_GetAttrString(context, "name"));
  if (!name) {
    PyErr_Clear();
  }
  return name;
}

// The finder that answers for `entry` if that is this environment's site-packages; borrowed.
PyObject* site_finder_of(const InterpreterState& state, PyObject* entry) noexcept {
  return PyUnicode_Check(entry) ? PyDict_GetItemWithError(state.site_finders, entry) : nullptr;
}

bool is_tree_root(PyObject* entry) noexcept {
  const TextView text(entry);
  if (text.empty()) {
    return false;
  }
  const Environment::Place place = Environment::get().locate(text.view());
  return place && place.below == index_format::kSitePackages;
}

struct Sought {
  PyRef rest;                      // the search path without what is answered here
  PyObject* site_entry = nullptr;  // borrowed: the entry that stands for the environment
  PyObject* site_finder = nullptr;
};

// Splits context.path. False with an exception set.
bool split_path(const InterpreterState& state, PyObject* path, Sought& out) noexcept {
  out.rest = PyRef::steal(PyList_New(0));
  if (!out.rest) {
    return false;
  }
  const Py_ssize_t count = PyList_Size(path);
  for (Py_ssize_t i = 0; i < count; ++i) {
    PyObject* const entry = PyList_GetItem(path, i);
    if (entry == nullptr) {
      return false;
    }
    if (PyObject* const finder = site_finder_of(state, entry); finder != nullptr) {
      if (out.site_finder == nullptr) {
        out.site_finder = finder;
        out.site_entry = entry;
      }
      continue;
    }
    if (!is_tree_root(entry) && PyList_Append(out.rest.get(), entry) != 0) {
      return false;
    }
  }
  return PyErr_Occurred() == nullptr;
}

// What the standard finder finds in the real directory: a list; empty without a look when nothing
// but .pth files lies there.
PyRef real_distributions(const Sought& sought, PyObject* metadata, PyObject* name) noexcept {
  PyRef list = PyRef::steal(PyList_New(0));
  if (!list || !has_real_files(sought.site_finder)) {
    return list;
  }
  const PyRef finder = PyRef::steal(PyObject_GetAttrString(metadata, "MetadataPathFinder"));
  const PyRef base = PyRef::steal(PyObject_GetAttrString(metadata, "DistributionFinder"));
  const PyRef type = base ? PyRef::steal(PyObject_GetAttrString(base.get(), "Context")) : PyRef();
  const PyRef keywords =
      PyRef::steal(Py_BuildValue("{s:O,s:[O]}", "name", name, "path", sought.site_entry));
  const PyRef none = PyRef::steal(PyTuple_New(0));
  const PyRef context = type && keywords && none
                            ? PyRef::steal(PyObject_Call(type.get(), none.get(), keywords.get()))
                            : PyRef();
  const PyRef found = finder && context
                          ? PyRef::steal(PyObject_CallMethod(finder.get(), "find_distributions",
                                                             "O", context.get()))
                          : PyRef();
  return found ? PyRef::steal(PySequence_List(found.get())) : PyRef();
}

// Whether a distribution that really lies in site-packages replaces the stored one.
int is_replaced(PyObject* real, std::string_view normalized) noexcept {
  for (Py_ssize_t i = 0; i < PyList_Size(real); ++i) {
    const PyRef metadata =
        PyRef::steal(PyObject_GetAttrString(PyList_GetItem(real, i), "metadata"));
    const PyRef name =
        metadata ? PyRef::steal(PyMapping_GetItemString(metadata.get(), "Name")) : PyRef();
    if (!name) {
      PyErr_Clear();  // a broken directory replaces nothing
      continue;
    }
    const TextView text(name.get());
    if (!text.empty() && same_name(text.view(), normalized)) {
      return 1;
    }
  }
  return 0;
}

PyRef stored_distribution(PyObject* metadata, const DistributionRecord& record) noexcept {
  const Environment& environment = Environment::get();
  const PyRef pathlib = PyRef::steal(PyImport_ImportModule("pathlib"));
  const PyRef text = make_path({environment.store(), "/", environment.tree_folder(record.tree), "/",
                                environment.tree_id(record.tree), "/", index_format::kSitePackages,
                                "/", environment.table().text(record.dist_info)});
  const PyRef path = pathlib && text
                         ? PyRef::steal(PyObject_CallMethod(pathlib.get(), "Path", "O", text.get()))
                         : PyRef();
  return path ? PyRef::steal(PyObject_CallMethod(metadata, "PathDistribution", "O", path.get()))
              : PyRef();
}

bool append_stored(PyObject* metadata, PyObject* name, PyObject* real, PyObject* list) noexcept {
  const TableView& table = Environment::get().table();
  const TextView wanted(name);
  const auto distributions = table.distributions();
  for (std::size_t i = 0; i < distributions.size(); ++i) {
    const DistributionRecord record = distributions[i];
    const std::string_view normalized = table.text(record.normalized_name);
    if (record.dist_info.size == 0 || (!wanted.empty() && !same_name(wanted.view(), normalized)) ||
        is_replaced(real, normalized) != 0) {
      continue;
    }
    const PyRef distribution = stored_distribution(metadata, record);
    if (!distribution || PyList_Append(list, distribution.get()) != 0) {
      return false;
    }
  }
  return true;
}

PyObject* default_context(PyObject* metadata) noexcept {
  const PyRef base = PyRef::steal(PyObject_GetAttrString(metadata, "DistributionFinder"));
  return base ? PyObject_CallMethod(base.get(), "Context", nullptr) : nullptr;
}

PyObject* find_distributions(PyObject* /*self*/, PyObject* args) {
  PyObject* given = nullptr;
  if (PyArg_ParseTuple(args, "|O:find_distributions", &given) == 0) {
    return nullptr;
  }
  const InterpreterState* const state = InterpreterState::get();
  const PyRef metadata = PyRef::steal(PyImport_ImportModule("importlib.metadata"));
  PyRef result = PyRef::steal(PyList_New(0));
  if (state == nullptr || !metadata || !result) {
    return nullptr;
  }
  const PyRef context = given != nullptr && given != Py_None
                            ? PyRef::borrow(given)
                            : PyRef::steal(default_context(metadata.get()));
  const PyRef raw_path =
      context ? PyRef::steal(PyObject_GetAttrString(context.get(), "path")) : PyRef();
  const PyRef path = raw_path ? PyRef::steal(PySequence_List(raw_path.get())) : PyRef();
  Sought sought;
  if (!path || !split_path(*state, path.get(), sought)) {
    return nullptr;
  }
  if (sought.site_finder == nullptr) {
    return PyObject_GetIter(result.get());  // none of ours was asked for by its usual place
  }
  PyRef name = wanted_name(context.get());
  if (!name) {
    name = PyRef::borrow(Py_None);
  }
  const PyRef real = real_distributions(sought, metadata.get(), name.get());
  if (!real || PyList_SetSlice(result.get(), 0, 0, real.get()) != 0 ||
      !append_stored(metadata.get(), name.get(), real.get(), result.get())) {
    return nullptr;
  }
  // The standard finder comes next and would list each tree's directory to find the same again:
  // it is handed what is left of the path.
  const PyRef members = PyRef::steal(PyObject_GetAttrString(context.get(), "__dict__"));
  if (!members || PyMapping_SetItemString(members.get(), "path", sought.rest.get()) != 0) {
    PyErr_Clear();
  }
  return PyObject_GetIter(result.get());
}

PyObject* find_spec(PyObject* /*self*/, PyObject* args, PyObject* /*keywords*/) {
  PyObject* const name = PyTuple_Size(args) > 0 ? PyTuple_GetItem(args, 0) : nullptr;
  if (name != nullptr && PyUnicode_Check(name) &&
      PyUnicode_CompareWithASCIIString(name, kStartModule) == 0) {
    if (const InterpreterState* const state = InterpreterState::get(); state != nullptr) {
      return make_start_module_spec(*state);
    }
  }
  if (const TextView text(name); is_pkg_resources(text.view())) {
    return find_pkg_resources(name, PyTuple_Size(args) > 1 ? PyTuple_GetItem(args, 1) : Py_None);
  }
  return PyRef::borrow(Py_None).release();
}

PyObject* invalidate_caches(PyObject* /*self*/, PyObject* /*unused*/) {
  return PyRef::borrow(Py_None).release();
}

PyMethodDef methods[] = {
    {"find_spec", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(find_spec)),
     METH_VARARGS | METH_KEYWORDS, nullptr},
    {"find_distributions", find_distributions, METH_VARARGS, nullptr},
    {"invalidate_caches", invalidate_caches, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

PyObject* make_metadata_finder_type() noexcept {
  PyType_Slot slots[] = {
      {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
      {Py_tp_methods, methods},
      {0, nullptr},
  };
  PyType_Spec spec{"_pyenvlaunch.MetadataFinder", sizeof(PyObject), 0, Py_TPFLAGS_DEFAULT, slots};
  return PyType_FromSpec(&spec);
}

}  // namespace pel
