#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "store/environment/environment.hpp"
#include "store/environment/locked_selection.hpp"
#include "store/environment/recipe.hpp"
#include "store/environment/wheel_intake.hpp"
#include "store/interpreter/bytecode.hpp"
#include "store/layout/composites.hpp"
#include "store/layout/native_view.hpp"
#include "store/prefix/prefix_plan.hpp"
#include "store/prefix/prefix_writer.hpp"
#include "store/records/cache_layout.hpp"
#include "store/records/claim.hpp"
#include "store/records/roots.hpp"
#include "store/tree/change_search.hpp"
#include "store/tree/store.hpp"

namespace pel {

// Measures one piece of work after the other.
class PhaseClock {
 public:
  void end(const char* name);

  [[nodiscard]] std::vector<Phase> take() && { return std::move(phases_); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::vector<Phase> phases_;
};

// Where the metadata of a wheel lies.
struct StoredDistribution {
  std::string site_packages;                // absolute path
  std::string dist_info;                    // "black-26.10.1.dist-info"
  std::vector<std::string> metadata_files;  // of its top, those that tools read
};

// The steps that every environment takes, wherever its prefix directory shall be: gather(), then
// plan(), then the caller puts the directory into its place and calls finish().
class EnvironmentMaker {
 public:
  // The request must outlive the maker.
  explicit EnvironmentMaker(const EnvironmentRequest& request);

  // Reads the lock, takes its wheels into the store, and compiles them. Throws Error.
  void gather();

  // The same for what was selected before: no lock is read. `select` is called when the store can
  // be looked at.
  void gather(const std::function<LockedSelection()>& select);

  // What the directory `prefix` (absolute path) shall hold. Makes composites, and the copy of the
  // launcher that the prefix refers to. Wheels and composites with files that somebody has changed
  // are replaced first. `links` are those of files where somebody may install over them: what is
  // written through the link of a directory would be written into the store. Throws Error. After
  // gather().
  [[nodiscard]] PrefixPlan plan(const std::string& prefix, NativeLinks links);

  // What says that the environment at `prefix` needs its wheels. After plan(); the result refers to
  // this object.
  [[nodiscard]] EnvironmentRoot root(RootKind kind, const std::string& prefix) const;

  // What the directory keeps for being made again, but for what a kind has of its own. After
  // gather().
  [[nodiscard]] Recipe recipe(RootKind kind, const std::string& prefix) const;

  // Ends with the figures of all steps, and `change`.
  [[nodiscard]] EnvironmentResult finish(const PrefixChange& change);

  [[nodiscard]] const EnvironmentRequest& request() const noexcept { return request_; }

  [[nodiscard]] const CacheLayout& cache() const noexcept { return cache_; }

  [[nodiscard]] const StoreLayout& layout() const noexcept { return store_.layout(); }

  [[nodiscard]] const LockedSelection& locked() const noexcept { return locked_; }

  // Whether this user may only read the store: it is another user's, or on a read-only file system.
  // Then what is needed must be there, and no root can say that it is needed.
  [[nodiscard]] bool store_is_read_only() const noexcept { return store_is_read_only_; }

  // Of the store's `generation`, before any wheel was looked for.
  [[nodiscard]] const FileIdentity& generation() const noexcept { return generation_; }

  // After gather(): the environment's, and of its wheels in lock order.
  [[nodiscard]] const std::string& environment_id() const noexcept { return environment_id_; }

  [[nodiscard]] const std::vector<std::string>& wheel_ids() const noexcept {
    return intake_->result().wheel_ids;
  }

  // After plan(): of its composites; its distributions; and the site-packages directories of its
  // trees and the lock's source-paths, absolute, as they stand on sys.path.
  [[nodiscard]] const std::vector<std::string>& composite_ids() const noexcept {
    return composites_.ids;
  }

  [[nodiscard]] const std::vector<std::string>& roots_on_path() const noexcept {
    return roots_on_path_;
  }

  [[nodiscard]] const std::vector<StoredDistribution>& distributions() const noexcept {
    return distributions_;
  }

  PhaseClock& clock() noexcept { return clock_; }

 private:
  void stop_if_cancelled() const;
  void build();
  [[nodiscard]] bool built_files_are_there();
  void claim();
  void refuse_missing() const;
  void take_in_wheels_and_compile();
  void make_standard_pack();
  void compile_while(const std::function<void()>& wheels_come);
  [[nodiscard]] PrefixPlan draft(const std::string& prefix, NativeLinks links);
  [[nodiscard]] bool replace_changed(WheelIntake::Indexes indexes);
  [[nodiscard]] bool remove_changed_composites();
  void renew_stamps(const PrefixChange& change) const;

  const EnvironmentRequest& request_;
  CacheLayout cache_;
  Store store_;
  PhaseClock clock_;
  bool store_is_read_only_ = false;
  FileIdentity generation_;
  LockedSelection locked_;
  std::string environment_id_;
  std::optional<Claim> claim_;
  std::optional<BytecodeCompiler> compiler_;  // while wheels come
  std::optional<WheelIntake> intake_;
  MadeComposites composites_;
  std::optional<ChangeSearch> composite_search_;
  std::set<std::string> linked_trees_;  // absolute paths, of what the prefix has links to
  std::vector<std::string> roots_on_path_;
  std::vector<StoredDistribution> distributions_;  // in lock order
  std::vector<std::string> conflicts_;
  std::vector<std::string> warnings_;  // of all but the wheels
  std::size_t compiled_ = 0;
  std::size_t built_ = 0;
};

}  // namespace pel
