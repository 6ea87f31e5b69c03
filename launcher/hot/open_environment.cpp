#include "launcher/hot/open_environment.hpp"

#include <sys/auxv.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "launcher/hot/broken_environment.hpp"
#include "launcher/hot/manager.hpp"
#include "store/base/error.hpp"
#include "store/base/file_identity.hpp"
#include "store/base/mapped_file.hpp"
#include "store/base/text.hpp"
#include "store/format/followed_lock.hpp"
#include "store/format/recipe_file.hpp"
#include "store/format/table_format.hpp"

namespace pel {
namespace {

// Set for what the manager starts: a Python of the environment that a build runs, say, must not
// ask for the same again.
constexpr const char* kRestoringVariable = "PYENVLAUNCH_RESTORING";

bool may_restore() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread yet
  return ::getauxval(AT_SECURE) == 0 && std::getenv(kRestoringVariable) == nullptr;
}

bool lock_has_changed(const ExecutedAs& self) {
  const PyvenvConfig& config = self.config;
  if (config.lock.empty()) {
    return false;
  }
  const std::string lock =
      config.lock.starts_with('/') ? config.lock : concat(self.prefix, "/", config.lock);
  const auto now = identify(lock.c_str());
  return !now || followed_state(*now) != config.lock_state;
}

PrefixTable checked_table(const ExecutedAs& self) {
  const char* reason = nullptr;
  auto table = open_prefix_table(self.prefix, reason);
  if (!table) {
    throw broken_environment(self.prefix, table_format::kFileName, reason);
  }
  check_configuration(self, table->table);
  return *std::move(table);
}

// What the recipe says of store and launcher; nothing when it cannot be used.
std::optional<PyvenvConfig> read_recipe_keys(const std::string& prefix) {
  int error = 0;
  const MappedFile file = MappedFile::open(concat(prefix, "/", kRecipeFile).c_str(),
                                           MappedFile::Trust::own_or_root, error);
  if (!file) {
    return std::nullopt;
  }
  const auto* const text = reinterpret_cast<const char*>(file.bytes().data());
  auto config = PyvenvConfig::parse({text, file.bytes().size()});
  return config.store.starts_with('/') && !config.launcher_id.empty() ? std::optional(config)
                                                                      : std::nullopt;
}

// The manager that has made the environment; empty when it, or the recipe, is not there.
std::string manager_of(const ExecutedAs& self) {
  const auto recipe = read_recipe_keys(self.prefix);
  std::string manager =
      recipe ? concat(recipe->store, "/launchers/", recipe->launcher_id, "/pyenvlaunch-manager")
             : std::string();
  return ::access(manager.c_str(), X_OK) == 0 ? manager : std::string();
}

// The exit status of the manager; what it has changed is in `self`.
int restore(const std::string& manager, ExecutedAs& self) {
  // NOLINTBEGIN(concurrency-mt-unsafe): no other thread yet
  ::setenv(kRestoringVariable, "1", 1);
  const int status = run_manager(manager, {manager, "restore", "--", self.prefix});
  ::unsetenv(kRestoringVariable);
  // NOLINTEND(concurrency-mt-unsafe)
  if (status == 0) {
    self.config = PyvenvConfig::read(concat(self.prefix, "/pyvenv.cfg")).value_or(PyvenvConfig{});
  }
  return status;
}

}  // namespace

std::optional<PrefixTable> open_environment(ExecutedAs& self, int& status) {
  bool restored = false;
  if (lock_has_changed(self) && may_restore()) {
    const std::string manager = manager_of(self);
    if (manager.empty()) {
      throw broken_environment(self.prefix, kRecipeFile, "it is gone, or what it names");
    }
    status = restore(manager, self);
    if (status != 0) {
      return std::nullopt;
    }
    restored = true;
  }
  try {
    return checked_table(self);
  } catch (const Error& error) {
    if (restored || error.code() != ErrorCode::corrupt || !may_restore() ||
        ::access(self.prefix.c_str(), W_OK) != 0) {
      throw;
    }
    const std::string manager = manager_of(self);
    if (manager.empty()) {
      throw;
    }
    status = restore(manager, self);
  }
  return status == 0 ? std::optional(checked_table(self)) : std::nullopt;
}

}  // namespace pel
