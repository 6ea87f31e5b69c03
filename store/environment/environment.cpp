#include "store/environment/environment.hpp"

#include <optional>
#include <utility>

#include "store/base/boot_id.hpp"
#include "store/base/build_id.hpp"
#include "store/base/overlay.hpp"
#include "store/environment/environment_maker.hpp"
#include "store/format/recipe_file.hpp"
#include "store/prefix/prefix_writer.hpp"
#include "store/records/kept_table.hpp"
#include "store/records/roots.hpp"
#include "store/records/selections.hpp"

namespace pel {
namespace {

SelectionRecord record_of(const EnvironmentMaker& maker, const std::string& prefix) {
  const InterpreterFacts& interpreter = maker.locked().interpreter;
  const auto identity = [](const std::string& path) {
    return identify(path.c_str()).value_or(FileIdentity{});
  };
  return {.prefix = prefix,
          .store = maker.layout().root(),
          .lock = maker.request().lock_path,
          .interpreter = interpreter.executable,
          .libpython = interpreter.libpython,
          .build_id = kBuildId,
          .boot = {},
          .interpreter_identity = identity(interpreter.executable),
          .libpython_identity = identity(interpreter.libpython),
          .generation = maker.generation()};
}

// Files that are found intact in a later boot than they were written in have reached the disk.
std::string boot_of(const std::string& prefix, const std::optional<SelectionRecord>& before,
                    const PrefixChange& change) {
  const std::string now = boot_id();
  const bool unchanged = !change.created && change.repaired == 0;
  const bool settled = unchanged && before && before->prefix == prefix && before->boot != now;
  return settled || is_on_overlay(prefix) ? "" : now;
}

}  // namespace

EnvironmentResult make_environment(const EnvironmentRequest& request) {
  EnvironmentMaker maker(request);
  maker.gather();
  const CacheLayout& cache = maker.cache();
  const std::string prefix = cache.prefix(maker.environment_id());
  PrefixPlan plan = maker.plan(prefix, NativeLinks::large_directories);
  plan.add(kRecipeFile,
           {PrefixEntry::Kind::text, write_recipe(maker.recipe(RootKind::environment, prefix))});
  const EnvironmentRoot root = maker.root(RootKind::environment, prefix);
  if (!maker.store_is_read_only()) {
    write_root(maker.layout(), root);
  }
  const PrefixChange change = write_prefix(plan, prefix, cache.tmp());
  if (!maker.store_is_read_only()) {
    keep_table(maker.layout(), root);
  }
  maker.clock().end("prefix");
  SelectionRecord record = record_of(maker, prefix);
  const auto before = read_selection(cache, maker.locked().key);
  record.boot = boot_of(prefix, before, change);
  if (before != record) {
    write_selection(cache, maker.locked().key, record);
  }
  maker.clock().end("record");
  EnvironmentResult result = maker.finish(change);
  result.record = std::move(record);
  return result;
}

}  // namespace pel
