#include "embed/pack_loader.hpp"

#include <cstdint>

#include "embed/bytecode_helper.hpp"
#include "embed/environment.hpp"
#include "embed/optional_api.hpp"
#include "embed/source_loader.hpp"
#include "store/base/path.hpp"

namespace pel {
namespace {

struct FoundCode {
  PackView::Lookup lookup = PackView::Lookup::absent;
  std::span<const std::byte> bytes;
  bool is_stored = false;  // the source, whatever its code
  std::uint32_t tree = TableView::kNoTree;
  std::uint32_t optimization = 0;
};

FoundCode find_code(std::string_view path) noexcept {
  FoundCode found;
  Environment& environment = Environment::get();
  const Environment::Place place = environment.locate(path);
  found.is_stored = static_cast<bool>(place);
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

PyObject* compile_source(PyObject* self, PyObject* path) noexcept {
  const PyRef data = PyRef::steal(PyObject_CallMethod(self, "get_data", "O", path));
  return data ? PyObject_CallMethod(self, "source_to_code", "OO", data.get(), path) : nullptr;
}

PyObject* get_code(PyObject* /*unused*/, PyObject* args, PyObject* keywords) {
  CodeQuestion question;
  if (!read_arguments(args, keywords, question)) {
    return nullptr;
  }
  const auto [self, full_name] = question;
  const InterpreterState* const state = InterpreterState::get();
  // With a cache directory of the user's choice the ordinary rules hold: importlib reads and writes
  // its .pyc files there.
  if (state == nullptr || has_cache_prefix() || !is_usual_loader(*state, self)) {
    return usual_get_code(self, full_name);
  }
  const PyRef path = PyRef::steal(PyObject_CallMethod(self, "get_filename", "O", full_name));
  if (!path) {
    return nullptr;
  }
  const TextView text(path.get());
  const FoundCode found = text.empty() ? FoundCode() : find_code(text.view());
  if (!found.is_stored) {
    return usual_get_code(self, full_name);  // somebody has made a loader of this type
  }
  if (found.lookup == PackView::Lookup::found) {
    // Auditors hear of the source: there is no .pyc.
    return !audit_open(path.get()) ? nullptr : unmarshal(*state, found.bytes, path.get());
  }
  if (found.lookup == PackView::Lookup::damaged) {
    Environment::get().report_damaged_pack(found.tree, found.optimization);
  }
  return compile_source(self, path.get());
}

PyMethodDef get_code_method = {
    "get_code", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(get_code)),
    METH_VARARGS | METH_KEYWORDS,
    "get_code(self, fullname)\n--\n\nConcrete implementation of InspectLoader.get_code, from the "
    "store's bytecode."};

// set_data(path, data, *, _mode): where importlib's own way to get the code leaves a .pyc.
PyObject* set_data(PyObject* self, PyObject* args, PyObject* keywords) {
  const TextView path(PyTuple_Size(args) > 0 ? PyTuple_GetItem(args, 0) : nullptr);
  if (!path.empty() && Environment::get().locate(path.view())) {
    return PyRef::borrow(Py_None).release();
  }
  const PyRef usual = usual_method("set_data");
  const PyRef first = PyRef::steal(PyTuple_Pack(1, self));
  const PyRef all = first ? PyRef::steal(PySequence_Concat(first.get(), args)) : PyRef();
  return usual && all ? PyObject_Call(usual.get(), all.get(), keywords) : nullptr;
}

PyMethodDef set_data_method = {
    "set_data", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(set_data)),
    METH_VARARGS | METH_KEYWORDS, "Write bytes data to a file."};

}  // namespace

PyObject* make_pack_loader_type(PyObject* source_file_loader) noexcept {
  PyRef type = PyRef::steal(make_source_loader_type(source_file_loader, get_code_method));
  return type && add_method(type.get(), set_data_method) ? type.release() : nullptr;
}

}  // namespace pel
