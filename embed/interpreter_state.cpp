#include "embed/interpreter_state.hpp"

#include <climits>
#include <cstring>

#include "embed/bytecode_helper.hpp"
#include "embed/environment.hpp"
#include "embed/meta_path_finder.hpp"
#include "embed/module_lookup.hpp"
#include "embed/optional_api.hpp"
#include "embed/pack_loader.hpp"
#include "embed/path_hook.hpp"
#include "embed/site_finder.hpp"
#include "embed/source_loader.hpp"
#include "embed/standard_loader.hpp"
#include "embed/tree_finder.hpp"

namespace pel {
namespace {

constexpr const char* kStateKey = "_pyenvlaunch.state";

InterpreterState* state_of(PyObject* object) noexcept {
  return members_of<InterpreterState>(object);
}

void dealloc(PyObject* object) {
  InterpreterState& state = *state_of(object);
  for (PyObject* const member : {state.module_spec,
                                 state.pack_loader,
                                 state.extension_loader,
                                 state.sourceless_loader,
                                 state.file_finder,
                                 state.supported_loaders,
                                 state.tree_finder_type,
                                 state.site_finder_type,
                                 state.meta_path_finder_type,
                                 state.standard_loaders,
                                 state.loader_list,
                                 state.stored_loaders,
                                 state.standard_library,
                                 state.source_loader,
                                 state.standard_loader,
                                 state.load_code,
                                 state.fix_file_name,
                                 state.code_type,
                                 state.collection.own_thresholds,
                                 state.collection.usual_execute,
                                 state.collection.execute_name,
                                 state.collection.builtins_name,
                                 state.site_finders,
                                 state.lookup.path_finder,
                                 state.lookup.path_methods,
                                 state.lookup.path_find_spec,
                                 state.lookup.file_methods,
                                 state.lookup.file_find_spec,
                                 state.lookup.path_hook,
                                 state.lookup.file_hook,
                                 state.lookup.archive_hook,
                                 state.lookup.standard_finders,
                                 state.lookup.working_directory,
                                 state.lookup.working_finder}) {
    drop(member);
  }
  for (std::size_t i = 0; i < LoaderMethods::kCount; ++i) {
    drop(state.loader_methods.names[i]);
    drop(state.loader_methods.usual[i]);
  }
  drop(state.loader_methods.real_class);
  deallocate(object);
}

PyRef new_state() noexcept {
  PyType_Slot slots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(dealloc)}, {0, nullptr}};
  PyType_Spec spec{"_pyenvlaunch.State", object_size<InterpreterState>(), 0, Py_TPFLAGS_DEFAULT,
                   slots};
  const PyRef type = PyRef::steal(PyType_FromSpec(&spec));
  return type ? PyRef::steal(PyType_GenericAlloc(reinterpret_cast<PyTypeObject*>(type.get()), 0))
              : PyRef();
}

using Suffix = InterpreterState::Suffix;

struct SuffixList {
  Suffix items[InterpreterState::kMaxSuffixes];
  std::uint8_t size = 0;
};

bool add_suffix(SuffixList& list, PyObject* suffix, InterpreterState::SuffixKind kind) noexcept {
  const TextView text(suffix);
  if (text.empty() || list.size == InterpreterState::kMaxSuffixes ||
      text.view().size() >= sizeof Suffix::text) {
    PyErr_SetString(PyExc_SystemError, "more or longer module suffixes than ever seen");
    return false;
  }
  Suffix& item = list.items[list.size++];
  std::memcpy(item.text, text.c_str(), text.view().size() + 1);
  item.size = static_cast<std::uint8_t>(text.view().size());
  item.kind = kind;
  return true;
}

InterpreterState::SuffixKind kind_of(const InterpreterState& state, PyObject* loader) noexcept {
  if (loader == state.extension_loader) {
    return InterpreterState::SuffixKind::extension;
  }
  return loader == state.sourceless_loader ? InterpreterState::SuffixKind::bytecode
                                           : InterpreterState::SuffixKind::source;
}

// Of what FileFinder is given; the lists of source and bytecode suffixes are importlib's own.
bool read_suffixes(const InterpreterState& state, SuffixList& list) noexcept {
  for (Py_ssize_t i = 0; i < PyList_Size(state.supported_loaders); ++i) {
    PyObject* const pair = PyList_GetItem(state.supported_loaders, i);
    const InterpreterState::SuffixKind kind = kind_of(state, PyTuple_GetItem(pair, 0));
    const PyRef suffixes = PyRef::steal(PySequence_List(PyTuple_GetItem(pair, 1)));
    if (!suffixes) {
      return false;
    }
    for (Py_ssize_t at = 0; at < PyList_Size(suffixes.get()); ++at) {
      if (!add_suffix(list, PyList_GetItem(suffixes.get(), at), kind)) {
        return false;
      }
    }
  }
  return true;
}

