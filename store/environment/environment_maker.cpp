#include "store/environment/environment_maker.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <utility>

#include "store/base/build_id.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/build/build_sources.hpp"
#include "store/environment/environment_id.hpp"
#include "store/environment/environment_scripts.hpp"
#include "store/environment/file_conflicts.hpp"
#include "store/environment/installation.hpp"
#include "store/environment/mapped_trees.hpp"
#include "store/environment/prefix_content.hpp"
#include "store/environment/prefix_writer.hpp"
#include "store/environment/table_builder.hpp"
#include "store/interpreter/bytecode.hpp"
#include "store/interpreter/standard_bytecode.hpp"

namespace pel {
namespace {

// Of several wheels in one composite, one.
std::vector<std::string> distinct_roots(std::span<const EnvironmentTree> trees) {
  std::vector<std::string> roots;
  for (const EnvironmentTree& tree : trees) {
    std::string root = site_packages_of(tree);
    if (tree.composite.empty() || std::ranges::find(roots, root) == roots.end()) {
      roots.push_back(std::move(root));
    }
  }
  return roots;
}

bool is_read_only(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0 && ::access(path.c_str(), W_OK | X_OK) != 0;
}

// Of a store that is_read_only().
const char* why_read_only(const std::string& path) {
  return ::access(path.c_str(), W_OK) != 0 && errno == EROFS ? "it is on a read-only file system"
                                                             : "this user may only read it";
}

std::vector<std::string> ids_of(std::span<const PlannedComposite> composites) {
  std::vector<std::string> ids;
  for (const PlannedComposite& composite : composites) {
    ids.push_back(composite.id);
  }
  return ids;
}

}  // namespace

void PhaseClock::end(const char* name) {
  const auto now = std::chrono::steady_clock::now();
  phases_.push_back({name, std::chrono::duration<double, std::milli>(now - start_).count()});
  start_ = now;
}

EnvironmentMaker::EnvironmentMaker(const EnvironmentRequest& request)
    : request_(request),
      cache_(request.locations.cache),
      store_(request.locations.home, request.limits) {}

void EnvironmentMaker::stop_if_cancelled() const {
  if (request_.cancelled != nullptr && *request_.cancelled) {
    throw Error(ErrorCode::interrupted, "interrupted");
  }
}

void EnvironmentMaker::gather() {
  cache_.prepare();
  store_is_read_only_ = is_read_only(layout().root());
  if (!store_is_read_only_) {
    store_.prepare();
  }
  // Before wheels are looked for: if one vanishes meanwhile, the record does not hold.
  generation_ = identify(store_.layout().generation().c_str()).value_or(FileIdentity{});
  locked_ = read_locked_selection(request_, cache_);
  clock_.end("resolve");
  build();
  claim();
  if (!built_files_are_there()) {  // somebody has cleared up just before the claim
    build();
    claim();
  }
  if (store_is_read_only_) {
    refuse_missing();
  }
  take_in_wheels_and_compile();
  stop_if_cancelled();
}

// Wheels of what the lock has sources of only.
void EnvironmentMaker::build() {
  Selection& selection = locked_.selection;
  if (store_is_read_only_) {
    if (!find_built(layout(), locked_.interpreter, selection)) {
      throw Error(ErrorCode::io, concat("cannot build wheels for ", request_.lock_path, ": ",
                                        layout().root(), ": ", why_read_only(layout().root())))
          .with_hint("set PYENVLAUNCH_HOME to a store of your own");
    }
    return;
  }
  built_ = build_sources(layout(), locked_.interpreter, selection,
                         {.offline = request_.offline,
                          .find_links = request_.find_links,
                          .download_dir = cache_.downloads(),
                          .log_dir = cache_.logs(),
                          .cancelled = request_.cancelled,
                          .notify = request_.notify});
  if (built_ != 0) {
    clock_.end("build");
  }
}

bool EnvironmentMaker::built_files_are_there() {
  bool all = true;
  for (SelectedWheel& wheel : locked_.selection.wheels) {
    if (wheel.source && ::access(wheel.wheel.path.c_str(), F_OK) != 0) {
      wheel.wheel = {};
      all = false;
    }
  }
  return all;
}

// From here on nobody clears away what this environment needs.
void EnvironmentMaker::claim() {
  std::vector<std::string> ids;
  for (const SelectedWheel& wheel : locked_.selection.wheels) {
    ids.push_back(Store::id_of(WheelName::parse(wheel.wheel.file_name), *wheel.wheel.sha256));
  }
  environment_id_ = pel::environment_id(ids, locked_.interpreter, locked_.lock, kBuildId);
  claim_.emplace(layout(), environment_id_, ids, kBuildId, request_.cancelled);
}

// What cannot be put into the store must be in it.
void EnvironmentMaker::refuse_missing() const {
  const std::string hint =
      "ask its owner to run `pyenvlaunch sync` with this lock and this version, or set "
      "PYENVLAUNCH_HOME to a store of your own";
  for (const SelectedWheel& wheel : locked_.selection.wheels) {
    const std::string& file = wheel.wheel.file_name;
    if (!store_.find(WheelName::parse(file), *wheel.wheel.sha256)) {
      throw Error(ErrorCode::io, concat("cannot add wheel ", file, " to ", layout().root(), ": ",
                                        why_read_only(layout().root())))
          .with_hint(hint);
    }
  }
  if (::access(concat(layout().launchers(), "/", kBuildId).c_str(), F_OK) != 0) {
    throw Error(ErrorCode::io, concat("cannot use ", layout().root(),
                                      ": it has no copy of this version of pyenvlaunch, and ",
                                      why_read_only(layout().root())))
        .with_hint(hint);
  }
}

void EnvironmentMaker::take_in_wheels_and_compile() {
  BytecodeCompiler compiler(locked_.interpreter, store_.layout(), {});
  IntakeOptions options;
  options.offline = request_.offline;
  options.find_links = request_.find_links;
  options.download_dir = cache_.downloads();
  options.progress = request_.progress;
  options.cancelled = request_.cancelled;
  options.on_present = [&](const std::string& id) {
    if (!store_is_read_only_) {  // without bytecode modules are read from their sources
      compiler.enqueue(id);
    }
  };
  intake_ = take_in_wheels(store_, locked_.selection, options);
  clock_.end("wheels");
  stop_if_cancelled();
  compiler.finish();
  if (!store_is_read_only_) {
    make_standard_pack(locked_.interpreter, layout(), 0);
  }
  compiled_ = compiler.statistics().packs;
  clock_.end("bytecode");
}

PrefixPlan EnvironmentMaker::plan(const std::string& prefix) {
  const MappedTrees mapped(layout(), intake_.wheel_ids);
  std::vector<EnvironmentTree> trees(mapped.trees().begin(), mapped.trees().end());
  const std::vector<PlannedComposite> composites = plan_composites(trees, locked_.interpreter);
  claim_->extend(ids_of(composites));
  composites_ = make_composites(layout(), locked_.interpreter, composites, trees);
  roots_on_path_ = distinct_roots(trees);
  roots_on_path_.insert(roots_on_path_.end(), locked_.lock.source_paths.begin(),
                        locked_.lock.source_paths.end());
  clock_.end("composites");
  EnvironmentScripts scripts = environment_scripts(trees, locked_.lock.scripts);
  const std::string table = write_table(build_table({.trees = trees,
                                                     .scripts = scripts.scripts,
                                                     .interpreter = &locked_.interpreter,
                                                     .lock = &locked_.lock,
                                                     .environment_id = environment_id_,
                                                     .build_id = kBuildId}));
  conflicts_ = file_conflicts(trees);
  conflicts_.insert(conflicts_.end(), scripts.conflicts.begin(), scripts.conflicts.end());
  clock_.end("table");
  const Installation launcher = copy_to_store(this_installation(), layout(), kBuildId);
  return prefix_content({.prefix = prefix,
                         .store = layout().root(),
                         .launcher = launcher,
                         .launcher_id = kBuildId,
                         .table = table,
                         .interpreter = &locked_.interpreter,
                         .trees = trees,
                         .scripts = scripts.scripts});
}

EnvironmentRoot EnvironmentMaker::root(RootKind kind, const std::string& prefix) const {
  return {.kind = kind,
          .environment_id = environment_id_,
          .prefix = prefix,
          .lock = request_.lock_path,
          .lock_digest = locked_.text_digest,
          .launcher = kBuildId,
          .wheel_ids = intake_.wheel_ids,
          .composite_ids = composites_.ids};
}

EnvironmentResult EnvironmentMaker::finish(const PrefixChange& change) {
  EnvironmentResult result;
  result.environment_id = environment_id_;
  result.wheels = intake_.wheel_ids.size();
  result.composites = composites_.ids.size();
  result.added = intake_.added;
  result.downloaded = intake_.downloaded;
  result.bytes = intake_.bytes;
  result.compiled = compiled_;
  result.created = change.created;
  result.repaired = change.repaired;
  result.phases = std::move(clock_).take();
  result.conflicts = std::move(conflicts_);
  result.warnings = std::move(intake_.warnings);
  result.hit = result.added == 0 && result.compiled == 0 && composites_.made == 0 &&
               !result.created && result.repaired == 0;
  return result;
}

}  // namespace pel
