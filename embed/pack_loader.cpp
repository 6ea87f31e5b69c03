#include "embed/pack_loader.hpp"

#include <cstdint>

#include "embed/bytecode_helper.hpp"
#include "embed/environment.hpp"
#include "embed/optional_api.hpp"
#include "store/base/path.hpp"

namespace pel {
namespace {

constexpr int kReadOnly = 0x100;  // PyBUF_READ, which the limited API names only since 3.11

struct FoundCode {
  PackView::Lookup lookup = PackView::Lookup::absent;
  std::span<const std::byte> bytes;
  std::uint32_t tree = TableView::kNoTree;
  std::uint32_t optimization = 0;
};

FoundCode find_code(std::string_view path) noexcept {
  FoundCode found;
  Environment& environment = Environment::get();
  const Environment::Place place = environment.locate(path);
  MappedTree* const tree = place ? environment.tree(place.tree) : nullptr;
  const std::size_t slash = place.below.rfind('/');
  if (tree == nullptr || slash == std::string_view::npos) {
    return found;
  }
  const IndexView& index = tree->index();
  const auto directory = index.directory(0, place.below.substr(0, slash));
  const auto file =
      directory ? index.entry(*directory, place.below.substr(slash + 1)) : std::nullopt;
  if (!file || file->kind != index_format::EntryKind::file) {
    return found;
  }
  found.optimization = optimization_level();
  found.tree = place.tree;
  if (const PackView* const pack = environment.pack(place.tree, found.optimization)) {
    found.lookup = pack->find(file->target, found.bytes);
  }
  return found;
}

// New reference, or null with an exception set.
PyObject* unmarshal(std::span<const std::byte> bytes, PyObject* path) noexcept {
  // PyMemoryView_FromMemory takes a char*; the flag makes the view read-only.
  auto* const data = const_cast<char*>(reinterpret_cast<const char*>(bytes.data()));
  const PyRef view =
      PyRef::steal(PyMemoryView_FromMemory(data, static_cast<Py_ssize_t>(bytes.size()), kReadOnly));
  const PyRef marshal = PyRef::steal(PyImport_ImportModule("marshal"));
  PyRef code = view && marshal
                   ? PyRef::steal(PyObject_CallMethod(marshal.get(), "loads", "O", view.get()))
                   : PyRef();
  if (!code) {
    return nullptr;
  }
  // The store may have moved since the code was compiled. Cheap when the name is right already.
  const PyRef imp = PyRef::steal(PyImport_ImportModule("_imp"));
  const PyRef fixed =
      imp ? PyRef::steal(PyObject_CallMethod(imp.get(), "_fix_co_filename", "OO", code.get(), path))
          : PyRef();
  if (!fixed) {
    PyErr_Clear();
  }
  return code.release();
}

PyObject* compile_source(PyObject* self, PyObject* path) noexcept {
  const PyRef data = PyRef::steal(PyObject_CallMethod(self, "get_data", "O", path));
  return data ? PyObject_CallMethod(self, "source_to_code", "OO", data.get(), path) : nullptr;
}

// With a cache directory of the user's choice the ordinary rules hold: importlib reads and writes
// its .pyc files there.
bool has_cache_prefix() noexcept {
  PyObject* const prefix = PySys_GetObject("pycache_prefix");
  return prefix != nullptr && prefix != Py_None;
}

PyObject* get_code(PyObject* self, PyObject* full_name) {
  if (has_cache_prefix()) {
    const PyRef external = PyRef::steal(PyImport_ImportModule("_frozen_importlib_external"));
    const PyRef base =
        external ? PyRef::steal(PyObject_GetAttrString(external.get(), "SourceFileLoader"))
                 : PyRef();
    return base ? PyObject_CallMethod(base.get(), "get_code", "OO", self, full_name) : nullptr;
  }
  const PyRef path = PyRef::steal(PyObject_CallMethod(self, "get_filename", "O", full_name));
  if (!path) {
    return nullptr;
  }
  const TextView text(path.get());
  const FoundCode found = text.empty() ? FoundCode() : find_code(text.view());
  if (found.lookup == PackView::Lookup::found) {
    return unmarshal(found.bytes, path.get());
  }
  if (found.lookup == PackView::Lookup::damaged) {
    Environment::get().report_damaged_pack(found.tree, found.optimization);
  }
  return compile_source(self, path.get());
}

PyObject* exec_module(PyObject* self, PyObject* module) {
  InterpreterState* const state = InterpreterState::get();
  if (state == nullptr) {
    PyErr_SetString(PyExc_ImportError, "the interpreter is ending");
    return nullptr;
  }
  const RelaxedCollection relaxed(state->collection);
  return PyObject_CallFunctionObjArgs(state->execute_module, self, module, nullptr);
}

PyMethodDef methods[] = {
    {"get_code", get_code, METH_O,
     "Concrete implementation of InspectLoader.get_code, from the store's bytecode."},
    {"exec_module", exec_module, METH_O, "Execute the module."},
};

bool add_method(PyObject* type, PyMethodDef& method) noexcept {
  const PyRef descriptor =
      PyRef::steal(PyDescr_NewMethod(reinterpret_cast<PyTypeObject*>(type), &method));
  return descriptor && PyObject_SetAttrString(type, method.ml_name, descriptor.get()) == 0;
}

}  // namespace

PyObject* make_pack_loader_type(PyObject* source_file_loader) noexcept {
  const PyRef members = PyRef::steal(
      Py_BuildValue("{s:s,s:()}", "__module__", "_frozen_importlib_external", "__slots__"));
  PyRef type = members ? PyRef::steal(PyObject_CallFunction(
                             reinterpret_cast<PyObject*>(&PyType_Type), "s(O)O", "SourceFileLoader",
                             source_file_loader, members.get()))
                       : PyRef();
  for (PyMethodDef& method : methods) {
    if (!type || !add_method(type.get(), method)) {
      return nullptr;
    }
  }
  return type.release();
}

}  // namespace pel
