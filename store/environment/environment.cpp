#include "store/environment/environment.hpp"

#include <utility>

#include "store/base/build_id.hpp"
#include "store/environment/environment_maker.hpp"
#include "store/environment/kept_table.hpp"
#include "store/environment/prefix_writer.hpp"
#include "store/environment/roots.hpp"
#include "store/environment/selections.hpp"

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
          .interpreter_identity = identity(interpreter.executable),
          .libpython_identity = identity(interpreter.libpython),
          .generation = maker.generation()};
}

}  // namespace

EnvironmentResult make_environment(const EnvironmentRequest& request) {
  EnvironmentMaker maker(request);
  maker.gather();
  const CacheLayout& cache = maker.cache();
  const std::string prefix = cache.prefix(maker.environment_id());
  const PrefixPlan plan = maker.plan(prefix);
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
  if (read_selection(cache, maker.locked().key) != record) {
    write_selection(cache, maker.locked().key, record);
  }
  maker.clock().end("record");
  EnvironmentResult result = maker.finish(change);
  result.record = std::move(record);
  return result;
}

}  // namespace pel
