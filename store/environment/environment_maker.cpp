#include "store/environment/environment_maker.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <set>
#include <span>
#include <utility>

#include "store/base/build_id.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/build/build_sources.hpp"
#include "store/environment/environment_id.hpp"
#include "store/environment/table_builder.hpp"
#include "store/interpreter/bytecode.hpp"
#include "store/interpreter/standard_bytecode.hpp"
#include "store/layout/file_conflicts.hpp"
#include "store/layout/mapped_trees.hpp"
#include "store/prefix/environment_scripts.hpp"
#include "store/prefix/installation.hpp"
#include "store/prefix/needed_trees.hpp"
#include "store/prefix/prefix_content.hpp"
#include "store/prefix/prefix_writer.hpp"
#include "store/tree/tree_stamp.hpp"

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

// No RECORD: nothing in the store is to be uninstalled.
std::vector<StoredDistribution> distributions_of(std::span<const EnvironmentTree> trees) {
  std::vector<StoredDistribution> result;
  for (const EnvironmentTree& tree : trees) {
    const IndexView& index = tree.index;
    StoredDistribution distribution;
    distribution.dist_info = index.text(index.tree().dist_info);
    const auto folder = index.directory(index.tree().site_packages, distribution.dist_info);
    if (distribution.dist_info.empty() || !folder) {
      continue;
    }
    distribution.site_packages = site_packages_of(tree);
    for (const char* const name :
         {"METADATA", "WHEEL", "INSTALLER", "direct_url.json", "entry_points.txt"}) {
      if (const auto entry = index.entry(*folder, name);
          entry && entry->kind == index_format::EntryKind::file) {
        distribution.metadata_files.emplace_back(name);
      }
    }
    result.push_back(std::move(distribution));
  }
  return result;
}

bool is_read_only(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0 && ::access(path.c_str(), W_OK | X_OK) != 0;
}

// Of a store that is_read_only().
const char* why_read_only(const std::string& path) {
  return ::access(path.c_str(), W_OK) != 0 && errno == EROFS ? "it is on a read-only file system"
                                                             : "this user may only read it";
}

// The stored trees that the directory will have links to files of.
std::set<std::string> linked_trees(const StoreLayout& layout, const PrefixPlan& plan) {
  std::set<std::string> trees;
  for (const auto& [name, entry] : plan.entries()) {
    for (const std::string& folder : {layout.wheels(), layout.composites()}) {
      if (entry.kind == PrefixEntry::Kind::data_link &&
          entry.content.starts_with(concat(folder, "/"))) {
        trees.insert(entry.content.substr(0, entry.content.find('/', folder.size() + 1)));
      }
    }
  }
  return trees;
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
  gather([this] { return read_locked_selection(request_, cache_); });
}

void EnvironmentMaker::gather(const std::function<LockedSelection()>& select) {
  cache_.prepare();
  store_is_read_only_ = is_read_only(layout().root());
  if (!store_is_read_only_) {
    store_.prepare();
    finish_interrupted_replacements(store_, cache_, warnings_);
  }
  // Before wheels are looked for: if one vanishes meanwhile, the record does not hold.
  generation_ = identify(store_.layout().generation().c_str()).value_or(FileIdentity{});
  locked_ = select();
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
                          .downloads = request_.downloads,
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
  IntakeOptions options;
  options.offline = request_.offline;
  options.find_links = request_.find_links;
  options.download_dir = cache_.downloads();
  options.downloads = request_.downloads;
  options.progress = request_.progress;
  options.cancelled = request_.cancelled;
  options.read_only = store_is_read_only_;
  // Without bytecode modules are read from their sources, so a store that may only be read will do.
  options.is_complete = [this](const std::string& id) {
    return store_is_read_only_ || compiler_->is_compiled(id);
  };
  options.on_present = [this](const std::string& id) {
    if (!store_is_read_only_) {
      compiler_->enqueue(id);
    }
  };
  intake_.emplace(store_, locked_.selection, std::move(options));
  compile_while([this] {
    intake_->take_in();
    clock_.end("wheels");
  });
  make_standard_pack();
  clock_.end("bytecode");
}

// Without it an environment is complete, only slower to start.
void EnvironmentMaker::make_standard_pack() {
  if (store_is_read_only_) {
    return;
  }
  try {
    pel::make_standard_pack(locked_.interpreter, layout(), 0);
  } catch (const Error& error) {
    warnings_.push_back(
        concat("cannot keep the code of the standard library, so that programs "
               "start more slowly: ",
               error.message()));
  }
}

void EnvironmentMaker::compile_while(const std::function<void()>& wheels_come) {
  compiler_.emplace(locked_.interpreter, store_.layout(), BytecodeOptions{});
  wheels_come();
  stop_if_cancelled();
  compiler_->finish();
  compiled_ += compiler_->statistics().packs;
  compiler_.reset();
}

