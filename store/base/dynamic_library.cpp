#include "store/base/dynamic_library.hpp"

#include <dlfcn.h>

#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

[[noreturn]] void fail(const std::string& name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): of this thread
  const char* const reason = ::dlerror();
  throw Error(ErrorCode::incompatible,
              concat("cannot load ", name, ": ", reason == nullptr ? "unknown reason" : reason))
      .with_hint("install the package of your system that has this library");
}

}  // namespace

DynamicLibrary::DynamicLibrary(const char* name)
    : name_(name), handle_(::dlopen(name, RTLD_NOW | RTLD_LOCAL)) {
  if (handle_ == nullptr) {
    fail(name_);
  }
}

void* DynamicLibrary::find(const char* symbol) const {
  void* const address = ::dlsym(handle_, symbol);
  if (address == nullptr) {
    fail(name_);
  }
  return address;
}

}  // namespace pel
