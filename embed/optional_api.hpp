#pragma once

#include <cstddef>
#include <string_view>

#include "embed/py_ref.hpp"

// What the limited API of 3.9 lacks. Every such symbol is looked up here and nowhere else, may be
// missing, and then has a slower stand-in.
namespace pel {

// struct _inittab of import.h, the same since Python 2.
struct InittabEntry {
  const char* name;
  PyObject* (*initialize)();
};

// The table of built-in modules as it stands now; null when the library does not export it.
[[nodiscard]] InittabEntry* inittab() noexcept;

// The running interpreter's version, as in PY_VERSION_HEX. Callable before Python starts.
[[nodiscard]] unsigned long version_hex() noexcept;

// PyObjectArenaAllocator of cpython/objimpl.h, the same since 3.4.
struct ArenaAllocator {
  void* context;
  void* (*allocate)(void* context, std::size_t size);
  void (*release)(void* context, void* memory, std::size_t size);
};

// Where the interpreter takes memory for its arenas from. False, and nothing is read, when the
// library does not export both functions. Callable before Python starts.
[[nodiscard]] bool get_arena_allocator(ArenaAllocator& allocator) noexcept;
void set_arena_allocator(ArenaAllocator& allocator) noexcept;

// Raises the audit event of a file (a str) that is opened for reading (PEP 578). False with an
// exception set when somebody objects.
[[nodiscard]] bool audit_open(PyObject* path) noexcept;

// The same of code that is executed.
[[nodiscard]] bool audit_exec(PyObject* code) noexcept;

// What binds a callable to the object on which it is looked up, as a function of Python does: a
// types.MethodType comes of it, which says nothing of that object's type when it is called. New
// reference, or null with an exception set; exported by every CPython 3.
[[nodiscard]] PyObject* make_bindable(PyObject* callable) noexcept;

// A str's text in the file system's encoding, in which names and paths of files are kept as bytes,
// valid as long as this object and the str. empty() when `object` is no str, or one that no file
// can be named by, without an exception set.
class TextView {
 public:
  explicit TextView(PyObject* object) noexcept;

  [[nodiscard]] bool empty() const noexcept { return text_.data() == nullptr; }

  [[nodiscard]] std::string_view view() const noexcept { return text_; }

  [[nodiscard]] const char* c_str() const noexcept { return text_.data(); }

 private:
  PyRef bytes_;
  std::string_view text_;
};

// Whether there is a zero in a text, which no file can be named by.
[[nodiscard]] inline bool has_zero(const TextView& text) noexcept {
  return text.view().find('\0') != std::string_view::npos;
}

}  // namespace pel