// What was made of files that somebody has changed is made again; so is what could not be made of
// them, where one is missing, or is no file.
PrefixPlan EnvironmentMaker::plan(const std::string& prefix, NativeLinks links) {
  PrefixPlan plan;
  std::exception_ptr failure;
  try {
    plan = draft(prefix, links);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) {
      throw;
    }
    failure = std::current_exception();
  }
  if (replace_changed(failure ? WheelIntake::Indexes::whole : WheelIntake::Indexes::in_use)) {
    plan = draft(prefix, links);
  } else if (failure) {
    std::rethrow_exception(failure);
  }
  linked_trees_ = linked_trees(layout(), plan);
  clock_.end("files");
  return plan;
}

bool EnvironmentMaker::replace_changed(WheelIntake::Indexes indexes) {
  const bool composites = remove_changed_composites();
  bool wheels = false;
  compile_while([&] { wheels = intake_->replace_changed(indexes); });
  return wheels || composites;
}

bool EnvironmentMaker::remove_changed_composites() {
  if (!composite_search_) {
    return false;  // none could be made
  }
  const std::vector<std::string> ids = composites_.ids;
  bool any = false;
  for (const ChangeSearch::Found& found : composite_search_->finish()) {
    if (store_is_read_only_) {
      throw_changed(layout(), found.path);
    }
    store_.remove_composite(ids[found.root]);
    warnings_.push_back(concat(found.path, " was changed: its composite is made again"));
    any = true;
  }
  return any;
}

PrefixPlan EnvironmentMaker::draft(const std::string& prefix, NativeLinks links) {
  const MappedTrees mapped(layout(), intake_->result().wheel_ids, intake_->result().indexes);
  std::vector<EnvironmentTree> trees(mapped.trees().begin(), mapped.trees().end());
  const std::vector<PlannedComposite> composites = plan_composites(trees, locked_.interpreter);
  claim_->extend(ids_of(composites));
  composites_ = make_composites(layout(), locked_.interpreter, composites, trees);
  composite_search_.emplace();
  for (const std::string& id : composites_.ids) {
    composite_search_->add(layout().composite(id));
  }
  distributions_ = distributions_of(trees);
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
                         .native_links = links,
                         .trees = trees,
                         .roots = roots_on_path_,
                         .scripts = scripts.scripts});
}

EnvironmentRoot EnvironmentMaker::root(RootKind kind, const std::string& prefix) const {
  return {.kind = kind,
          .environment_id = environment_id_,
          .prefix = prefix,
          .lock = request_.lock_path,
          .lock_digest = locked_.text_digest,
          .launcher = kBuildId,
          .wheel_ids = intake_->result().wheel_ids,
          .composite_ids = composites_.ids};
}

Recipe EnvironmentMaker::recipe(RootKind kind, const std::string& prefix) const {
  Recipe recipe;
  recipe.kind = kind;
  recipe.prefix = prefix;
  recipe.store = layout().root();
  recipe.launcher = kBuildId;
  recipe.cache = request_.locations.cache;
  recipe.environment_id = environment_id_;
  recipe.interpreter = locked_.interpreter.executable;
  recipe.hosted = locked_.interpreter.libpython.empty();
  recipe.scripts = locked_.lock.scripts;
  recipe.env = locked_.lock.env;
  recipe.source_paths = locked_.lock.source_paths;
  return recipe;
}

// A link to a file changes the time by which the file is known to be unchanged. All have just been
// looked at.
void EnvironmentMaker::renew_stamps(const PrefixChange& change) const {
  if (store_is_read_only_) {
    return;
  }
  const bool linked = change.created || change.repaired != 0;
  if (linked) {
    std::ranges::for_each(linked_trees_, TreeStamp::renew);
  }
  // What a composite has are links to the files of its wheels.
  if (composites_.made != 0 || intake_->has_replaced() || (linked && !composites_.ids.empty())) {
    for (const std::string& id : intake_->result().wheel_ids) {
      TreeStamp::renew(layout().wheel(id));
    }
  }
}

EnvironmentResult EnvironmentMaker::finish(const PrefixChange& change) {
  if (intake_->has_replaced()) {
    // Of others: the wheel was theirs as well.
    make_missing_composites(layout(), cache_, warnings_);
    intake_->finish_replacements();
  }
  renew_stamps(change);
  EnvironmentResult result;
  result.record.interpreter = locked_.interpreter.executable;
  result.environment_id = environment_id_;
  result.wheels = intake_->result().wheel_ids.size();
  result.composites = composites_.ids.size();
  result.added = intake_->result().added;
  result.downloaded = intake_->result().downloaded;
  result.bytes = intake_->result().bytes;
  result.compiled = compiled_;
  result.created = change.created;
  result.repaired = change.repaired;
  result.phases = std::move(clock_).take();
  result.conflicts = std::move(conflicts_);
  result.warnings = locked_.lock.warnings;
  std::ranges::copy(intake_->result().warnings, std::back_inserter(result.warnings));
  std::ranges::move(warnings_, std::back_inserter(result.warnings));
  result.hit = result.added == 0 && result.compiled == 0 && composites_.made == 0 &&
               !result.created && result.repaired == 0;
  return result;
}

}  // namespace pel
