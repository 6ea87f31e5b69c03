#include "embed/standard_loader.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "embed/bytecode_helper.hpp"
#include "embed/environment.hpp"
#include "embed/finder_methods.hpp"
#include "embed/optional_api.hpp"
#include "embed/source_loader.hpp"
#include "embed/standard_library.hpp"
#include "store/base/fd.hpp"

namespace pel {
namespace {

constexpr std::size_t kHeaderSize = 16;  // PEP 552: magic, flags, time, size
constexpr off_t kMaxSize = 64L * 1024 * 1024;

// "a/b.py" -> "a/__pycache__/b.cpython-311.pyc". False when it is no such path.
bool cache_path(std::string_view source, std::string_view tag, unsigned optimization,
                char (&out)[PATH_MAX]) noexcept {
  const std::size_t slash = source.rfind('/');
  if (slash == std::string_view::npos || !source.ends_with(".py") || tag.empty()) {
    return false;
  }
  const std::string_view folder = source.substr(0, slash);
  const std::string_view name = source.substr(slash + 1, source.size() - slash - 4);
  char level[] = ".opt-0";
  level[sizeof level - 2] = static_cast<char>('0' + optimization);
  const int size = std::snprintf(
      out, sizeof out, "%.*s/__pycache__/%.*s.%.*s%s.pyc", static_cast<int>(folder.size()),
      folder.data(), static_cast<int>(name.size()), name.data(), static_cast<int>(tag.size()),
      tag.data(), optimization == 0 ? "" : level);
  return size > 0 && static_cast<std::size_t>(size) < sizeof out;
}

PyRef cache_tag() noexcept {
  PyObject* const implementation = PySys_GetObject("implementation");
  PyRef tag = implementation != nullptr
                  ? PyRef::steal(PyObject_GetAttrString(implementation, "cache_tag"))
                  : PyRef();
  PyErr_Clear();
  return tag;
}

std::uint32_t number_at(const char* bytes) noexcept {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

// What importlib checks of a header, for a .pyc that is valid as long as its source has that time
// and size.
bool belongs_to(const char* header, const struct stat& source) noexcept {
  return number_at(header) == Environment::get().table().environment().bytecode_magic &&
         number_at(header + 4) == 0 &&
         number_at(header + 8) == static_cast<std::uint32_t>(source.st_mtim.tv_sec) &&
         number_at(header + 12) == static_cast<std::uint32_t>(source.st_size);
}

// A bytes object with the whole file; empty, without an exception, when it cannot be read at once.
PyRef read_whole(const char* path) noexcept {
  const UniqueFd fd(::open(path, O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
      status.st_size < static_cast<off_t>(kHeaderSize) || status.st_size > kMaxSize) {
    return {};
  }
  PyRef bytes = PyRef::steal(PyBytes_FromStringAndSize(nullptr, status.st_size));
  char* const data = bytes ? PyBytes_AsString(bytes.get()) : nullptr;
  if (data == nullptr ||
      ::read(fd.get(), data, static_cast<std::size_t>(status.st_size)) != status.st_size) {
    PyErr_Clear();
    return {};
  }
  return bytes;
}

// The code behind a header that fits.
std::span<const std::byte> code_in(PyObject* bytes, const struct stat& source) noexcept {
  const char* const data = bytes != nullptr ? PyBytes_AsString(bytes) : nullptr;
  if (data == nullptr || !belongs_to(data, source)) {
    return {};
  }
  const auto size = static_cast<std::size_t>(PyBytes_Size(bytes)) - kHeaderSize;
  return std::as_bytes(std::span(data + kHeaderSize, size));
}

std::span<const std::byte> packed_code(const InterpreterState& state, std::string_view source,
                                       const struct stat& status) noexcept {
  const TextView root(state.standard_library);
  return !root.empty() && source.starts_with(root.view())
             ? StandardLibrary::get().code(source, root.view().size(), status)
             : std::span<const std::byte>();
}

// The code in the library's pack or the source's .pyc; empty if importlib has to look itself, or
// with an exception that ends the program (an auditor is Python code, which can be interrupted).
PyRef cached_code(const InterpreterState& state, PyObject* path) noexcept {
  const TextView source(path);
  const PyRef tag = cache_tag();
  const TextView tag_text(tag.get());
  char compiled[PATH_MAX];
  struct stat status{};
  if (source.empty() || tag_text.empty() || is_watched() ||
      !cache_path(source.view(), tag_text.view(), optimization_level(), compiled) ||
      ::stat(source.c_str(), &status) != 0 || status.st_mtim.tv_sec < 0) {
    return {};
  }
  // Auditors hear of the file as they do when importlib opens it.
  const PyRef compiled_path = PyRef::steal(PyUnicode_DecodeFSDefault(compiled));
  if (!compiled_path || !audit_open(compiled_path.get())) {
    clear_ordinary_error();
    return {};
  }
  std::span<const std::byte> marshalled = packed_code(state, source.view(), status);
  PyRef bytes;
  if (marshalled.empty()) {
    bytes = read_whole(compiled);
    marshalled = code_in(bytes.get(), status);
  }
  PyRef code = marshalled.empty() ? PyRef() : PyRef::steal(unmarshal(state, marshalled, path));
  if (code && PyObject_IsInstance(code.get(), state.code_type) != 1) {
    code = PyRef();
  }
  clear_ordinary_error();
  return code;
}

// From here on it is what it would be without us, by its type as well: before the module's own code
// can look at it.
// A type that somebody has derived from it stays.
void become_usual(const InterpreterState& state, PyObject* self) noexcept {
  if (is_of_type(self, state.standard_loader) && !set_real_class(self, state.source_loader)) {
    PyErr_Clear();
  }
}

PyObject* get_code(PyObject* /*unused*/, PyObject* args, PyObject* keywords) {
  CodeQuestion question;
  if (!read_arguments(args, keywords, question)) {
    return nullptr;
  }
  const auto [self, full_name] = question;
  const InterpreterState* const state = InterpreterState::get();
  const bool is_usual = state != nullptr && is_usual_loader(*state, self);
  if (state != nullptr) {
    become_usual(*state, self);
  }
  if (!is_usual || has_cache_prefix()) {
    return usual_get_code(self, full_name);
  }
  const PyRef path = PyRef::steal(PyObject_CallMethod(self, "get_filename", "O", full_name));
  if (!path) {
    return nullptr;
  }
  PyRef code = cached_code(*state, path.get());
  if (code || PyErr_Occurred() != nullptr) {
    return code.release();
  }
  return usual_get_code(self, full_name);
}

PyMethodDef get_code_method = {
    "get_code", reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(get_code)),
    METH_VARARGS | METH_KEYWORDS,
    "get_code(self, fullname)\n--\n\nConcrete implementation of InspectLoader.get_code.\n\nReading "
    "of bytecode requires path_stats "
    "to be implemented. To write\nbytecode, set_data must also be implemented."};

// Of what the interpreter itself came with; packages of users below it are none of it.
bool is_standard(const InterpreterState& state, PyObject* path) noexcept {
  const TextView root(state.standard_library);
  const TextView text(path);
  if (root.empty() || text.empty() || !text.view().starts_with(root.view())) {
    return false;
  }
  const std::string_view rest = text.view().substr(root.view().size());
  return rest.empty() || (rest[0] == '/' && rest.find("-packages") == std::string_view::npos);
}

bool is_directory(const InterpreterState& state, PyObject* path) noexcept {
  const TextView root(state.standard_library);
  const TextView text(path);
  const std::string_view rest = text.view().substr(root.view().size());
  if (rest.size() > 1 && StandardLibrary::get().directory(root.view(), rest.substr(1))) {
    return true;
  }
  struct stat status{};
  return ::stat(text.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

PyObject* reduce_loaders(PyObject* self, PyObject* /*protocol*/) {
  const InterpreterState* const state = InterpreterState::get();
  const PyRef usual = PyRef::steal(PyList_New(0));
  for (Py_ssize_t i = 0; usual && i < PyList_Size(self); ++i) {
    PyObject* const pair = PyList_GetItem(self, i);
    const bool is_ours = state != nullptr && is_tuple(pair) && PyTuple_Size(pair) == 2 &&
                         PyTuple_GetItem(pair, 1) == state->standard_loader;
    const PyRef item =
        is_ours ? PyRef::steal(PyTuple_Pack(2, PyTuple_GetItem(pair, 0), state->source_loader))
                : PyRef::borrow(pair);
    if (!item || PyList_Append(usual.get(), item.get()) != 0) {
      return nullptr;
    }
  }
  return usual ? Py_BuildValue("O(O)", reinterpret_cast<PyObject*>(&PyList_Type), usual.get())
               : nullptr;
}

PyMethodDef reduce_loaders_method = {"__reduce_ex__", reduce_loaders, METH_O, "Helper for pickle."};

bool give_loaders(const InterpreterState& state, PyObject* finder, PyObject* from) noexcept {
  const PyRef loaders = PyRef::steal(PyObject_GetAttrString(from, "_loaders"));
  const PyRef ours =
      loaders
          ? PyRef::steal(PyObject_CallFunctionObjArgs(state.loader_list, loaders.get(), nullptr))
          : PyRef();
  return ours && PyObject_SetAttrString(finder, "_loaders", ours.get()) == 0;
}

}  // namespace

PyObject* make_loader_list_type() noexcept {
  auto* const list = reinterpret_cast<PyObject*>(&PyList_Type);
  const PyRef members =
      PyRef::steal(Py_BuildValue("{s:s,s:()}", "__module__", "builtins", "__slots__"));
  PyRef type = members
                   ? PyRef::steal(PyObject_CallFunction(reinterpret_cast<PyObject*>(&PyType_Type),
                                                        "s(O)O", "list", list, members.get()))
                   : PyRef();
  return type && add_method(type.get(), reduce_loaders_method) ? type.release() : nullptr;
}

PyObject* make_standard_loader_type(PyObject* source_file_loader) noexcept {
  return make_source_loader_type(source_file_loader, get_code_method);
}

bool adopt_standard_finders(InterpreterState& state) noexcept {
  PyObject* const cache = PySys_GetObject("path_importer_cache");
  PyObject* path = nullptr;
  PyObject* finder = nullptr;
  Py_ssize_t position = 0;
  while (cache != nullptr && PyDict_Next(cache, &position, &path, &finder) != 0) {
    if (!is_of_type(finder, state.file_finder) || !is_standard(state, path)) {
      continue;
    }
    const PyRef ours = make_file_finder(state, path, state.standard_loaders);
    if (!ours || !give_loaders(state, finder, ours.get()) ||
        PyDict_SetItem(state.lookup.standard_finders, path, finder) != 0) {
      return false;
    }
  }
  return true;
}

PyObject* find_standard_finder(const InterpreterState& state, PyObject* path) noexcept {
  if (!is_standard(state, path) || !is_directory(state, path)) {
    return PyRef::borrow(Py_None).release();
  }
  PyRef finder = make_file_finder(state, path, state.standard_loaders);
  return finder && give_loaders(state, finder.get(), finder.get()) &&
                 PyDict_SetItem(state.lookup.standard_finders, path, finder.get()) == 0
             ? finder.release()
             : nullptr;
}

}  // namespace pel
