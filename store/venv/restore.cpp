#include "store/venv/restore.hpp"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/file_identity.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/environment/environment_maker.hpp"
#include "store/environment/recipe.hpp"
#include "store/format/recipe_file.hpp"
#include "store/format/selection_key.hpp"
#include "store/interpreter/interpreter.hpp"
#include "store/prefix/prefix_writer.hpp"
#include "store/records/file_system.hpp"
#include "store/records/kept_table.hpp"
#include "store/records/root_reader.hpp"
#include "store/records/roots.hpp"
#include "store/tree/stored_index.hpp"
#include "store/venv/thin_venv.hpp"

namespace pel {
namespace {

constexpr std::string_view kStoreTail = "/store/v1";

// Makes one environment again.
class Restorer {
 public:
  Restorer(Recipe recipe, const EnvironmentRequest& settings)
      : recipe_(std::move(recipe)), request_(settings) {
    request_.lock_path = recipe_.lock;
    request_.selection = recipe_.selection;
    request_.find_links = recipe_.find_links;
    request_.mode = recipe_.hosted ? "hosted" : "";
    request_.python_spec = ::access(recipe_.interpreter.c_str(), X_OK) == 0 ? recipe_.interpreter
                                                                            : recipe_.python_spec;
    request_.locations = {recipe_.store.substr(0, recipe_.store.size() - kStoreTail.size()),
                          recipe_.cache};
  }

  void run() {
    if (recipe_.follows == Follows::lock) {
      follow();
      return;
    }
    EnvironmentRoot named;
    named.kind = recipe_.kind;
    named.environment_id = recipe_.environment_id;
    named.prefix = recipe_.prefix;
    root_ = read_root(root_file(layout(), named));
    if (recipe_.kind == RootKind::venv) {
      restore_venv();
    } else {
      restore_prefix();
    }
  }

 private:
  [[nodiscard]] StoreLayout layout() const { return StoreLayout(request_.locations.home); }

  // What cannot be written is right all the same as long as the lock says what it said.
  void follow() {
    if (::access(recipe_.prefix.c_str(), W_OK) != 0 && has_same_lock()) {
      return;
    }
    make_venv({});
  }

  void restore_venv() {
    if (has_all_wheels() || !has_same_lock()) {
      make_venv([this] { return selected_before(); });
    } else {
      make_venv({});
    }
  }

  void make_venv(std::function<LockedSelection()> select) {
    const ThinVenvRequest request{.environment = request_,
                                  .directory = recipe_.prefix,
                                  .prompt = recipe_.prompt,
                                  .follows = recipe_.follows,
                                  .restore = true,
                                  .select = std::move(select)};
    static_cast<void>(make_thin_venv(request));
  }

  // In the cache, or of shims: what a lock leads to is not changed, only made again.
  void restore_prefix() {
    EnvironmentMaker maker(request_);
    maker.gather([this] { return selected_before(); });
    if (maker.environment_id() != recipe_.environment_id) {
      throw Error(ErrorCode::incompatible, concat(recipe_.interpreter, " has changed since"));
    }
    PrefixPlan plan = maker.plan(recipe_.prefix, recipe_.kind == RootKind::environment
                                                     ? NativeLinks::large_directories
                                                     : NativeLinks::files);
    plan.add(kRecipeFile,
             {PrefixEntry::Kind::text, write_recipe(maker.recipe(recipe_.kind, recipe_.prefix))});
    write_prefix(plan, recipe_.prefix, maker.cache().tmp(),
                 recipe_.kind == RootKind::shim ? PrefixDurability::after_power_loss
                                                : PrefixDurability::after_process_crash);
    if (!maker.store_is_read_only()) {
      keep_table(maker.layout(), maker.root(recipe_.kind, recipe_.prefix));
    }
  }

  [[nodiscard]] bool has_all_wheels() const {
    for (const std::string& id : root_.wheel_ids) {
      if (!StoredIndex(layout(), id).view()) {
        return false;
      }
    }
    return !root_.kind.empty();
  }

