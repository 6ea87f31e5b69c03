#include "store/environment/environment.hpp"

#include <sys/stat.h>

#include <chrono>
#include <mutex>
#include <set>
#include <utility>

#include "store/base/build_id.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/environment/cache_layout.hpp"
#include "store/environment/composites.hpp"
#include "store/environment/environment_id.hpp"
#include "store/environment/environment_scripts.hpp"
#include "store/environment/file_conflicts.hpp"
#include "store/environment/installation.hpp"
#include "store/environment/locked_selection.hpp"
#include "store/environment/mapped_trees.hpp"
#include "store/environment/prefix_content.hpp"
#include "store/environment/prefix_writer.hpp"
#include "store/environment/roots.hpp"
#include "store/environment/selections.hpp"
#include "store/environment/table_builder.hpp"
#include "store/environment/wheel_intake.hpp"
#include "store/interpreter/bytecode.hpp"
#include "store/tree/store.hpp"

namespace pel {
namespace {

// Measures one piece of work after the other.
class PhaseClock {
 public:
  void end(const char* name) {
    const auto now = std::chrono::steady_clock::now();
    phases_.push_back({name, std::chrono::duration<double, std::milli>(now - start_).count()});
    start_ = now;
  }

  [[nodiscard]] std::vector<Phase> take() && { return std::move(phases_); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::vector<Phase> phases_;
};

void stop_if_cancelled(const EnvironmentRequest& request) {
  if (request.cancelled != nullptr && *request.cancelled) {
    throw Error(ErrorCode::interrupted, "interrupted");
  }
}

// The steps of make_environment(), in their order; each needs those before it.
class Maker {
 public:
  explicit Maker(const EnvironmentRequest& request)
      : request_(request), cache_(request.locations.cache), store_(request.locations.home) {}

  EnvironmentResult run() {
    cache_.prepare();
    store_.prepare();
    // Before wheels are looked for: if one vanishes meanwhile, the record does not hold.
    generation_ = identify(store_.layout().generation().c_str()).value_or(FileIdentity{});
    locked_ = read_locked_selection(request_, cache_);
    clock_.end("resolve");
    take_in_wheels_and_compile();
    stop_if_cancelled(request_);
    make_prefix();
    write_record();
    clock_.end("record");
    result_.wheels = intake_.wheel_ids.size();
    result_.composites = composites_.ids.size();
    result_.added = intake_.added;
    result_.downloaded = intake_.downloaded;
    result_.bytes = intake_.bytes;
    result_.warnings = std::move(intake_.warnings);
    result_.phases = std::move(clock_).take();
    result_.hit = result_.added == 0 && result_.compiled == 0 && composites_.made == 0 &&
                  !result_.created && result_.repaired == 0;
    return std::move(result_);
  }

 private:
  void take_in_wheels_and_compile() {
    BytecodeCompiler compiler(locked_.interpreter, store_.layout(), {});
    IntakeOptions options;
    options.offline = request_.offline;
    options.find_links = request_.find_links;
    options.download_dir = cache_.downloads();
    options.progress = request_.progress;
    options.cancelled = request_.cancelled;
    options.on_present = [&](const std::string& id) { compiler.enqueue(id); };
    intake_ = take_in_wheels(store_, locked_.selection, options);
    clock_.end("wheels");
    stop_if_cancelled(request_);
    compiler.finish();
    result_.compiled = compiler.statistics().packs;
    clock_.end("bytecode");
  }

  void make_prefix() {
    const StoreLayout& layout = store_.layout();
    const MappedTrees mapped(layout, intake_.wheel_ids);
    std::vector<EnvironmentTree> trees(mapped.trees().begin(), mapped.trees().end());
    composites_ = make_composites(layout, locked_.interpreter, trees);
    clock_.end("composites");
    EnvironmentScripts scripts = environment_scripts(trees, locked_.lock.scripts);
    result_.environment_id =
        environment_id(intake_.wheel_ids, locked_.interpreter, locked_.lock, kBuildId);
    const std::string table = write_table(build_table({.trees = trees,
                                                       .scripts = scripts.scripts,
                                                       .interpreter = &locked_.interpreter,
                                                       .lock = &locked_.lock,
                                                       .environment_id = result_.environment_id,
                                                       .build_id = kBuildId}));
    result_.conflicts = file_conflicts(trees);
    result_.conflicts.insert(result_.conflicts.end(), scripts.conflicts.begin(),
                             scripts.conflicts.end());
    clock_.end("table");

    const Installation launcher = copy_to_store(this_installation(), layout, kBuildId);
    const std::string prefix = cache_.prefix(result_.environment_id);
    const PrefixPlan plan = prefix_content({.prefix = prefix,
                                            .store = layout.root(),
                                            .launcher = launcher,
                                            .launcher_id = kBuildId,
                                            .table = table,
                                            .interpreter = &locked_.interpreter,
                                            .trees = trees,
                                            .scripts = scripts.scripts});
    write_root(layout, {.environment_id = result_.environment_id,
                        .prefix = prefix,
                        .lock = request_.lock_path,
                        .wheel_ids = intake_.wheel_ids,
                        .composite_ids = composites_.ids});
    const PrefixChange change = write_prefix(plan, prefix, cache_.tmp());
    result_.created = change.created;
    result_.repaired = change.repaired;
    clock_.end("prefix");
  }

  void write_record() {
    const InterpreterFacts& interpreter = locked_.interpreter;
    const auto identity = [](const std::string& path) {
      return identify(path.c_str()).value_or(FileIdentity{});
    };
    result_.record = {.prefix = cache_.prefix(result_.environment_id),
                      .store = store_.layout().root(),
                      .lock = request_.lock_path,
                      .interpreter = interpreter.executable,
                      .libpython = interpreter.libpython,
                      .build_id = kBuildId,
                      .interpreter_identity = identity(interpreter.executable),
                      .libpython_identity = identity(interpreter.libpython),
                      .generation = generation_};
    if (read_selection(cache_, locked_.key) != result_.record) {
      write_selection(cache_, locked_.key, result_.record);
    }
  }

  const EnvironmentRequest& request_;
  CacheLayout cache_;
  Store store_;
  PhaseClock clock_;
  FileIdentity generation_;
  LockedSelection locked_;
  IntakeResult intake_;
  MadeComposites composites_;
  EnvironmentResult result_;
};

}  // namespace

EnvironmentResult make_environment(const EnvironmentRequest& request) {
  return Maker(request).run();
}

}  // namespace pel
