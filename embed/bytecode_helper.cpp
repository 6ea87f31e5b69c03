#include "embed/bytecode_helper.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>

#include "embed/environment.hpp"
#include "embed/py_ref.hpp"

namespace pel {
namespace {

// An empty file in the prefix says that the level is complete. The second program writes it.
bool is_complete(unsigned level, std::string_view prefix) noexcept {
  char path[PATH_MAX];
  const int size = std::snprintf(path, sizeof path, "%.*s/pyenvlaunch.opt-%u",
                                 static_cast<int>(prefix.size()), prefix.data(), level);
  return size > 0 && static_cast<std::size_t>(size) < sizeof path && ::access(path, F_OK) == 0;
}

}  // namespace

unsigned optimization_level() noexcept {
  PyObject* const flags = PySys_GetObject("flags");
  const PyRef value =
      flags != nullptr ? PyRef::steal(PyObject_GetAttrString(flags, "optimize")) : PyRef();
  const long level = value ? PyLong_AsLong(value.get()) : 0;
  if (PyErr_Occurred() != nullptr) {
    PyErr_Clear();
    return 0;
  }
  return level > 2 ? 2U : static_cast<unsigned>(level < 0 ? 0 : level);
}

void complete_bytecode() noexcept {
  const Environment& environment = Environment::get();
  const unsigned level = optimization_level();
  // A prefix that this user cannot write would be asked for again at each start.
  if (level == 0 || environment.manager() == nullptr || is_complete(level, environment.prefix()) ||
      ::access(environment.prefix().data(), W_OK) != 0) {
    return;
  }
  const char level_text[] = {static_cast<char>('0' + level), '\0'};
  const char* const words[] = {environment.manager(),
                               "complete-bytecode",
                               "--optimization",
                               level_text,
                               "--store",
                               environment.store().data(),
                               "--",
                               environment.prefix().data(),
                               nullptr};
  pid_t child = 0;
  if (::posix_spawn(&child, words[0], nullptr, nullptr, const_cast<char* const*>(words), environ) !=
      0) {
    return;
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace pel
