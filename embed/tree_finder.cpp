#include "embed/tree_finder.hpp"

#include <cstdint>
#include <optional>

#include "embed/environment.hpp"
#include "embed/finder_methods.hpp"
#include "embed/finder_type.hpp"
#include "embed/module_lookup.hpp"
#include "embed/module_search.hpp"
#include "embed/optional_api.hpp"

namespace pel {
namespace {

// Answers for one directory of one stored tree. Immutable, as the tree is.
struct TreeFinder {
  FinderHead head;
  std::uint32_t tree;
  std::uint32_t directory;  // of the tree's INDEX; of a root it is asked when it is needed
  bool is_root;             // of what site-packages would hold: the table knows its names
};

TreeFinder* self_of(PyObject* object) noexcept {
  return members_of<TreeFinder>(object);
}

void dealloc(PyObject* object) {
  drop_finder_head(object);
  deallocate(object);
}

// Whether the table says that this tree has nothing of that top-level name. Spares a miss, which
// asks every tree of the environment, the mapping of their INDEX files.
bool table_excludes(const InterpreterState& state, const TreeFinder& self,
                    std::string_view name) noexcept {
  if (!self.is_root || state.has_other_suffixes) {
    return false;
  }
  const TableView& table = Environment::get().table();
  const auto record = table.find(name);
  if (!record) {
    return true;
  }
  for (std::uint32_t i = 0; i < record->owner_count; ++i) {
    if (table.owner(*record, i) == self.tree) {
      return false;
    }
  }
  return true;
}

// The INDEX and the directory in it; null when the tree cannot be mapped.
const IndexView* index_of(const TreeFinder& self, std::uint32_t& directory) noexcept {
  const MappedTree* const tree = Environment::get().tree(self.tree);
  if (tree == nullptr) {
    return nullptr;
  }
  directory = self.is_root ? tree->site_packages() : self.directory;
  return &tree->index();
}

PyObject* answer(PyObject* object, const FinderArguments& arguments) {
  const TreeFinder& self = *self_of(object);
  PyObject* const name_object = arguments.full_name;
  const TextView full_name(name_object);
  if (full_name.empty() || has_zero(full_name)) {
    return PyRef::borrow(Py_None).release();
  }
  const char* const name = last_component(full_name);
  const InterpreterState* const state = InterpreterState::get();
  if (state == nullptr || table_excludes(*state, self, name)) {
    return PyRef::borrow(Py_None).release();
  }
  std::uint32_t directory = index_format::kNone;
  const IndexView* const index = index_of(self, directory);
  if (index == nullptr || has_other_file_finder(*state)) {
    return answer_of_files(*state, self.head.path, arguments);  // the files themselves tell
  }
  const ModuleMatch match = find_module(*state, *index, directory, name);
  if (match.kind == ModuleMatch::Kind::none) {
    return PyRef::borrow(Py_None).release();
  }
  return make_spec(*state, name_object, name, self.head.path, match, nullptr);
}

PyObject* find_spec(PyObject* object, PyObject* args, PyObject* keywords) {
  FinderArguments arguments;
  return parse_find_spec(args, keywords, arguments) ? answer(object, arguments) : nullptr;
}

PyObject* iter_modules(PyObject* object, PyObject* args) {
  PyObject* prefix = nullptr;
  const PyRef empty = PyRef::steal(PyUnicode_FromString(""));
  if (!empty || PyArg_ParseTuple(args, "|U:iter_modules", &prefix) == 0) {
    return nullptr;
  }
  const TreeFinder& self = *self_of(object);
  const InterpreterState* const state = InterpreterState::get();
  std::uint32_t directory = index_format::kNone;
  const IndexView* const index = index_of(self, directory);
  PyRef list = PyRef::steal(PyList_New(0));
  if (!list || (state != nullptr && index != nullptr &&
                !list_modules(*state, *index, directory, prefix != nullptr ? prefix : empty.get(),
                              list.get()))) {
    return nullptr;
  }
  return PyObject_GetIter(list.get());
}

PyObject* invalidate_caches(PyObject* /*self*/, PyObject* /*unused*/) {
  return PyRef::borrow(Py_None).release();  // what cannot change needs no cache to be dropped
}

FinderMethods methods(find_spec, iter_modules, invalidate_caches);

}  // namespace

PyObject* make_tree_finder_type() noexcept {
  return make_finder_type("_pyenvlaunch.TreeFinder", object_size<TreeFinder>(), dealloc, methods);
}

PyRef tree_root(std::uint32_t tree) noexcept {
  const Environment& environment = Environment::get();
  return make_path({environment.store(), "/", environment.tree_folder(tree), "/",
                    environment.tree_id(tree), "/", index_format::kSitePackages});
}

PyObject* ask_tree_finder(PyObject* tree_finder, PyObject* full_name) noexcept {
  return answer(tree_finder, {.full_name = full_name});
}

PyObject* find_tree_finder(InterpreterState& state, PyObject* path) noexcept {
  const TextView text(path);
  Environment& environment = Environment::get();
  const Environment::Place place =
      text.empty() ? Environment::Place() : environment.locate(text.view());
  if (!place) {
    return PyRef::borrow(Py_None).release();
  }
  if (!update_suffixes(state)) {
    PyErr_Clear();  // FileFinder could do with them: what we know goes on being found
  }
  const bool is_root = place.below == index_format::kSitePackages;
  std::uint32_t number = index_format::kNone;
  if (!is_root) {
    const MappedTree* const tree = environment.tree(place.tree);
    const auto directory = tree != nullptr ? tree->index().directory(0, place.below) : std::nullopt;
    if (!directory) {
      return PyRef::borrow(Py_None).release();
    }
    number = *directory;
  }
  PyObject* const object =
      PyType_GenericAlloc(reinterpret_cast<PyTypeObject*>(state.tree_finder_type), 0);
  if (object == nullptr) {
    return nullptr;
  }
  TreeFinder& finder = *self_of(object);
  finder.head.path = PyRef::borrow(path).release();
  finder.tree = place.tree;
  finder.directory = number;
  finder.is_root = is_root;
  return object;
}

}  // namespace pel
