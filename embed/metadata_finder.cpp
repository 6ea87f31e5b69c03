#include "embed/metadata_finder.hpp"

#include <cstring>
#include <utility>

#include "embed/environment.hpp"
#include "embed/metadata_question.hpp"
#include "embed/metadata_support.hpp"
#include "embed/module_lookup.hpp"
#include "embed/optional_api.hpp"
#include "embed/path_hook.hpp"
#include "embed/pkg_resources_support.hpp"
#include "embed/shutil_support.hpp"
#include "embed/site_finder.hpp"
#include "embed/standard_library.hpp"
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

// Whether a distribution is of the metadata that `venv` puts into site-packages for other tools.
// Otherwise false; with an exception set if one came up that is not to be swallowed.
bool is_of_stand_in(PyObject* distribution) noexcept {
  const PyRef path = PyRef::steal(PyObject_GetAttrString(distribution, "_path"));
  const PyRef text = path ? PyRef::steal(PyObject_Str(path.get())) : PyRef();
  if (!text) {
    clear_ordinary_error();
    return false;
  }
  const TextView view(text.get());
  const std::size_t slash = view.view().rfind('/');
  return slash != std::string_view::npos &&
         is_stand_in(view.view().substr(0, slash), view.view().substr(slash + 1));
}

// What the standard finder finds in the real directory: a list; empty without a look when nothing
// is installed there.
PyRef real_distributions(const MetadataQuestion& question, PyObject* entry,
                         PyObject* site_finder) noexcept {
  const PyRef path = PyRef::steal(PyList_New(0));
  PyRef real = PyRef::steal(PyList_New(0));
  if (!path || !real || !has_real_distributions(site_finder)) {
    return real;
  }
  const PyRef found =
      PyList_Append(path.get(), entry) == 0 ? question.standard_answer(path.get()) : PyRef();
  for (Py_ssize_t i = 0; found && i < PyList_Size(found.get()); ++i) {
    PyObject* const distribution = PyList_GetItem(found.get(), i);
    if (!is_of_stand_in(distribution) &&
        (PyErr_Occurred() != nullptr || PyList_Append(real.get(), distribution) != 0)) {
      return {};
    }
  }
  return found ? std::move(real) : PyRef();
}

// Whether a distribution that really lies in site-packages replaces the stored one; -1 with an
// exception set if one came up that is not to be swallowed.
int is_replaced(PyObject* real, std::string_view normalized) noexcept {
  for (Py_ssize_t i = 0; i < PyList_Size(real); ++i) {
    const PyRef metadata =
        PyRef::steal(PyObject_GetAttrString(PyList_GetItem(real, i), "metadata"));
    const PyRef name =
        metadata ? PyRef::steal(PyMapping_GetItemString(metadata.get(), "Name")) : PyRef();
    if (!name) {
      clear_ordinary_error();  // a broken directory replaces nothing
      if (PyErr_Occurred() != nullptr) {
        return -1;
      }
      continue;
    }
    const TextView text(name.get());
    if (!text.empty() && same_name(text.view(), normalized)) {
      return 1;
    }
  }
  return 0;
}

// What distributions are made of.
struct DistributionTypes {
  PyRef store;         // its pathlib.Path: only what is below it has to be parsed for each
  PyRef distribution;  // PathDistribution of the module that asks

  [[nodiscard]] bool read(PyObject* metadata) noexcept {
    const PyRef pathlib = PyRef::steal(PyImport_ImportModule("pathlib"));
    const PyRef text = pathlib ? make_path({Environment::get().store()}) : PyRef();
    store =
        text ? PyRef::steal(PyObject_CallMethod(pathlib.get(), "Path", "O", text.get())) : PyRef();
    distribution =
        store ? PyRef::steal(PyObject_GetAttrString(metadata, "PathDistribution")) : PyRef();
    return static_cast<bool>(distribution);
  }
};

PyRef stored_distribution(const DistributionTypes& types,
                          const DistributionRecord& record) noexcept {
  const Environment& environment = Environment::get();
  const PyRef text =
      make_path({environment.tree_folder(record.tree), "/", environment.tree_id(record.tree), "/",
                 index_format::kSitePackages, "/", environment.table().text(record.dist_info)});
  const PyRef path =
      text ? PyRef::steal(PyObject_CallMethod(types.store.get(), "joinpath", "O", text.get()))
           : PyRef();
  return path ? PyRef::steal(
                    PyObject_CallFunctionObjArgs(types.distribution.get(), path.get(), nullptr))
              : PyRef();
}

bool append_stored(PyObject* metadata, PyObject* name, PyObject* real, PyObject* list) noexcept {
  const TableView& table = Environment::get().table();
  const TextView wanted(name);
  DistributionTypes types;
  if (!types.read(metadata)) {
    return false;
  }
  const auto distributions = table.distributions();
  for (std::size_t i = 0; i < distributions.size(); ++i) {
    const DistributionRecord record = distributions[i];
    const std::string_view normalized = table.text(record.normalized_name);
    if (record.dist_info.size == 0 || (!wanted.empty() && !same_name(wanted.view(), normalized))) {
      continue;
    }
    if (const int replaced = is_replaced(real, normalized); replaced != 0) {
      if (replaced < 0) {
        return false;
      }
      continue;
    }
    const PyRef distribution = stored_distribution(types, record);
    if (!distribution || PyList_Append(list, distribution.get()) != 0) {
      return false;
    }
  }
  return true;
}

