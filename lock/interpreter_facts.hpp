#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace pel {

// What an interpreter said of itself. Plain data: store/interpreter asks for it, everything else
// only reads. Paths are absolute. A text that does not apply is empty.
struct InterpreterFacts {
  std::string executable;      // the base interpreter itself, links resolved, never a venv's
  std::string implementation;  // sys.implementation.name: "cpython"
  int major = 0;
  int minor = 0;
  int micro = 0;
  std::string full_version;  // platform.python_version(): "3.11.7", "3.14.0rc1"

  // The eleven PEP 508 variables that describe an interpreter: "python_version", "os_name", ...
  std::map<std::string, std::string> markers;

  std::string platform;              // sysconfig.get_platform(): "linux-x86_64"
  std::string glibc_version;         // "2.36", or empty when it does not run on glibc
  std::string musl_version;          // "1.2", or empty
  std::string soabi;                 // "cpython-311-x86_64-linux-gnu"
  std::string cache_tag;             // "cpython-311"
  std::uint32_t bytecode_magic = 0;  // importlib.util.MAGIC_NUMBER, little endian
  bool gil_disabled = false;         // Py_GIL_DISABLED: a free-threaded build
  bool debug_build = false;          // Py_DEBUG
  int pointer_bits = 64;
  std::string abiflags;                         // sys.abiflags: "", "d", "t"
  std::vector<std::string> extension_suffixes;  // importlib.machinery.EXTENSION_SUFFIXES

  std::string prefix;
  std::string exec_prefix;
  std::string stdlib;
  std::string platlibdir;  // "lib" or "lib64"
  std::string bindir;

  std::string version_line;      // sys.version, to compare with the library's Py_GetVersion()
  std::string libpython;         // its shared library, or empty
  std::string libpython_reason;  // why there is none, for people
};

}  // namespace pel