  [[nodiscard]] bool has_same_lock() const {
    const auto text = read_file_if_any(recipe_.lock);
    return text && lock_text_digest(*text) == recipe_.lock_digest;
  }

  [[nodiscard]] LockedSelection selected_before() const {
    if (root_.kind.empty()) {
      throw Error(ErrorCode::not_found,
                  concat("the store ", recipe_.store, " does not know it any more"));
    }
    LockedSelection result;
    result.text_digest = recipe_.lock_digest;
    result.lock.path = recipe_.lock;
    result.lock.scripts = recipe_.scripts;
    result.lock.env = recipe_.env;
    result.lock.source_paths = recipe_.source_paths;
    result.interpreter =
        ask_interpreter(recipe_.interpreter, CacheLayout(recipe_.cache).interpreters());
    if (recipe_.hosted) {
      result.interpreter.libpython.clear();
    }
    for (const std::string& id : root_.wheel_ids) {
      const StoredWheel stored = describe_wheel(layout(), id);
      if (!stored.damage.empty()) {
        throw Error(ErrorCode::not_found, stored.damage);
      }
      SelectedWheel wheel;
      wheel.name = stored.name;
      wheel.normalized_name = stored.normalized_name;
      wheel.version = stored.version;
      wheel.wheel.file_name = stored.wheel_file;
      wheel.wheel.sha256 = stored.sha256;
      result.selection.wheels.push_back(std::move(wheel));
    }
    return result;
  }

  Recipe recipe_;
  EnvironmentRequest request_;
  StoredRoot root_;
};

// A lock that the recipe names relative to its directory, "../app.lock", by the path that users
// call it by. ".." stays where links make it another file; else each time that the directory
// follows its lock would make the path longer.
std::string lock_beside(const std::string& directory, const std::string& relative) {
  std::string path = absolute_path(concat(directory, "/", relative));
  std::string plain = lexically_normal(path);
  const auto there = identify(path.c_str());
  return !there || there == identify(plain.c_str()) ? plain : path;
}

std::string advice(const Recipe& recipe, const std::string& lock) {
  switch (recipe.kind) {
    case RootKind::environment:
      return "run `pyenvlaunch sync LOCK` with the lock of this environment";
    case RootKind::shim:
      return "run `pyenvlaunch shims upgrade`";
    case RootKind::venv:
      break;
  }
  return recipe.follows == Follows::lock
             ? concat("it follows that lock; `pyenvlaunch venv ", recipe.prefix,
                      " LOCK` without --follow ends that")
             : concat("run `pyenvlaunch venv ", recipe.prefix, " ", lock, "` once more");
}

}  // namespace

void restore_environment(const std::string& prefix, const EnvironmentRequest& settings) {
  auto recipe = read_recipe(prefix);
  if (!recipe || !recipe->store.ends_with(kStoreTail)) {
    throw Error(ErrorCode::corrupt,
                concat("cannot use ", prefix, ": its ", kRecipeFile, " cannot be used"))
        .with_hint("make the environment again with its lock");
  }
  if (!is_same_file(prefix, recipe->prefix)) {
    recipe->prefix = prefix;  // it was moved
  }
  if (!recipe->lock.empty()) {
    recipe->lock = recipe->lock.starts_with('/') ? absolute_path(recipe->lock)
                                                 : lock_beside(recipe->prefix, recipe->lock);
  }
  const Recipe kept = *recipe;
  try {
    Restorer(*std::move(recipe), settings).run();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) {
      throw;
    }
    const bool follows = kept.follows == Follows::lock;
    const std::string what = follows ? concat("cannot bring ", kept.prefix, " up to date: ")
                                     : concat("cannot make ", kept.prefix, " again: ");
    // Nobody has typed a command: nothing is wrong with its usage.
    const ErrorCode code = error.code() == ErrorCode::usage ? ErrorCode::io : error.code();
    throw Error(code,
                error.message().starts_with(what) ? error.message() : concat(what, error.message()))
        .with_hint(follows && !error.hint().empty() && error.message().starts_with(what)
                       ? error.hint()
                       : advice(kept, kept.lock));
  }
}

}  // namespace pel