bool is_known(const InterpreterState& state, const SuffixList& list) noexcept {
  bool is_same = list.size == state.suffix_count;
  for (std::size_t i = 0; is_same && i < list.size; ++i) {
    is_same = list.items[i].view() == state.suffixes[i].view() &&
              list.items[i].kind == state.suffixes[i].kind;
  }
  return is_same;
}

// What FileFinder is given, with `ours` for the loader of sources.
PyObject* replace_source_loader(PyObject* loaders, PyObject* theirs, PyObject* ours) noexcept {
  PyRef result = PyRef::steal(PyList_New(0));
  for (Py_ssize_t i = 0; result && i < PyList_Size(loaders); ++i) {
    PyObject* const pair = PyList_GetItem(loaders, i);
    PyObject* const type = PyTuple_GetItem(pair, 0);
    PyObject* const suffixes = PyTuple_GetItem(pair, 1);
    const PyRef item = suffixes != nullptr
                           ? PyRef::steal(PyTuple_Pack(2, type == theirs ? ours : type, suffixes))
                           : PyRef();
    if (!item || PyList_Append(result.get(), item.get()) != 0) {
      return nullptr;
    }
  }
  return result.release();
}

// base_prefix/lib/pythonX.Y, as CPython puts it together.
PyObject* standard_library() noexcept {
  PyObject* const prefix = PySys_GetObject("base_prefix");
  PyObject* const folder = PySys_GetObject("platlibdir");
  if (prefix == nullptr || folder == nullptr || !is_text(prefix) || !is_text(folder)) {
    return PyUnicode_FromString("");
  }
  const unsigned long version = version_hex();
  return PyUnicode_FromFormat(
      "%U/%U/python%d.%d%s", prefix, folder, static_cast<int>(version >> 24U),
      static_cast<int>(version >> 16U & 0xFFU), is_free_threaded() ? "t" : "");
}

bool fill_functions(InterpreterState& state) noexcept {
  const PyRef marshal = PyRef::steal(PyImport_ImportModule("marshal"));
  const PyRef imp = PyRef::steal(PyImport_ImportModule("_imp"));
  const PyRef external = PyRef::steal(PyImport_ImportModule("_frozen_importlib_external"));
  if (!marshal || !imp || !external) {
    return false;
  }
  state.load_code = PyObject_GetAttrString(marshal.get(), "loads");
  state.fix_file_name = PyObject_GetAttrString(imp.get(), "_fix_co_filename");
  state.code_type = PyObject_GetAttrString(external.get(), "_code_type");
  state.standard_library = standard_library();
  return state.load_code != nullptr && state.fix_file_name != nullptr &&
         state.code_type != nullptr && state.standard_library != nullptr;
}

bool fill(InterpreterState& state) noexcept {
  const PyRef bootstrap = PyRef::steal(PyImport_ImportModule("_frozen_importlib"));
  const PyRef external = PyRef::steal(PyImport_ImportModule("_frozen_importlib_external"));
  if (!bootstrap || !external) {
    return false;
  }
  const PyRef source_loader =
      PyRef::steal(PyObject_GetAttrString(external.get(), "SourceFileLoader"));
  if (!source_loader) {
    return false;
  }
  state.module_spec = PyObject_GetAttrString(bootstrap.get(), "ModuleSpec");
  state.extension_loader = PyObject_GetAttrString(external.get(), "ExtensionFileLoader");
  state.sourceless_loader = PyObject_GetAttrString(external.get(), "SourcelessFileLoader");
  state.file_finder = PyObject_GetAttrString(external.get(), "FileFinder");
  state.supported_loaders =
      PyObject_CallMethod(external.get(), "_get_supported_file_loaders", nullptr);
  state.source_loader = PyRef::borrow(source_loader.get()).release();
  state.standard_loader = make_standard_loader_type(source_loader.get());
  state.standard_loaders = state.standard_loader != nullptr && state.supported_loaders != nullptr
                               ? replace_source_loader(state.supported_loaders, source_loader.get(),
                                                       state.standard_loader)
                               : nullptr;
  state.loader_list = make_loader_list_type();
  state.pack_loader = make_pack_loader_type(source_loader.get());
  state.stored_loaders =
      state.pack_loader != nullptr && state.supported_loaders != nullptr
          ? replace_source_loader(state.supported_loaders, source_loader.get(), state.pack_loader)
          : nullptr;
  state.tree_finder_type = make_tree_finder_type();
  state.site_finder_type = make_site_finder_type();
  state.meta_path_finder_type = make_meta_path_finder_type();
  state.site_finders = PyDict_New();
  for (const PyObject* const member :
       {state.module_spec, state.extension_loader, state.sourceless_loader, state.file_finder,
        state.supported_loaders, state.pack_loader, state.tree_finder_type, state.site_finder_type,
        state.meta_path_finder_type, state.standard_loaders, state.loader_list,
        state.stored_loaders, state.site_finders}) {
    if (member == nullptr) {
      return false;
    }
  }
  return fill_functions(state) && update_suffixes(state) && prepare_lookup(state) &&
         read_loader_methods(source_loader.get(), state.loader_methods) &&
         relax_imports(state.collection, external.get());
}

