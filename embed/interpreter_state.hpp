#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "embed/py_ref.hpp"
#include "embed/relaxed_collection.hpp"

namespace pel {

// What lookups compare with (embed/module_lookup.hpp). Zero-initialised; all objects are owned.
struct LookupState {
  PyObject* path_finder;     // importlib.machinery.PathFinder
  PyObject* path_methods;    // its __dict__
  PyObject* path_find_spec;  // what stands there for find_spec
  PyObject* file_methods;    // FileFinder's __dict__
  PyObject* file_find_spec;
  PyObject* path_hook;          // ours
  PyObject* file_hook;          // FileFinder's
  PyObject* archive_hook;       // zipimport's; null: there is none
  PyObject* standard_finders;   // dict: directory of the standard library -> its FileFinder
  PyObject* working_directory;  // a str; null: not known
  PyObject* working_finder;     // its FileFinder
  std::uint64_t working_device;
  std::uint64_t working_inode;
};

// What stands in SourceFileLoader (embed/source_loader.hpp). Zero-initialised; all are owned.
struct LoaderMethods {
  static constexpr std::size_t kCount = 4;

  PyObject* names[kCount];  // interned: a lookup costs a tenth of one by a C string
  PyObject* usual[kCount];
  PyObject* real_class;  // object.__dict__["__class__"]
};

// What the finder needs of one interpreter, looked up once: every interpreter of the process has
// its own. Kept alive by the interpreter's own dictionary.
struct InterpreterState {
  PyObject* module_spec;        // importlib.machinery.ModuleSpec
  PyObject* pack_loader;        // our SourceFileLoader
  PyObject* extension_loader;   // importlib.machinery.ExtensionFileLoader
  PyObject* sourceless_loader;  // importlib.machinery.SourcelessFileLoader
  PyObject* file_finder;        // importlib.machinery.FileFinder
  PyObject* supported_loaders;  // what FileFinder is given, as importlib itself gives it
  PyObject* tree_finder_type;
  PyObject* site_finder_type;
  PyObject* meta_path_finder_type;
  PyObject* source_loader;     // importlib.machinery.SourceFileLoader
  PyObject* standard_loader;   // our loader of the standard library's modules
  PyObject* standard_loaders;  // what FileFinder is given for those
  PyObject* loader_list;       // the type of their list in a FileFinder
  PyObject* stored_loaders;    // the same for stored modules
  PyObject* standard_library;  // its directory, a str
  PyObject* load_code;         // marshal.loads
  PyObject* fix_file_name;     // _imp._fix_co_filename
  PyObject* code_type;         // types.CodeType
  PyObject* site_finders;      // dict: each path that names site-packages -> its finder
  CollectionState collection;
  LookupState lookup;
  LoaderMethods loader_methods;

  // Suffixes of modules in FileFinder's order: extensions, ".py", ".pyc". A program may add others
  // (importlib.machinery.SOURCE_SUFFIXES).
  static constexpr std::size_t kMaxSuffixes = 12;
  enum class SuffixKind : std::uint8_t { extension, source, bytecode };

  struct Suffix {
    char text[48];
    std::uint8_t size;
    SuffixKind kind;

    [[nodiscard]] std::string_view view() const noexcept { return {text, size}; }
  };

  Suffix suffixes[kMaxSuffixes];
  std::uint8_t suffix_count;
  bool has_other_suffixes;  // a program has changed them: the table does not know such names
  bool roots_are_on_path;   // put_roots_on_path() or insert_roots() has put them there
  bool is_starting;         // start() was called, get_or_install() not yet

  // The first step, while importlib is being completed: no module has been looked for yet, and no
  // code but CPython's own has run. The finders answer from now on. A failure leaves nothing, not
  // even an exception.
  static void start() noexcept;

  // The state of this interpreter, made and its finders installed at the first call, if start()
  // has not. Borrowed; null with an exception set on failure.
  [[nodiscard]] static InterpreterState* get_or_install() noexcept;

  // The same without installing: null, and no exception, when there is none yet.
  [[nodiscard]] static InterpreterState* get() noexcept;
};

// Reads the suffixes of modules, as a FileFinder does when it is made. False with an exception set
// on failure, and then they are as before.
[[nodiscard]] bool update_suffixes(InterpreterState& state) noexcept;

// A str of the parts put together, in the file system's encoding. Empty with an exception set on
// failure, also when it is longer than a path can be.
[[nodiscard]] PyRef make_path(std::initializer_list<std::string_view> parts) noexcept;

// `path`, a str, with such parts behind it. Empty with an exception set on failure.
[[nodiscard]] PyRef extend_path(PyObject* path,
                                std::initializer_list<std::string_view> parts) noexcept;

// Gives back an object of a heap type of ours and its reference to the type; what its members own
// has been dropped before.
void deallocate(PyObject* self) noexcept;

}  // namespace pel
