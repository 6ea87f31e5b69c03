#include "embed/import_observer.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "embed/import_times.hpp"
#include "embed/optional_api.hpp"

namespace pel {
namespace {

constexpr const char* kTimesVariable = "PYENVLAUNCH_IMPORT_TIMES";
constexpr const char* kTraceVariable = "PYENVLAUNCH_TRACE";
constexpr const char* kWrapped = "_find_and_load";
constexpr double kNanosecondsInMillisecond = 1e6;

// Plain data that is never destroyed: imports go on until the very end.
ImportTimes times;
PyObject* original = nullptr;
char* page = nullptr;  // where it goes; empty: standard error
std::int64_t origin = 0;
pid_t process = 0;
bool measures = false;
bool traces = false;

void trace(const char* what) noexcept {
  std::fprintf(stderr, "pyenvlaunch: trace: %8.1f ms  %s\n",
               static_cast<double>(ImportTimes::now() - origin) / kNanosecondsInMillisecond, what);
}

// The text behind PID and NANOSECONDS, a copy; null if the variable is not for this process.
char* take(const char* variable) noexcept {
  const char* const value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe): at the start
  if (value == nullptr) {
    return nullptr;
  }
  char* end = nullptr;
  const long pid = std::strtol(value, &end, 10);
  if (*end != ':' || pid != ::getpid()) {
    return nullptr;
  }
  origin = std::strtoll(end + 1, &end, 10);
  char* const rest = ::strdup(*end == ':' ? end + 1 : end);
  ::unsetenv(variable);  // NOLINT(concurrency-mt-unsafe): at the start
  return rest;
}

PyObject* observed(PyObject* /*self*/, PyObject* args) {
  const TextView name(PyTuple_Size(args) > 0 ? PyTuple_GetItem(args, 0) : nullptr);
  const std::uint32_t number =
      measures && !name.empty() ? times.begin(name.c_str()) : ImportTimes::kNone;
  PyObject* const module = PyObject_CallObject(original, args);
  times.end(number, module == nullptr);
  if (traces && !name.empty() && name.view() == "site") {
    trace("site has run, the program begins");
  }
  return module;
}

PyMethodDef observed_method = {kWrapped, observed, METH_VARARGS, nullptr};

// When the interpreter has ended. A forked child ends here as well, and has nothing to say.
void finish() {
  if (::getpid() != process) {
    return;
  }
  if (traces) {
    trace("the interpreter has ended");
  }
  if (!measures) {
    return;
  }
  if (*page == '\0') {
    times.print(origin);
  } else if (!times.write_page(page, origin)) {
    std::fprintf(stderr, "pyenvlaunch: error: cannot write %s: %s\n", page, std::strerror(errno));
  }
}

}  // namespace

void read_observation() noexcept {
  page = take(kTimesVariable);
  measures = page != nullptr;
  char* const traced = take(kTraceVariable);
  traces = traced != nullptr;
  std::free(traced);
}

bool start_import_observer() noexcept {
  if (!measures && !traces) {
    return true;
  }
  process = ::getpid();
  if (traces) {
    trace("the interpreter's library is loaded, and its core has started");
  }
  const PyRef bootstrap = PyRef::steal(PyImport_ImportModule("_frozen_importlib"));
  original = bootstrap ? PyObject_GetAttrString(bootstrap.get(), kWrapped) : nullptr;
  const PyRef wrapper = original != nullptr
                            ? PyRef::steal(PyCFunction_NewEx(&observed_method, nullptr, nullptr))
                            : PyRef();
  if (!wrapper || PyObject_SetAttrString(bootstrap.get(), kWrapped, wrapper.get()) != 0) {
    return false;
  }
  if (Py_AtExit(finish) != 0) {
    PyErr_SetString(PyExc_SystemError, "no place for what shall be done at the end");
    return false;
  }
  return true;
}

bool start_hosted_import_observer() noexcept {
  read_observation();
  if (!measures && !traces) {
    return true;
  }
  const PyRef os = PyRef::steal(PyImport_ImportModule("os"));
  const PyRef variables = os ? PyRef::steal(PyObject_GetAttrString(os.get(), "environ")) : PyRef();
  for (const char* const name : {kTimesVariable, kTraceVariable}) {
    const PyRef popped =
        variables ? PyRef::steal(PyObject_CallMethod(variables.get(), "pop", "ss", name, ""))
                  : PyRef();
    if (!popped) {
      return false;
    }
  }
  return start_import_observer();
}

}  // namespace pel