PyObject* interpreter_dictionary() noexcept {
  return PyInterpreterState_GetDict(PyInterpreterState_Get());
}

// A new state, known to its interpreter, and its finders. Borrowed; null with an exception set on
// failure.
InterpreterState* install() noexcept {
  PyObject* const members = interpreter_dictionary();
  const PyRef object = new_state();
  if (members == nullptr || !object || !fill(*state_of(object.get())) ||
      PyDict_SetItemString(members, kStateKey, object.get()) != 0) {
    if (PyErr_Occurred() == nullptr) {
      PyErr_SetString(PyExc_SystemError, "no place for the state of pyenvlaunch's finder");
    }
    return nullptr;
  }
  InterpreterState* const state = state_of(object.get());
  return install_finders(*state) ? state : nullptr;
}

}  // namespace

InterpreterState* InterpreterState::get() noexcept {
  PyObject* const members = interpreter_dictionary();
  PyObject* const found = members != nullptr ? PyDict_GetItemString(members, kStateKey) : nullptr;
  return found != nullptr ? state_of(found) : nullptr;
}

void InterpreterState::start() noexcept {
  if (get() != nullptr) {
    return;  // somebody executes the module once more
  }
  InterpreterState* const state = install();
  if (state != nullptr) {
    state->is_starting = true;
    return;
  }
  PyErr_Clear();
  if (PyDict_DelItemString(interpreter_dictionary(), kStateKey) != 0) {
    PyErr_Clear();
  }
}

InterpreterState* InterpreterState::get_or_install() noexcept {
  InterpreterState* state = get();
  if (state != nullptr && !state->is_starting) {
    return state;
  }
  if (state == nullptr) {
    state = install();
  }
  if (state == nullptr || !complete_finders(*state)) {
    return nullptr;
  }
  state->is_starting = false;
  complete_bytecode();
  return state;
}

bool update_suffixes(InterpreterState& state) noexcept {
  SuffixList list;
  if (!read_suffixes(state, list)) {
    return false;
  }
  if (!is_known(state, list)) {
    state.has_other_suffixes = state.suffix_count != 0;
    std::memcpy(state.suffixes, list.items, sizeof list.items);
    state.suffix_count = list.size;
  }
  return true;
}

PyRef make_path(std::initializer_list<std::string_view> parts) noexcept {
  char buffer[PATH_MAX];
  std::size_t size = 0;
  for (const std::string_view part : parts) {
    if (part.size() >= sizeof buffer - size) {
      PyErr_SetString(PyExc_OSError, "a path in the store is too long");
      return {};
    }
    std::memcpy(buffer + size, part.data(), part.size());
    size += part.size();
  }
  buffer[size] = '\0';  // Python looks at it as long as its own codecs are not there
  return PyRef::steal(PyUnicode_DecodeFSDefaultAndSize(buffer, static_cast<Py_ssize_t>(size)));
}

PyRef extend_path(PyObject* path, std::initializer_list<std::string_view> parts) noexcept {
  const PyRef rest = make_path(parts);
  return rest ? PyRef::steal(PyUnicode_Concat(path, rest.get())) : PyRef();
}

void deallocate(PyObject* self) noexcept {
  PyTypeObject* const type = type_of(self);
  const auto release = reinterpret_cast<freefunc>(PyType_GetSlot(type, Py_tp_free));
  release(self);
  drop(reinterpret_cast<PyObject*>(type));
}

}  // namespace pel
