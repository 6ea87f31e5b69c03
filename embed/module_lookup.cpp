#include "embed/module_lookup.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <string_view>

#include "embed/module_search.hpp"
#include "embed/object_attributes.hpp"
#include "embed/optional_api.hpp"
#include "embed/path_hook.hpp"
#include "embed/site_finder.hpp"
#include "embed/source_loader.hpp"
#include "embed/standard_library.hpp"
#include "embed/standard_loader.hpp"
#include "embed/tree_finder.hpp"

namespace pel {
namespace {

using standard_format::ModuleKind;

// What an entry of a search path says.
enum class Answer { nothing, found, unknown, failed };

// One question, on its way along the path.
struct Question {
  InterpreterState& state;
  PyObject* full_name;
  PyRef tail;           // its last component, a str
  const char* name;     // the same
  PyObject* importers;  // sys.path_importer_cache
  PyRef spec;           // when found
};

// The same as a str.
PyRef last_component(PyObject* full_name) noexcept {
  const Py_ssize_t size = PyUnicode_GetLength(full_name);
  const Py_ssize_t dot = PyUnicode_FindChar(full_name, '.', 0, size, -1);
  return dot < 0 ? PyRef::borrow(full_name)
                 : PyRef::steal(PyUnicode_Substring(full_name, dot + 1, size));
}

bool same_function(PyObject* methods, PyObject* usual) noexcept {
  const PyRef now = PyRef::steal(PyMapping_GetItemString(methods, "find_spec"));
  PyErr_Clear();
  return now && now.get() == usual;
}

// Whether importlib would come to PathFinder next, and that to FileFinder as ever.
bool is_usual(const InterpreterState& state, PyObject* finder) noexcept {
  PyObject* const meta_path = PySys_GetObject("meta_path");
  if (meta_path == nullptr || !is_list(meta_path)) {
    return false;
  }
  const Py_ssize_t size = PyList_Size(meta_path);
  Py_ssize_t place = 0;
  while (place < size && PyList_GetItem(meta_path, place) != finder) {
    ++place;
  }
  return place + 1 < size && PyList_GetItem(meta_path, place + 1) == state.lookup.path_finder &&
         same_function(state.lookup.path_methods, state.lookup.path_find_spec) &&
         !has_other_file_finder(state) && !is_watched();
}

// What os.stat() makes of the time.
double seconds(const struct stat& status) noexcept {
  return static_cast<double>(status.st_mtim.tv_sec) +
         1e-9 * static_cast<double>(status.st_mtim.tv_nsec);
}

// Whether a FileFinder would find nothing of that name without listing its directory, which has
// this time (-1: there is none).
Answer ask_file_finder(const Question& question, PyObject* finder, double mtime) noexcept {
  const PyRef seen = PyRef::steal(PyObject_GetAttrString(finder, "_path_mtime"));
  const PyRef names = seen ? PyRef::steal(PyObject_GetAttrString(finder, "_path_cache")) : PyRef();
  const PyRef loaders = names ? PyRef::steal(PyObject_GetAttrString(finder, "_loaders")) : PyRef();
  const double seen_mtime = loaders ? PyFloat_AsDouble(seen.get()) : -1;
  Answer answer = Answer::nothing;
  if (!loaders || PyErr_Occurred() != nullptr || seen_mtime != mtime || !is_any_set(names.get()) ||
      !is_list(loaders.get())) {
    answer = Answer::unknown;
  } else if (PySet_Size(names.get()) != 0 &&
             PySet_Contains(names.get(), question.tail.get()) != 0) {
    answer = Answer::unknown;
  }
  const bool has_names = answer == Answer::nothing && PySet_Size(names.get()) != 0;
  for (Py_ssize_t i = 0; has_names && i < PyList_Size(loaders.get()); ++i) {
    PyObject* const pair = PyList_GetItem(loaders.get(), i);
    PyObject* const suffix = is_tuple(pair) ? PyTuple_GetItem(pair, 0) : nullptr;
    const PyRef file = suffix != nullptr && is_text(suffix)
                           ? PyRef::steal(PyUnicode_Concat(question.tail.get(), suffix))
                           : PyRef();
    if (!file || PySet_Contains(names.get(), file.get()) != 0) {
      answer = Answer::unknown;
      break;
    }
  }
  PyErr_Clear();
  return answer;
}

Answer ask_directory(const Question& question, PyObject* finder) noexcept {
  const PyRef path = PyRef::steal(PyObject_GetAttrString(finder, "path"));
  const TextView text(path.get());
  PyErr_Clear();
  if (text.empty() || text.view().empty()) {
    return Answer::unknown;
  }
  struct stat status{};
  const bool is_there = ::stat(text.c_str(), &status) == 0;
  return ask_file_finder(question, finder, is_there ? seconds(status) : -1);
}

bool remember_working_directory(const Question& question, const struct stat& status) noexcept {
  char path[PATH_MAX];
  if (::getcwd(path, sizeof path) == nullptr) {
    return false;
  }
  LookupState& lookup = question.state.lookup;
  const PyRef text = PyRef::steal(PyUnicode_DecodeFSDefault(path));
  PyObject* const finder = text ? PyDict_GetItemWithError(question.importers, text.get()) : nullptr;
  PyErr_Clear();
  if (finder == nullptr || !is_of_type(finder, question.state.file_finder)) {
    return false;
  }
  const PyRef old_path = PyRef::steal(lookup.working_directory);
  const PyRef old_finder = PyRef::steal(lookup.working_finder);
  lookup.working_directory = PyRef::borrow(text.get()).release();
  lookup.working_finder = PyRef::borrow(finder).release();
  lookup.working_device = status.st_dev;
  lookup.working_inode = status.st_ino;
  return true;
}

// The entry "": whatever directory the process is in.
Answer ask_working_directory(const Question& question) noexcept {
  const LookupState& lookup = question.state.lookup;
  struct stat status{};
  if (::stat(".", &status) != 0) {
    return Answer::unknown;
  }
  const bool is_known = lookup.working_finder != nullptr &&
                        lookup.working_device == status.st_dev &&
                        lookup.working_inode == status.st_ino &&
                        PyDict_GetItemWithError(question.importers, lookup.working_directory) ==
                            lookup.working_finder;
  if (!is_known && !remember_working_directory(question, status)) {
    PyErr_Clear();
    return Answer::unknown;
  }
  return ask_file_finder(question, lookup.working_finder, seconds(status));
}

// What our own finders say: a spec or None. Part of a namespace package is left to PathFinder.
Answer judge(Question& question, PyObject* answer) noexcept {
  PyRef spec = PyRef::steal(answer);
  if (!spec) {
    return Answer::failed;
  }
  if (spec.get() == Py_None) {
    return Answer::nothing;
  }
  const PyRef loader = PyRef::steal(PyObject_GetAttrString(spec.get(), "loader"));
  if (!loader || loader.get() == Py_None) {
    PyErr_Clear();
    return Answer::unknown;
  }
  question.spec = std::move(spec);
  return Answer::found;
}

const InterpreterState::Suffix* suffix_of(const InterpreterState& state,
                                          std::string_view text) noexcept {
  for (std::size_t i = 0; i < state.suffix_count; ++i) {
    if (state.suffixes[i].view() == text) {
      return &state.suffixes[i];
    }
  }
  return nullptr;
}

Answer ask_standard_directory(Question& question, PyObject* entry, PyObject* finder) noexcept {
  const TextView root(question.state.standard_library);
  const TextView path(entry);
  StandardLibrary& library = StandardLibrary::get();
  if (root.empty() || path.empty() || !path.view().starts_with(root.view())) {
    return Answer::unknown;
  }
  const std::string_view rest = path.view().substr(root.view().size());
  const auto directory = rest.size() == 1
                             ? std::nullopt
                             : library.directory(root.view(), rest.substr(rest.empty() ? 0 : 1));
  if (!directory) {
    return ask_directory(question, finder);
  }
  const auto module = library.module(*directory, question.name);
  if (!module) {
    return Answer::nothing;
  }
  const InterpreterState::Suffix* const suffix =
      module->kind == ModuleKind::other
          ? nullptr
          : suffix_of(question.state,
                      module->kind == ModuleKind::extension ? library.text(module->suffix) : ".py");
  if (suffix == nullptr) {
    return Answer::unknown;
  }
  const ModuleMatch match{
      module->kind == ModuleKind::package ? ModuleMatch::Kind::package : ModuleMatch::Kind::module,
      suffix, question.state.standard_loader};
  return judge(question,
               make_spec(question.state, question.full_name, question.name, entry, match, nullptr));
}

// Whether nothing has that path, nor is any file on its way: then neither zipimport nor FileFinder
// has a finder for it.
bool is_not_there(PyObject* path) noexcept {
  const TextView text(path);
  struct stat status{};
  return !text.empty() && !text.view().empty() && ::stat(text.c_str(), &status) != 0 &&
         errno == ENOENT;
}

// PathFinder asks the hooks once about an entry. Empty when it has to, or with an exception that
// ends the program.
PyRef new_finder(const Question& question, PyObject* entry) noexcept {
  if (!is_hook_first(question.state)) {
    return {};
  }
  PyRef finder = PyRef::steal(find_tree_finder(question.state, entry));
  if (finder && finder.get() == Py_None) {
    finder = PyRef::steal(find_standard_finder(question.state, entry));
  }
  // The library's archive, say. Later on somebody else's hook may answer for what is not there.
  const bool is_nothing =
      finder && finder.get() == Py_None && question.state.is_starting && is_not_there(entry);
  if (!finder || (finder.get() == Py_None && !is_nothing) ||
      PyDict_SetItem(question.importers, entry, finder.get()) != 0) {
    clear_ordinary_error();
    return {};
  }
  return finder;
}

Answer ask(Question& question, PyObject* entry) noexcept {
  if (!is_text(entry)) {
    return Answer::unknown;
  }
  if (PyUnicode_GetLength(entry) == 0) {
    return ask_working_directory(question);
  }
  const InterpreterState& state = question.state;
  PyRef finder = PyRef::borrow(PyDict_GetItemWithError(question.importers, entry));
  if (!finder) {
    PyErr_Clear();
    finder = new_finder(question, entry);
  }
  if (!finder) {
    return PyErr_Occurred() == nullptr ? Answer::unknown : Answer::failed;
  }
  if (finder.get() == Py_None) {
    return Answer::nothing;
  }
  auto* const type = reinterpret_cast<PyObject*>(type_of(finder.get()));
  const bool is_ours = type == state.tree_finder_type || type == state.site_finder_type;
  if (is_ours && has_attributes(finder.get())) {
    return Answer::unknown;  // another find_spec, say
  }
  if (type == state.tree_finder_type) {
    return judge(question, ask_tree_finder(finder.get(), question.full_name));
  }
  if (type == state.site_finder_type) {
    return judge(question, ask_site_finder(finder.get(), question.full_name));
  }
  if (type != state.file_finder) {
    return Answer::unknown;
  }
  PyObject* const ours = PyDict_GetItemWithError(state.lookup.standard_finders, entry);
  return ours == finder.get() ? ask_standard_directory(question, entry, finder.get())
                              : ask_directory(question, finder.get());
}

}  // namespace

bool has_other_file_finder(const InterpreterState& state) noexcept {
  return !same_function(state.lookup.file_methods, state.lookup.file_find_spec);
}

bool prepare_lookup(InterpreterState& state) noexcept {
  LookupState& lookup = state.lookup;
  const PyRef external = PyRef::steal(PyImport_ImportModule("_frozen_importlib_external"));
  lookup.path_finder = external ? PyObject_GetAttrString(external.get(), "PathFinder") : nullptr;
  lookup.standard_finders = PyDict_New();
  if (lookup.path_finder == nullptr || lookup.standard_finders == nullptr) {
    return false;
  }
  lookup.path_methods = PyObject_GetAttrString(lookup.path_finder, "__dict__");
  lookup.file_methods = PyObject_GetAttrString(state.file_finder, "__dict__");
  if (lookup.path_methods == nullptr || lookup.file_methods == nullptr) {
    return false;
  }
  lookup.path_find_spec = PyMapping_GetItemString(lookup.path_methods, "find_spec");
  lookup.file_find_spec = PyMapping_GetItemString(lookup.file_methods, "find_spec");
  return lookup.path_find_spec != nullptr && lookup.file_find_spec != nullptr;
}

namespace {

// Asks one entry of the path after the other, until one has something to say.
Answer ask_along(InterpreterState& state, PyObject* finder, PyObject* full_name, PyObject* path,
                 PyRef& spec) noexcept {
  if (is_free_threaded()) {
    return Answer::unknown;  // what is borrowed here another thread may free meanwhile
  }
  // Held, for what is asked may run Python code, which may put others in their places.
  const PyRef importers = PyRef::borrow(PySys_GetObject("path_importer_cache"));
  const PyRef list = PyRef::borrow(path == Py_None ? PySys_GetObject("path") : path);
  const TextView text(full_name);
  if (text.empty() || has_zero(text) || !list || !is_list(list.get()) || !importers ||
      !is_dict(importers.get()) || !is_usual(state, finder)) {
    return Answer::unknown;
  }
  Question question{.state = state,
                    .full_name = full_name,
                    .tail = last_component(full_name),
                    .name = last_component(text),
                    .importers = importers.get(),
                    .spec = {}};
  if (!question.tail) {
    return Answer::failed;
  }
  Answer answer = Answer::nothing;
  for (Py_ssize_t i = 0; answer == Answer::nothing && i < PyList_Size(list.get()); ++i) {
    const PyRef entry = PyRef::borrow(PyList_GetItem(list.get(), i));
    answer = ask(question, entry.get());
  }
  spec = std::move(question.spec);
  return answer;
}

}  // namespace

PyObject* look_up(InterpreterState& state, PyObject* finder, PyObject* full_name,
                  PyObject* path) noexcept {
  PyRef spec;
  const Answer answer = ask_along(state, finder, full_name, path, spec);
  if (answer == Answer::failed) {
    return nullptr;
  }
  return answer == Answer::found ? spec.release() : PyRef::borrow(Py_None).release();
}

bool is_nowhere(InterpreterState& state, PyObject* finder, PyObject* name) noexcept {
  PyRef spec;
  PyObject* const meta_path = PySys_GetObject("meta_path");
  const Py_ssize_t size = meta_path != nullptr && is_list(meta_path) ? PyList_Size(meta_path) : 0;
  if (size < 2 || PyList_GetItem(meta_path, size - 2) != finder) {
    return false;  // somebody else is asked behind PathFinder
  }
  const Answer answer = ask_along(state, finder, name, Py_None, spec);
  PyErr_Clear();
  return answer == Answer::nothing;
}

}  // namespace pel
