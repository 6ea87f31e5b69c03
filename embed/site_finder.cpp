#include "embed/site_finder.hpp"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <utility>

#include "embed/environment.hpp"
#include "embed/finder_methods.hpp"
#include "embed/finder_type.hpp"
#include "embed/module_lookup.hpp"
#include "embed/module_search.hpp"
#include "embed/optional_api.hpp"
#include "embed/tree_finder.hpp"
#include "store/base/path.hpp"

namespace pel {
namespace {

constexpr std::string_view kDistInfo = ".dist-info";
constexpr std::string_view kSitePackages = "site-packages";

using table_format::NameKind;
using table_format::NameRecord;

// Answers for the one directory that stands for a virtual environment's site-packages: first with
// the files that really lie in it, then with the table.
struct SiteFinder {
  FinderHead head;
  PyObject* file_finder;            // importlib's finder of the real directory
  std::atomic<std::uint64_t> seen;  // the directory's time above, and what is known of it then
};

// Low bits of what has been seen. All in one word: threads without a GIL look at the directory at
// the same time, and a child that one of them forks can wait for no other.
constexpr std::uint64_t kHasFiles = 1;  // other than metadata and start files: modules may be there
constexpr std::uint64_t kKnowsMetadata = 2;  // whether the next has been looked for
constexpr std::uint64_t kHasMetadata = 4;
constexpr unsigned kTimeShift = 3;
constexpr std::uint64_t kNothingSeen = ~std::uint64_t{0};

SiteFinder* self_of(PyObject* object) noexcept {
  return members_of<SiteFinder>(object);
}

void dealloc(PyObject* object) {
  drop_finder_head(object);
  drop(self_of(object)->file_finder);
  deallocate(object);
}

// Metadata, which is asked for apart, start files, and directories such as "name.libs" or
// "name.scripts", whose name is no module's.
bool holds_no_module(const dirent& entry, std::string_view name) noexcept {
  return name == "." || name == ".." || name.ends_with(".pth") || name.ends_with(".start") ||
         name.ends_with(kDistInfo) ||
         (entry.d_type == DT_DIR && name.find('.') != std::string_view::npos &&
          !name.ends_with(".egg-info") && !name.ends_with(".egg"));
}

bool only_start_files(const char* path) noexcept {
  DIR* const directory = ::opendir(path);
  if (directory == nullptr) {
    return true;
  }
  bool only = true;
  while (const dirent* const entry = ::readdir(directory)) {
    const std::string_view name = entry->d_name;
    if (!holds_no_module(*entry, name)) {
      only = false;
      break;
    }
  }
  ::closedir(directory);
  return only;
}

bool has_installed_metadata(const char* path) noexcept {
  DIR* const directory = ::opendir(path);
  if (directory == nullptr) {
    return false;
  }
  bool found = false;
  while (const dirent* const entry = found ? nullptr : ::readdir(directory)) {
    const std::string_view name = entry->d_name;
    found = name.ends_with(kDistInfo) && !is_stand_in(path, name);
  }
  ::closedir(directory);
  return found;
}

// What is there now.
std::uint64_t look(SiteFinder& self, const TextView& path) noexcept {
  struct stat status{};
  if (path.empty() || ::stat(path.c_str(), &status) != 0) {
    self.seen.store(kNothingSeen, std::memory_order_relaxed);  // it may come back as it was
    return kKnowsMetadata;
  }
  constexpr std::uint64_t kNanoseconds = 1'000'000'000;
  const std::uint64_t time = (static_cast<std::uint64_t>(status.st_mtim.tv_sec) * kNanoseconds +
                              static_cast<std::uint64_t>(status.st_mtim.tv_nsec))
                             << kTimeShift;
  std::uint64_t seen = self.seen.load(std::memory_order_relaxed);
  if (seen >> kTimeShift != time >> kTimeShift) {
    seen = time | (only_start_files(path.c_str()) ? 0 : kHasFiles);
    self.seen.store(seen, std::memory_order_relaxed);
  }
  return seen;
}

bool has_real_files(SiteFinder& self) noexcept {
  return (look(self, TextView(self.head.path)) & kHasFiles) != 0;
}

// The directories of that name in the trees that hold part of this package, from one on.
PyRef locations_from(std::uint32_t first, const NameRecord& record, const char* name) noexcept {
  PyRef list = PyRef::steal(PyList_New(0));
  for (std::uint32_t i = first; list && i < record.owner_count; ++i) {
    const std::uint32_t tree = Environment::get().table().owner(record, i);
    if (tree == TableView::kNoTree) {
      continue;
    }
    const PyRef root = tree_root(tree);
    const PyRef path = root ? extend_path(root.get(), {"/", name}) : PyRef();
    if (!path || PyList_Append(list.get(), path.get()) != 0) {
      return {};
    }
  }
  return list;
}

// The path that is being searched: what PathFinder is going along, by its frame, else sys.path.
PyRef searched_path() noexcept {
  auto* const frame = reinterpret_cast<PyObject*>(PyEval_GetFrame());
  const PyRef code =
      frame != nullptr ? PyRef::steal(PyObject_GetAttrString(frame, "f_code")) : PyRef();
  const PyRef name = code ? PyRef::steal(PyObject_GetAttrString(code.get(), "co_name")) : PyRef();
  const TextView text(name.get());
  PyRef path;
  if (!text.empty() && text.view() == "_get_spec") {
    const PyRef members = PyRef::steal(PyObject_GetAttrString(frame, "f_locals"));
    path = members ? PyRef::steal(PyMapping_GetItemString(members.get(), "path")) : PyRef();
  }
  PyErr_Clear();
  return path && is_list(path.get()) ? std::move(path) : PyRef::borrow(PySys_GetObject("path"));
}

// Takes out what a root answers for that is searched as well. False with an exception set.
bool remove_searched(PyObject* locations, const NameRecord& record) noexcept {
  const PyRef path = searched_path();
  std::uint32_t place = 0;
  for (std::uint32_t i = 0; path && i < record.owner_count; ++i) {
    const std::uint32_t tree = Environment::get().table().owner(record, i);
    if (tree == TableView::kNoTree) {
      continue;
    }
    const PyRef root = tree_root(tree);
    const int found = root ? PySequence_Contains(path.get(), root.get()) : -1;
    if (found < 0 || (found > 0 && PyList_SetSlice(locations, place, place + 1, nullptr) != 0)) {
      return false;
    }
    place += found > 0 ? 0 : 1;
  }
  return true;
}

// Of a namespace package. Portions below roots that are on the path as well are left to these, or
// PathFinder would count each of them twice. A program may search site-packages alone, or have put
// together a sys.path of its own.
PyObject* portions(const InterpreterState& state, PyObject* full_name, const NameRecord& record,
                   const char* name) {
  const PyRef locations = locations_from(0, record, name);
  if (!locations || (state.roots_are_on_path && !remove_searched(locations.get(), record))) {
    return nullptr;
  }
  if (PyList_Size(locations.get()) == 0) {
    return PyRef::borrow(Py_None).release();
  }
  PyRef spec = PyRef::steal(PyObject_CallFunction(state.module_spec, "OO", full_name, Py_None));
  return spec && PyObject_SetAttrString(spec.get(), "submodule_search_locations",
                                        locations.get()) == 0
             ? spec.release()
             : nullptr;
}

// A new reference to a spec, or to None.
PyObject* spec_from_table(const InterpreterState& state, const FinderArguments& arguments,
                          const char* name) {
  PyObject* const full_name = arguments.full_name;
  Environment& environment = Environment::get();
  const auto record = environment.table().find(name);
  if (!record) {
    return PyRef::borrow(Py_None).release();
  }
  const std::uint32_t number = environment.table().owner(*record, 0);
  if (has_other_file_finder(state)) {
    const PyRef place = tree_root(number);
    PyRef spec = place ? PyRef::steal(answer_of_files(state, place.get(), arguments)) : PyRef();
    if (!spec || spec.get() == Py_None || record->kind != NameKind::name_space) {
      return spec.release();
    }
  }
  if (record->kind == NameKind::name_space) {
    return portions(state, full_name, *record, name);
  }
  const MappedTree* const tree = environment.tree(number);
  if (tree == nullptr) {
    return PyRef::borrow(Py_None).release();  // the root on sys.path answers, from its files
  }
  const ModuleMatch match = find_module(state, tree->index(), tree->site_packages(), name);
  if (match.kind == ModuleMatch::Kind::none) {
    return PyRef::borrow(Py_None).release();
  }
  const PyRef root = tree_root(number);
  const PyRef others = record->owner_count > 1 ? locations_from(1, *record, name) : PyRef();
  if (!root || (record->owner_count > 1 && !others)) {
    return nullptr;
  }
  return make_spec(state, full_name, name, root.get(), match, others.get());
}

PyObject* answer(PyObject* object, const FinderArguments& arguments) {
  SiteFinder& self = *self_of(object);
  PyObject* const name_object = arguments.full_name;
  const InterpreterState* const state = InterpreterState::get();
  const TextView full_name(name_object);
  if (state == nullptr || full_name.empty() || has_zero(full_name)) {
    return PyRef::borrow(Py_None).release();
  }
  PyRef real;
  if (has_real_files(self)) {
    real = PyRef::steal(
        PyObject_CallMethod(self.file_finder, "find_spec", "OO", name_object, arguments.target));
    const PyRef loader = real && real.get() != Py_None
                             ? PyRef::steal(PyObject_GetAttrString(real.get(), "loader"))
                             : PyRef();
    if (!real || (loader && loader.get() != Py_None)) {
      return real.release();
    }
    if (PyErr_Occurred() != nullptr) {
      return nullptr;
    }
  }
  const char* const name = last_component(full_name);
  PyRef spec = PyRef::steal(spec_from_table(*state, arguments, name));
  if (spec && spec.get() == Py_None && real) {
    return real.release();  // a namespace portion in the real directory
  }
  return spec.release();
}

PyObject* find_spec(PyObject* object, PyObject* args, PyObject* keywords) {
  FinderArguments arguments;
  return parse_find_spec(args, keywords, arguments) ? answer(object, arguments) : nullptr;
}

std::string_view without_slashes(std::string_view path) noexcept {
  while (path.size() > 1 && path.ends_with('/')) {
    path.remove_suffix(1);
  }
  return path;
}

// Whether it is that directory, by whatever path.
bool is_site_packages(const TextView& path) noexcept {
  const PyRef ours = site_packages_path();
  const TextView text(ours.get());
  struct stat one{};
  struct stat other{};
  return !text.empty() && ::stat(path.c_str(), &one) == 0 && ::stat(text.c_str(), &other) == 0 &&
         one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

bool append_real_modules(const SiteFinder& self, PyObject* prefix, PyObject* list) noexcept {
  const PyRef pkgutil = PyRef::steal(PyImport_ImportModule("pkgutil"));
  const PyRef modules =
      pkgutil ? PyRef::steal(PyObject_CallMethod(pkgutil.get(), "iter_importer_modules", "OO",
                                                 self.file_finder, prefix))
              : PyRef();
  const PyRef added = modules ? PyRef::steal(PySequence_List(modules.get())) : PyRef();
  return added && PyList_SetSlice(list, 0, 0, added.get()) == 0;
}

bool append_table_modules(PyObject* prefix, PyObject* list) noexcept {
  const TableView& table = Environment::get().table();
  for (std::size_t i = 0; i < table.names().size(); ++i) {
    const NameRecord record = table.names()[i];
    if (record.kind == NameKind::name_space) {
      continue;
    }
    const std::string_view name = table.text(record.name);
    const PyRef text = PyRef::steal(
        PyUnicode_DecodeFSDefaultAndSize(name.data(), static_cast<Py_ssize_t>(name.size())));
    const PyRef full = text ? PyRef::steal(PyUnicode_Concat(prefix, text.get())) : PyRef();
    const PyRef item =
        full ? PyRef::steal(PyTuple_Pack(2, full.get(),
                                         record.kind == NameKind::package ? Py_True : Py_False))
             : PyRef();
    if (!item || PyList_Append(list, item.get()) != 0) {
      return false;
    }
  }
  return true;
}

PyObject* iter_modules(PyObject* object, PyObject* args) {
  PyRef prefix = PyRef::steal(PyUnicode_FromString(""));
  PyObject* given = nullptr;
  if (!prefix || PyArg_ParseTuple(args, "|U:iter_modules", &given) == 0) {
    return nullptr;
  }
  if (given != nullptr) {
    prefix = PyRef::borrow(given);
  }
  SiteFinder& self = *self_of(object);
  const PyRef list = PyRef::steal(PyList_New(0));
  if (!list || !append_table_modules(prefix.get(), list.get()) ||
      (has_real_files(self) && !append_real_modules(self, prefix.get(), list.get()))) {
    return nullptr;
  }
  return PyObject_GetIter(list.get());
}

PyObject* invalidate_caches(PyObject* object, PyObject* /*unused*/) {
  SiteFinder& self = *self_of(object);
  self.seen.store(kNothingSeen, std::memory_order_relaxed);
  return PyObject_CallMethod(self.file_finder, "invalidate_caches", nullptr);
}

FinderMethods methods(find_spec, iter_modules, invalidate_caches);

}  // namespace

PyObject* make_site_finder_type() noexcept {
  return make_finder_type("_pyenvlaunch.SiteFinder", object_size<SiteFinder>(), dealloc, methods);
}

PyObject* make_site_finder(InterpreterState& state, PyObject* path) noexcept {
  PyRef file_finder = make_file_finder(state, path);
  // Absolute, whatever the working directory will be.
  PyRef own_path =
      file_finder ? PyRef::steal(PyObject_GetAttrString(file_finder.get(), "path")) : PyRef();
  if (!own_path) {
    return nullptr;
  }
  PyObject* const object =
      PyType_GenericAlloc(reinterpret_cast<PyTypeObject*>(state.site_finder_type), 0);
  if (object == nullptr) {
    return nullptr;
  }
  SiteFinder& finder = *self_of(object);
  finder.head.path = own_path.release();
  finder.file_finder = file_finder.release();
  finder.seen.store(kNothingSeen, std::memory_order_relaxed);
  return object;
}

PyRef site_packages_path() noexcept {
  const Environment& environment = Environment::get();
  const std::string_view version =
      environment.table().text(environment.table().environment().python_version);
  const std::size_t minor = version.find('.');
  const std::size_t end = minor == std::string_view::npos ? minor : version.find('.', minor + 1);
  return make_path({environment.prefix(), "/lib/python", version.substr(0, end),
                    is_free_threaded() ? "t" : "", "/", kSitePackages});
}

PyObject* known_site_finder(const InterpreterState& state, PyObject* entry) noexcept {
  const PyRef path = PyRef::steal(PyOS_FSPath(entry));
  const TextView text(path.get());
  const std::string_view name = without_slashes(text.view());
  const PyRef plain = text.empty() || name.size() == text.view().size() ? PyRef::borrow(path.get())
                                                                        : make_path({name});
  PyObject* const found = plain && is_text(plain.get())
                              ? PyDict_GetItemWithError(state.site_finders, plain.get())
                              : nullptr;
  PyErr_Clear();
  return found;
}

PyRef find_site_finder(InterpreterState& state, PyObject* entry) noexcept {
  PyRef finder = PyRef::borrow(known_site_finder(state, entry));
  if (finder) {
    return finder;
  }
  const PyRef path = PyRef::steal(PyOS_FSPath(entry));
  const TextView text(path.get());
  if (name_of(without_slashes(text.view())) == kSitePackages && is_site_packages(text)) {
    finder = PyRef::steal(make_site_finder(state, path.get()));
  }
  PyErr_Clear();
  return finder;
}

bool forget_site_packages(PyObject* site_finder) noexcept {
  return static_cast<bool>(PyRef::steal(invalidate_caches(site_finder, nullptr)));
}

PyObject* ask_site_finder(PyObject* site_finder, PyObject* full_name) noexcept {
  return answer(site_finder, {.full_name = full_name});
}

bool has_real_distributions(PyObject* site_finder) noexcept {
  SiteFinder& self = *self_of(site_finder);
  const TextView path(self.head.path);
  std::uint64_t seen = look(self, path);
  if ((seen & (kHasFiles | kKnowsMetadata)) == 0) {
    seen |= kKnowsMetadata | (has_installed_metadata(path.c_str()) ? kHasMetadata : 0);
    self.seen.store(seen, std::memory_order_relaxed);
  }
  return (seen & (kHasFiles | kHasMetadata)) != 0;
}

bool is_stand_in(std::string_view directory, std::string_view name) noexcept {
  const TableView& table = Environment::get().table();
  const auto distributions = table.distributions();
  bool is_stored = false;
  for (std::size_t i = 0; !is_stored && i < distributions.size(); ++i) {
    is_stored = table.text(distributions[i].dist_info) == name;
  }
  char record[PATH_MAX];
  const int size = is_stored ? std::snprintf(record, sizeof record, "%.*s/%.*s/RECORD",
                                             static_cast<int>(directory.size()), directory.data(),
                                             static_cast<int>(name.size()), name.data())
                             : -1;
  return size > 0 && static_cast<std::size_t>(size) < sizeof record && ::access(record, F_OK) != 0;
}

}  // namespace pel