bool extend(PyObject* list, PyObject* more) noexcept {
  const Py_ssize_t end = PyList_Size(list);
  return more != nullptr && PyList_SetSlice(list, end, end, more) == 0;
}

PyObject* find_distributions(PyObject* /*self*/, PyObject* args, PyObject* keywords) {
  static const char* const kNames[] = {"context", nullptr};
  PyObject* given = nullptr;
  if (PyArg_ParseTupleAndKeywords(args, keywords, "|O:find_distributions",
                                  const_cast<char**>(kNames), &given) == 0) {
    return nullptr;
  }
  return find_stored_distributions(given, nullptr);
}

// What `site` looks for when it has read all directories.
constexpr std::string_view kAfterDirectories = "sitecustomize";

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

bool is_frame_of(PyObject* frame, std::string_view function) noexcept {
  const PyRef code = PyRef::steal(PyObject_GetAttrString(frame, "f_code"));
  const PyRef name = code ? PyRef::steal(PyObject_GetAttrString(code.get(), "co_name")) : PyRef();
  const TextView text(name.get());
  return !text.empty() && text.view() == function;
}

// Whether an import statement of `site` asks, which takes no for an answer by ModuleNotFoundError;
// importlib.util.find_spec() wants None.
bool is_import_of_site() noexcept {
  auto* const innermost = reinterpret_cast<PyObject*>(PyEval_GetFrame());
  PyRef frame = PyRef::borrow(innermost);
  for (const std::string_view function :
       {"_find_spec", "_find_and_load_unlocked", "_find_and_load"}) {
    if (!frame || !is_frame_of(frame.get(), function)) {
      PyErr_Clear();
      return false;
    }
    frame = PyRef::steal(PyObject_GetAttrString(frame.get(), "f_back"));
  }
  const bool is_site = frame && is_frame_of(frame.get(), "execsitecustomize");
  PyErr_Clear();
  return is_site;
}

// `site` looks for its module in vain in nearly every start: along all roots, in Python code. What
// it would come to is known here. (The roots are behind site-packages, whose finder answers for
// them.)
PyObject* find_site_customization(InterpreterState& state, PyObject* self,
                                  PyObject* name) noexcept {
  const bool is_missing = Environment::get().table().source_paths().size() == 0 &&
                          is_import_of_site() && is_nowhere(state, self, name);
  insert_roots(state);
  if (!is_missing) {
    return PyRef::borrow(Py_None).release();
  }
  const PyRef message = PyRef::steal(PyUnicode_FromFormat("No module named %R", name));
  return message
             ? PyErr_SetImportErrorSubclass(PyExc_ModuleNotFoundError, message.get(), name, nullptr)
             : nullptr;
}

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
  if (state != nullptr) {
    if (text.view() == kStartModule) {
      return make_start_module_spec(*state);
    }
    if (text.view() == kAfterDirectories) {
      return find_site_customization(*state, self, name);
    }
    if (is_reading_start_files(*state)) {
      insert_roots(*state);  // what a start file imports may walk sys.path
    }
  }
  if (state != nullptr && is_pkg_resources(text.view())) {
    return find_pkg_resources(*state, name, path);
  }
  if (state != nullptr && text.view() == "shutil") {
    return find_shutil(*state, name, path);
  }
  if (state != nullptr && is_metadata(text.view())) {
    return find_metadata(*state, name, path);
  }
  return state != nullptr && !text.empty() && text.view() != kRarelyThere
             ? look_up(*state, self, name, path)
             : PyRef::borrow(Py_None).release();
}

PyObject* invalidate_caches(PyObject* /*self*/, PyObject* /*unused*/) {
  StandardLibrary::get().forget();
  return PyRef::borrow(Py_None).release();
}

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

PyObject* make_metadata_finder_type() noexcept {
  PyType_Slot slots[] = {
      {Py_tp_dealloc, reinterpret_cast<void*>(deallocate)},
      {Py_tp_methods, methods},
      {0, nullptr},
  };
  PyType_Spec spec{"_pyenvlaunch.MetadataFinder", bare_object_size(), 0, Py_TPFLAGS_DEFAULT, slots};
  return PyType_FromSpec(&spec);
}

PyObject* find_stored_distributions(PyObject* context, PyObject* metadata) noexcept {
  InterpreterState* const state = InterpreterState::get();
  const PyRef result = PyRef::steal(PyList_New(0));
  if (state == nullptr || !result) {
    return result ? PyObject_GetIter(result.get()) : nullptr;  // the interpreter is ending
  }
  MetadataQuestion question;
  if (!question.read(*state, context, metadata)) {
    return nullptr;
  }
  if (PyList_Size(question.sites.get()) == 0) {
    return PyObject_GetIter(result.get());
  }
  if (!extend(result.get(), question.standard_answer(question.before.get()).get())) {
    return nullptr;
  }
  for (Py_ssize_t i = 0; i < PyList_Size(question.sites.get()); ++i) {
    PyObject* const entry = PyList_GetItem(question.sites.get(), i);
    const PyRef finder = find_site_finder(*state, entry);
    if (!finder) {
      continue;  // the directory has gone since
    }
    const PyRef real = real_distributions(question, entry, finder.get());
    if (!extend(result.get(), real.get()) ||
        !append_stored(question.metadata.get(), question.name.get(), real.get(), result.get())) {
      return nullptr;
    }
  }
  question.answered();
  return PyObject_GetIter(result.get());
}

}  // namespace pel
