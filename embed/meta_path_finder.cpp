#include "embed/meta_path_finder.hpp"

#include "embed/environment.hpp"
#include "embed/metadata_support.hpp"
#include "embed/module_lookup.hpp"
#include "embed/object_attributes.hpp"
#include "embed/optional_api.hpp"
#include "embed/path_hook.hpp"
#include "embed/pkg_resources_support.hpp"
#include "embed/shutil_support.hpp"
#include "embed/site_customization.hpp"
#include "embed/site_finder.hpp"
#include "embed/standard_library.hpp"
#include "embed/start_module.hpp"
#include "embed/stored_distributions.hpp"

namespace pel {
namespace {

PyObject* find_distributions(PyObject* /*self*/, PyObject* args, PyObject* keywords) {
  static const char* const kNames[] = {"context", nullptr};
  PyObject* given = nullptr;
  if (PyArg_ParseTupleAndKeywords(args, keywords, "|O:find_distributions",
                                  const_cast<char**>(kNames), &given) == 0) {
    return nullptr;
  }
  return find_stored_distributions(given, nullptr);
}

// Whether `site` is about to run the lines of start files, with nothing behind site-packages yet.
bool is_reading_start_files(const InterpreterState& state) noexcept {
  PyObject* const sys_path = PySys_GetObject("path");
  PyObject* const modules = PySys_GetObject("modules");
  if (state.roots_are_on_path || sys_path == nullptr || !is_list(sys_path) || modules == nullptr ||
      PyDict_GetItemString(modules, "site") == nullptr) {
    return false;
  }
  const Py_ssize_t size = PyList_Size(sys_path);
  const PyRef last = PyRef::borrow(size > 0 ? PyList_GetItem(sys_path, size - 1) : nullptr);
  return last && is_text(last.get()) && known_site_finder(state, last.get()) != nullptr;
}

// Mostly nobody has this one, and then PathFinder has to be asked anyway.
constexpr std::string_view kRarelyThere = "usercustomize";

// (fullname, path=None, target=None): importlib itself gives all three by their places.
bool read_arguments(PyObject* args, PyObject* keywords, PyObject*& name, PyObject*& path) noexcept {
  if (keywords == nullptr && PyTuple_Size(args) == 3) {
    name = PyTuple_GetItem(args, 0);
    path = PyTuple_GetItem(args, 1);
    return true;
  }
  static const char* const kNames[] = {"fullname", "path", "target", nullptr};
  PyObject* target = nullptr;
  return PyArg_ParseTupleAndKeywords(args, keywords, "O|OO:find_spec", const_cast<char**>(kNames),
                                     &name, &path, &target) != 0;
}

PyObject* find_spec(PyObject* self, PyObject* args, PyObject* keywords) {
  PyObject* name = nullptr;
  PyObject* path = Py_None;
  if (!read_arguments(args, keywords, name, path)) {
    return nullptr;
  }
  const TextView text(name);
  InterpreterState* const state = InterpreterState::get();
  if (state == nullptr || text.empty()) {
    return PyRef::borrow(Py_None).release();
  }
  if (text.view() == kStartModule) {
    return make_start_module_spec(*state);
  }
  if (text.view() == kSiteCustomization) {
    return find_site_customization(*state, self, name);
  }
  if (is_reading_start_files(*state)) {
    insert_roots(*state);  // what a start file imports may walk sys.path
  }
  if (is_pkg_resources(text.view())) {
    return find_pkg_resources(*state, name, path);
  }
  if (text.view() == "shutil") {
    return find_shutil(*state, name, path);
  }
  if (is_metadata(text.view())) {
    return find_metadata(*state, name, path);
  }
  return text.view() == kRarelyThere ? PyRef::borrow(Py_None).release()
                                     : look_up(*state, self, name, path);
}

PyObject* invalidate_caches(PyObject* /*self*/, PyObject* /*unused*/) {
  StandardLibrary::get().forget();
  return PyRef::borrow(Py_None).release();
}

void dealloc(PyObject* object) {
  drop_attributes(object);
  deallocate(object);
}

PyGetSetDef properties[] = {
    {"__dict__", get_attributes, nullptr, nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr, nullptr},
};

PyMethodDef methods[] = {
    {"find_spec", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(find_spec)),
     METH_VARARGS | METH_KEYWORDS, nullptr},
    {"find_distributions",
     reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(find_distributions)),
     METH_VARARGS | METH_KEYWORDS, nullptr},
    {"invalidate_caches", invalidate_caches, METH_NOARGS, nullptr},
    {nullptr, nullptr, 0, nullptr},
};

}  // namespace

PyObject* make_meta_path_finder_type() noexcept {
  PyType_Slot slots[] = {
      {Py_tp_dealloc, reinterpret_cast<void*>(dealloc)},
      {Py_tp_methods, methods},
      {Py_tp_members, attributes_member()},
      {Py_tp_getset, properties},
      {0, nullptr},
  };
  PyType_Spec spec{"_pyenvlaunch.MetaPathFinder", object_size<Attributes>(), 0, Py_TPFLAGS_DEFAULT,
                   slots};
  return PyType_FromSpec(&spec);
}

}  // namespace pel
