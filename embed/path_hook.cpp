#include "embed/path_hook.hpp"

#include <cstdio>

#include "embed/environment.hpp"
#include "embed/optional_api.hpp"
#include "embed/site_finder.hpp"
#include "embed/standard_loader.hpp"
#include "embed/tree_finder.hpp"

namespace pel {
namespace {

// A key of the thread's own dictionary: what others are asked about just now.
constexpr const char* kAskedKey = "_pyenvlaunch.asked";

PyRef asked_path() noexcept {
  PyObject* const own = PyThreadState_GetDict();
  return PyRef::borrow(own != nullptr ? PyDict_GetItemString(own, kAskedKey) : nullptr);
}

bool set_asked_path(PyObject* path) noexcept {
  PyObject* const own = PyThreadState_GetDict();
  return own != nullptr && PyDict_SetItemString(own, kAskedKey, path) == 0;
}

// The first finder that a hook between ours and FileFinder's has. Empty, without an exception when
// there is none; None, too, is an answer.
PyRef ask_hooks_between(const InterpreterState& state, PyObject* hooks, PyObject* path) noexcept {
  bool is_behind_ours = false;
  for (Py_ssize_t i = 0; i < PyList_Size(hooks); ++i) {
    const PyRef hook = PyRef::borrow(PyList_GetItem(hooks, i));
    if (hook.get() == state.lookup.file_hook) {
      break;
    }
    if (is_behind_ours && hook.get() != state.lookup.archive_hook) {
      PyRef finder = PyRef::steal(PyObject_CallFunctionObjArgs(hook.get(), path, nullptr));
      if (finder || PyErr_ExceptionMatches(PyExc_ImportError) == 0) {
        return finder;
      }
      PyErr_Clear();
    }
    is_behind_ours = is_behind_ours || hook.get() == state.lookup.path_hook;
  }
  return {};
}

// Ours answers in the place of FileFinder's, so whoever stands before that one comes first. Empty
// without an exception if nobody has an answer, or somebody asks all hooks himself and came by
// here.
PyRef ask_others(const InterpreterState& state, PyObject* path) noexcept {
  const PyRef hooks = PyRef::borrow(PySys_GetObject("path_hooks"));
  if (is_hook_first(state) || !hooks || !is_list(hooks.get())) {
    return {};
  }
  const PyRef outer = asked_path();
  if ((outer && is_text(outer.get()) && PyUnicode_Compare(outer.get(), path) == 0) ||
      !set_asked_path(path)) {
    return {};
  }
  PyRef finder = ask_hooks_between(state, hooks.get(), path);
  // The exception of a hook survives that.
  PyObject* error[3];
  PyErr_Fetch(&error[0], &error[1], &error[2]);
  if (!set_asked_path(outer ? outer.get() : Py_None)) {
    PyErr_Clear();
  }
  PyErr_Restore(error[0], error[1], error[2]);
  return finder;
}

// sys.path_hooks calls it with each new entry of a search path; ImportError means "not mine".
PyObject* path_hook(PyObject* /*self*/, PyObject* path) {
  InterpreterState* const state = InterpreterState::get();
  if (state != nullptr && is_text(path)) {
    PyRef theirs = ask_others(*state, path);
    if (theirs || PyErr_Occurred() != nullptr) {
      return theirs.release();
    }
    PyRef finder = PyRef::steal(find_tree_finder(*state, path));
    if (finder && finder.get() == Py_None) {
      finder = PyRef::steal(find_standard_finder(*state, path));
    }
    if (!finder || finder.get() != Py_None) {
      return finder.release();
    }
    finder = find_site_finder(*state, path);
    if (finder) {
      // Who has emptied sys.path_importer_cache expects a finder that knows nothing yet.
      return forget_site_packages(finder.get()) ? finder.release() : nullptr;
    }
  }
  PyErr_SetString(PyExc_ImportError, "not a directory of this environment's stored wheels");
  return nullptr;
}

PyMethodDef path_hook_method = {"path_hook_for_stored_wheels", path_hook, METH_O, nullptr};

bool insert_path_hook(InterpreterState& state) noexcept {
  PyObject* const hooks = PySys_GetObject("path_hooks");
  state.lookup.path_hook = PyCFunction_NewEx(&path_hook_method, nullptr, nullptr);
  return hooks != nullptr && state.lookup.path_hook != nullptr &&
         PyList_Insert(hooks, 0, state.lookup.path_hook) == 0;
}

bool insert_meta_path_entry(const InterpreterState& state) noexcept {
  PyObject* const meta_path = PySys_GetObject("meta_path");
  const PyRef external = PyRef::steal(PyImport_ImportModule("_frozen_importlib_external"));
  const PyRef path_finder =
      external ? PyRef::steal(PyObject_GetAttrString(external.get(), "PathFinder")) : PyRef();
  const PyRef entry = PyRef::steal(
      PyType_GenericAlloc(reinterpret_cast<PyTypeObject*>(state.meta_path_finder_type), 0));
  if (meta_path == nullptr || !path_finder || !entry) {
    return false;
  }
  Py_ssize_t position = 0;
  while (position < PyList_Size(meta_path) &&
         PyList_GetItem(meta_path, position) != path_finder.get()) {
    ++position;
  }
  return PyList_Insert(meta_path, position, entry.get()) == 0;
}

// From 3.11 on CPython knows the interpreter behind a virtual environment, and what makes nested
// environments links to that one. Before, it has no such notion on POSIX.
bool set_base_executable() noexcept {
  if (version_hex() < 0x030B0000) {
    return true;
  }
  const PyRef path = make_path({Environment::get().base_executable()});
  return path && PySys_SetObject("_base_executable", path.get()) == 0;
}

// CPython itself has put zipimport's before it since.
bool put_path_hook_first(const InterpreterState& state) noexcept {
  PyObject* const hooks = PySys_GetObject("path_hooks");
  for (Py_ssize_t i = 1; hooks != nullptr && i < PyList_Size(hooks); ++i) {
    if (PyList_GetItem(hooks, i) == state.lookup.path_hook) {
      return PyList_SetSlice(hooks, i, i + 1, nullptr) == 0 &&
             PyList_Insert(hooks, 0, state.lookup.path_hook) == 0;
    }
  }
  return PyErr_Occurred() == nullptr;
}

// Those that are there when a program starts.
void remember_usual_hooks(InterpreterState& state) noexcept {
  PyObject* const hooks = PySys_GetObject("path_hooks");
  const Py_ssize_t size = hooks != nullptr && is_list(hooks) ? PyList_Size(hooks) : 0;
  for (Py_ssize_t i = 0; i < size; ++i) {
    PyObject* const hook = PyList_GetItem(hooks, i);
    PyObject*& place = is_type(hook) ? state.lookup.archive_hook : state.lookup.file_hook;
    if (hook != state.lookup.path_hook) {
      drop(place);
      place = PyRef::borrow(hook).release();
    }
  }
}

bool claim_usual_site_packages(InterpreterState& state) noexcept {
  const PyRef path = site_packages_path();
  return path && claim_site_packages(state, path.get());
}

bool append_new(PyObject* list, PyObject* known, PyObject* path) noexcept {
  const int found = PySet_Contains(known, path);
  return found != 0 ? found > 0 : PySet_Add(known, path) == 0 && PyList_Append(list, path) == 0;
}

bool append_roots_to(PyObject* list, PyObject* known) noexcept {
  const TableView& table = Environment::get().table();
  for (std::uint32_t tree = 0; tree < table.trees().size(); ++tree) {
    const PyRef root = tree_root(tree);
    if (!root || !append_new(list, known, root.get())) {
      return false;
    }
  }
  for (std::size_t i = 0; i < table.source_paths().size(); ++i) {
    const PyRef path = make_path({table.text(table.source_paths()[i])});
    if (!path || !append_new(list, known, path.get())) {
      return false;
    }
  }
  return true;
}

// Behind site-packages; -1 when that is not there, or with an exception set. `known` gets all
// entries.
Py_ssize_t place_of_roots(const InterpreterState& state, PyObject* sys_path,
                          PyObject* known) noexcept {
  Py_ssize_t place = -1;
  for (Py_ssize_t i = 0; i < PyList_Size(sys_path); ++i) {
    PyObject* const entry = PyList_GetItem(sys_path, i);
    if (!is_text(entry)) {
      continue;
    }
    if (PySet_Add(known, entry) != 0) {
      return -1;
    }
    if (place < 0 && known_site_finder(state, entry) != nullptr) {
      place = i + 1;
    }
  }
  return place;
}

// Those that `seen` does not hold yet.
bool put_roots_at(PyObject* sys_path, Py_ssize_t place, PyObject* seen) noexcept {
  const PyRef roots = PyRef::steal(PyList_New(0));
  return roots && append_roots_to(roots.get(), seen) &&
         PyList_SetSlice(sys_path, place, place, roots.get()) == 0;
}

}  // namespace

bool install_finders(InterpreterState& state) noexcept {
  return adopt_standard_finders(state) && claim_usual_site_packages(state) &&
         insert_path_hook(state) && insert_meta_path_entry(state);
}

bool complete_finders(InterpreterState& state) noexcept {
  remember_usual_hooks(state);
  return put_path_hook_first(state) && set_base_executable();
}

bool is_hook_first(const InterpreterState& state) noexcept {
  PyObject* const hooks = PySys_GetObject("path_hooks");
  if (hooks == nullptr || !is_list(hooks)) {
    return false;
  }
  const Py_ssize_t size = PyList_Size(hooks);
  if (state.is_starting) {
    return size != 0;
  }
  Py_ssize_t i = 0;
  if (i == size || PyList_GetItem(hooks, i++) != state.lookup.path_hook) {
    return false;
  }
  if (i < size && PyList_GetItem(hooks, i) == state.lookup.archive_hook) {
    ++i;
  }
  return i < size && PyList_GetItem(hooks, i) == state.lookup.file_hook;
}

bool claim_site_packages(InterpreterState& state, PyObject* path) noexcept {
  PyObject* const known = PyDict_GetItemWithError(state.site_finders, path);
  PyRef finder = PyRef::borrow(known);
  if (!finder) {
    finder = PyErr_Occurred() == nullptr ? PyRef::steal(make_site_finder(state, path)) : PyRef();
    if (!finder || PyDict_SetItem(state.site_finders, path, finder.get()) != 0) {
      return false;
    }
  }
  PyObject* const cache = PySys_GetObject("path_importer_cache");
  return cache != nullptr && PyDict_SetItem(cache, path, finder.get()) == 0;
}

bool put_roots_on_path(InterpreterState& state, PyObject* known) noexcept {
  PyObject* const sys_path = PySys_GetObject("path");
  state.roots_are_on_path = true;
  if (sys_path == nullptr || !is_list(sys_path)) {
    return true;
  }
  const PyRef seen = known != Py_None ? PyRef::borrow(known) : PyRef::steal(PySet_New(nullptr));
  const Py_ssize_t place = seen ? place_of_roots(state, sys_path, seen.get()) : -1;
  return PyErr_Occurred() == nullptr &&
         put_roots_at(sys_path, place < 0 ? PyList_Size(sys_path) : place, seen.get());
}

void insert_roots(InterpreterState& state) noexcept {
  PyObject* const sys_path = PySys_GetObject("path");
  if (state.roots_are_on_path || sys_path == nullptr || !is_list(sys_path)) {
    return;
  }
  const PyRef seen = PyRef::steal(PySet_New(nullptr));
  const Py_ssize_t place = seen ? place_of_roots(state, sys_path, seen.get()) : -1;
  if (place >= 0 && put_roots_at(sys_path, place, seen.get())) {
    state.roots_are_on_path = true;
  }
  PyErr_Clear();
}

}  // namespace pel
