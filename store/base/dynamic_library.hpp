#pragma once

#include <string>

namespace pel {

// A shared library that is loaded when it is needed, not when the program starts: linking one with
// its own dependencies takes longer than most commands do. It stays until the process ends.
// Thread-safe.
class DynamicLibrary {
 public:
  // `name` is a SONAME, as the dynamic linker looks for. Throws Error(incompatible).
  explicit DynamicLibrary(const char* name);

  // Sets `function` to the function of that name, whose type the library's header has declared.
  // Throws Error(incompatible) if the library has none.
  template <class Function>
  void bind(Function*& function, const char* symbol) const {
    function = reinterpret_cast<Function*>(find(symbol));
  }

 private:
  [[nodiscard]] void* find(const char* symbol) const;

  std::string name_;
  void* handle_;
};

}  // namespace pel
