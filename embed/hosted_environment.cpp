#include "embed/hosted_environment.hpp"

#include <pthread.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "embed/environment.hpp"
#include "embed/import_observer.hpp"
#include "embed/optional_api.hpp"
#include "store/base/mapped_file.hpp"
#include "store/format/use_descriptor.hpp"

namespace pel {
namespace {

constexpr int kComponents = 3;  // lib/pythonX.Y/site-packages

pthread_mutex_t start_mutex = PTHREAD_MUTEX_INITIALIZER;
bool started = false;

// A copy that lives as long as the process.
char* keep(std::string_view text) noexcept {
  auto* const copy = static_cast<char*>(std::malloc(text.size() + 1));
  if (copy != nullptr) {
    std::memcpy(copy, text.data(), text.size());
    copy[text.size()] = '\0';
  }
  return copy;
}

char* prefix_of(std::string_view directory) noexcept {
  for (int i = 0; i < kComponents; ++i) {
    const std::size_t slash = directory.rfind('/');
    if (slash == std::string_view::npos) {
      return nullptr;
    }
    directory = directory.substr(0, slash);
  }
  return keep(directory);
}

bool start(PyObject* directory, PyObject* store, PyObject* manager) noexcept {
  const TextView directory_text(directory);
  const TextView store_text(store);
  const TextView manager_text(manager);
  const char* const prefix = prefix_of(directory_text.view());
  char path[PATH_MAX];
  if (prefix == nullptr ||
      std::snprintf(path, sizeof path, "%s/%s", prefix, table_format::kFileName.data()) >=
          static_cast<int>(sizeof path)) {
    PyErr_SetString(PyExc_ImportError, "the directory is no environment of pyenvlaunch");
    return false;
  }
  int error = 0;
  MappedFile file = MappedFile::open(path, MappedFile::Trust::own_or_root, error);
  close_use_descriptors(path);
  const EmbedRequest request{.abi = kEmbedAbi,
                             .reserved = 0,
                             .prefix = prefix,
                             .store = keep(store_text.view()),
                             .manager = keep(manager_text.view()),
                             .table = file.bytes().data(),
                             .table_size = file.bytes().size()};
  const bool is_there = static_cast<bool>(file);
  // Stays, as threads do while the process ends.
  const auto* const kept = is_there ? new (std::nothrow) MappedFile(std::move(file)) : nullptr;
  if (request.store == nullptr || request.manager == nullptr || kept == nullptr ||
      !Environment::start(request)) {
    delete kept;
    PyErr_Format(PyExc_ImportError,
                 "cannot use %s: run `pyenvlaunch sync LOCK` with the lock of this environment",
                 path);
    return false;
  }
  // As the kernel calls it in a virtual environment: after bin/python, not after what that leads
  // to.
  if (::gettid() == ::getpid()) {
    static_cast<void>(::prctl(PR_SET_NAME, "python"));
  }
  return start_hosted_import_observer();
}

}  // namespace

bool start_hosted_environment(PyObject* directory, PyObject* store, PyObject* manager) noexcept {
  pthread_mutex_lock(&start_mutex);
  started = started || start(directory, store, manager);
  const bool result = started;
  pthread_mutex_unlock(&start_mutex);
  if (!result && PyErr_Occurred() == nullptr) {
    PyErr_SetString(PyExc_ImportError, "the environment of this process could not be made");
  }
  return result;
}

}  // namespace pel
