#include "embed/module_search.hpp"

#include <cstdio>
#include <cstring>

namespace pel {
namespace {

using index_format::EntryKind;
using Suffix = InterpreterState::Suffix;

constexpr std::string_view kInit = "__init__";
constexpr std::size_t kMaxName = 512;

// name + suffix in a buffer; empty when it does not fit, and then no file has that name either.
class FileName {
 public:
  FileName(std::string_view name, std::string_view suffix) noexcept {
    if (name.size() + suffix.size() <= sizeof buffer_) {
      std::memcpy(buffer_, name.data(), name.size());
      std::memcpy(buffer_ + name.size(), suffix.data(), suffix.size());
      size_ = name.size() + suffix.size();
    }
  }

  [[nodiscard]] std::string_view view() const noexcept { return {buffer_, size_}; }

 private:
  char buffer_[kMaxName];
  std::size_t size_ = 0;
};

const Suffix* find_file(const InterpreterState& state, const IndexView& index,
                        std::uint32_t directory, std::string_view name) noexcept {
  for (std::size_t i = 0; i < state.suffix_count; ++i) {
    const Suffix& suffix = state.suffixes[i];
    const auto entry = index.entry(directory, FileName(name, suffix.view()).view());
    if (entry && entry->kind == EntryKind::file) {
      return &suffix;
    }
  }
  return nullptr;
}

// inspect.getmodulename(): the name without the longest suffix that fits; empty when none does.
std::string_view module_name(const InterpreterState& state, std::string_view file) noexcept {
  std::size_t longest = 0;
  for (std::size_t i = 0; i < state.suffix_count; ++i) {
    const std::string_view suffix = state.suffixes[i].view();
    if (suffix.size() > longest && file.ends_with(suffix)) {
      longest = suffix.size();
    }
  }
  return longest == 0 ? std::string_view() : file.substr(0, file.size() - longest);
}

PyObject* loader_type(const InterpreterState& state, const ModuleMatch& match) noexcept {
  switch (match.suffix->kind) {
    case InterpreterState::SuffixKind::extension:
      return state.extension_loader;
    case InterpreterState::SuffixKind::source:
      return match.source_loader != nullptr ? match.source_loader : state.pack_loader;
    case InterpreterState::SuffixKind::bytecode:
      return state.sourceless_loader;
  }
  return state.pack_loader;
}

PyRef make_locations(PyObject* first, PyObject* extra) noexcept {
  PyRef locations = PyRef::steal(PyList_New(0));
  if (!locations || PyList_Append(locations.get(), first) != 0) {
    return {};
  }
  if (extra != nullptr) {
    const Py_ssize_t end = PyList_Size(locations.get());
    if (PyList_SetSlice(locations.get(), end, end, extra) != 0) {
      return {};
    }
  }
  return locations;
}

PyRef portion_spec(const InterpreterState& state, PyObject* full_name, PyObject* directory) {
  PyRef spec = PyRef::steal(PyObject_CallFunction(state.module_spec, "OO", full_name, Py_None));
  const PyRef locations = make_locations(directory, nullptr);
  if (!spec || !locations ||
      PyObject_SetAttrString(spec.get(), "submodule_search_locations", locations.get()) != 0) {
    return {};
  }
  return spec;
}

}  // namespace

ModuleMatch find_module(const InterpreterState& state, const IndexView& index,
                        std::uint32_t directory, std::string_view name) noexcept {
  const auto folder = index.entry(directory, name);
  const bool is_directory = folder && folder->kind == EntryKind::directory;
  if (is_directory) {
    if (const Suffix* suffix = find_file(state, index, folder->target, kInit)) {
      return {.kind = ModuleMatch::Kind::package, .suffix = suffix};
    }
  }
  if (const Suffix* suffix = find_file(state, index, directory, name)) {
    return {.kind = ModuleMatch::Kind::module, .suffix = suffix};
  }
  return {.kind = is_directory ? ModuleMatch::Kind::portion : ModuleMatch::Kind::none};
}

PyObject* make_spec(const InterpreterState& state, PyObject* full_name, const char* name,
                    PyObject* base, const ModuleMatch& match, PyObject* extra_locations) noexcept {
  const bool is_directory = match.kind != ModuleMatch::Kind::module;
  const PyRef folder = is_directory ? extend_path(base, {"/", name}) : PyRef::borrow(base);
  if (!folder) {
    return nullptr;
  }
  if (match.kind == ModuleMatch::Kind::portion) {
    return portion_spec(state, full_name, folder.get()).release();
  }
  const PyRef origin = extend_path(
      folder.get(), {"/", is_directory ? kInit : std::string_view(name), match.suffix->view()});
  if (!origin) {
    return nullptr;
  }
  const PyRef loader = PyRef::steal(
      PyObject_CallFunctionObjArgs(loader_type(state, match), full_name, origin.get(), nullptr));
  if (!loader) {
    return nullptr;
  }
  const PyRef arguments = PyRef::steal(PyTuple_Pack(2, full_name, loader.get()));
  const PyRef keywords = PyRef::steal(PyDict_New());
  if (!arguments || !keywords ||
      PyDict_SetItemString(keywords.get(), "origin", origin.get()) != 0) {
    return nullptr;
  }
  PyRef spec = PyRef::steal(PyObject_Call(state.module_spec, arguments.get(), keywords.get()));
  if (!spec || PyObject_SetAttrString(spec.get(), "has_location", Py_True) != 0) {
    return nullptr;
  }
  if (is_directory) {
    const PyRef locations = make_locations(folder.get(), extra_locations);
    if (!locations ||
        PyObject_SetAttrString(spec.get(), "submodule_search_locations", locations.get()) != 0) {
      return nullptr;
    }
  }
  return spec.release();
}

bool list_modules(const InterpreterState& state, const IndexView& index, std::uint32_t directory,
                  PyObject* prefix, PyObject* list) noexcept {
  const PyRef seen = PyRef::steal(PySet_New(nullptr));
  if (!seen) {
    return false;
  }
  for (const IndexView::EntryRecord entry : index.entries(directory)) {
    const std::string_view file = index.text(entry.name);
    std::string_view name = module_name(state, file);
    bool is_package = false;
    if (name == kInit) {
      continue;
    }
    if (name.empty() && entry.kind == EntryKind::directory &&
        file.find('.') == std::string_view::npos) {
      name = file;
      is_package = find_file(state, index, entry.target, kInit) != nullptr;
      if (!is_package) {
        continue;
      }
    }
    if (name.empty() || name.find('.') != std::string_view::npos) {
      continue;
    }
    const PyRef text = PyRef::steal(
        PyUnicode_DecodeFSDefaultAndSize(name.data(), static_cast<Py_ssize_t>(name.size())));
    if (!text) {
      return false;
    }
    const int known = PySet_Contains(seen.get(), text.get());
    if (known != 0) {
      if (known < 0) {
        return false;
      }
      continue;
    }
    const PyRef full = PyRef::steal(PyUnicode_Concat(prefix, text.get()));
    const PyRef item =
        full ? PyRef::steal(PyTuple_Pack(2, full.get(), is_package ? Py_True : Py_False)) : PyRef();
    if (!item || PySet_Add(seen.get(), text.get()) != 0 || PyList_Append(list, item.get()) != 0) {
      return false;
    }
  }
  return true;
}

}  // namespace pel
