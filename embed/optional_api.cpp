#include "embed/optional_api.hpp"

#include <dlfcn.h>
#include <fcntl.h>

namespace pel {
namespace {

template <class Function>
Function look_up(const char* name) noexcept {
  return reinterpret_cast<Function>(::dlsym(RTLD_DEFAULT, name));
}

using AsUtf8 = const char* (*)(PyObject*, Py_ssize_t*);

// Limited only since 3.10, but exported long before.
AsUtf8 as_utf8() noexcept {
  static const auto function = look_up<AsUtf8>("PyUnicode_AsUTF8AndSize");
  return function;
}

using AccessArenas = void (*)(ArenaAllocator*);

AccessArenas arena_setter() noexcept {
  static const auto function = look_up<AccessArenas>("PyObject_SetArenaAllocator");
  return function;
}

using Audit = int (*)(const char*, const char*, ...);

Audit audit() noexcept {
  static const auto function = look_up<Audit>("PySys_Audit");
  return function;
}

using MakeInstanceMethod = PyObject* (*)(PyObject*);

MakeInstanceMethod instance_method_maker() noexcept {
  static const auto function = look_up<MakeInstanceMethod>("PyInstanceMethod_New");
  return function;
}

unsigned long number(const char*& text) noexcept {
  unsigned long value = 0;
  for (; *text >= '0' && *text <= '9'; ++text) {
    value = value * 10 + static_cast<unsigned long>(*text - '0');
  }
  return value;
}

}  // namespace

InittabEntry* inittab() noexcept {
  auto* const table = look_up<InittabEntry**>("PyImport_Inittab");
  return table == nullptr ? nullptr : *table;
}

unsigned long version_hex() noexcept {
  const char* text = Py_GetVersion();  // "3.13.0 (main, …", "3.14.0rc1 …"
  const unsigned long major = number(text);
  if (*text == '.') {
    ++text;
  }
  const unsigned long minor = number(text);
  return major << 24U | minor << 16U;
}

bool get_arena_allocator(ArenaAllocator& allocator) noexcept {
  const auto function = look_up<AccessArenas>("PyObject_GetArenaAllocator");
  if (function == nullptr || arena_setter() == nullptr) {
    return false;
  }
  function(&allocator);
  return true;
}

void set_arena_allocator(ArenaAllocator& allocator) noexcept {
  arena_setter()(&allocator);
}

bool audit_open(PyObject* path) noexcept {
  const Audit function = audit();
  return function == nullptr || function("open", "Osi", path, "rb", O_RDONLY | O_CLOEXEC) == 0;
}

bool audit_exec(PyObject* code) noexcept {
  const Audit function = audit();
  return function == nullptr || function("exec", "O", code) == 0;
}

PyObject* make_bindable(PyObject* callable) noexcept {
  const MakeInstanceMethod function = instance_method_maker();
  if (function != nullptr) {
    return function(callable);
  }
  PyErr_SetString(PyExc_SystemError, "this interpreter does not export PyInstanceMethod_New");
  return nullptr;
}

TextView::TextView(PyObject* object) noexcept {
  if (object == nullptr || !is_text(object)) {
    return;
  }
  if (const AsUtf8 function = as_utf8(); function != nullptr) {
    Py_ssize_t size = 0;
    const char* const text = function(object, &size);
    if (text != nullptr &&
        size == PyUnicode_GetLength(object)) {  // ASCII, which all encodings hold
      text_ = {text, static_cast<std::size_t>(size)};
      return;
    }
    PyErr_Clear();  // lone surrogates: bytes of a file name that have no meaning
  }
  bytes_ = PyRef::steal(PyUnicode_EncodeFSDefault(object));
  char* text = nullptr;
  Py_ssize_t size = 0;
  if (!bytes_ || PyBytes_AsStringAndSize(bytes_.get(), &text, &size) != 0) {
    PyErr_Clear();
    return;
  }
  text_ = {text, static_cast<std::size_t>(size)};
}

}  // namespace pel
