#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "lock/selection.hpp"
#include "store/fetch/fetch.hpp"
#include "store/tree/change_search.hpp"
#include "store/tree/replacement_note.hpp"
#include "store/tree/store_layout.hpp"
#include "store/tree/stored_index.hpp"

namespace pel {

class Store;

struct IntakeOptions {
  bool offline = false;
  std::vector<std::string> find_links;
  std::string download_dir;
  DownloadLimits downloads;
  ProgressSink* progress = nullptr;
  const std::atomic<bool>* cancelled = nullptr;
  bool read_only = false;  // the store: what was changed cannot be replaced

  // Whether a wheel that is in the store needs nothing any more.
  std::function<bool(const std::string& id)> is_complete;

  // Called for each wheel once it is in the store, at once for those that were there already; from
  // several threads. Not called if all of them are there and complete.
  std::function<void(const std::string& id)> on_present;
};

struct IntakeResult {
  std::vector<std::string> wheel_ids;  // of all wheels, in the selection's order
  // Of the same wheels; null for those that were not there, or were replaced.
  std::vector<std::shared_ptr<const StoredIndex>> indexes;
  std::size_t added = 0;
  std::size_t downloaded = 0;
  std::uint64_t bytes = 0;  // of the wheel files that were added
  std::vector<std::string> warnings;
};

// Throws the Error for a changed file in a store that this user may only read.
[[noreturn]] void throw_changed(const StoreLayout& layout, const std::string& path);

// Brings the wheels of a selection that are missing into the store: several are unpacked at once
// while others are still being downloaded. The first failure stops the rest and is thrown, with
// the wheel's name as a frame.
//
// All files of wheels that are there are looked at for changes (ChangeSearch). A wheel that
// somebody has changed is unpacked again, with a warning. Where all are there and complete, that
// goes on in threads until replace_changed() is called; else it is done first.
class WheelIntake {
 public:
  // All must outlive the object.
  WheelIntake(const Store& store, const Selection& selection, IntakeOptions options);

  void take_in();

  // Of an INDEX, what every environment reads is checked when it is opened; the rest, which
  // composites are made of, only where something could not be made.
  enum class Indexes { in_use, whole };

  // What take_in() left undone. Whether any wheel was replaced: then all that was made of the
  // wheels' trees must be made again. Throws Error when one cannot be.
  bool replace_changed(Indexes indexes);

  [[nodiscard]] const IntakeResult& result() const noexcept { return result_; }

  // Whether a wheel that was there was replaced, by whichever of the two.
  [[nodiscard]] bool has_replaced() const noexcept { return !changed_.empty(); }

  // What was made of the trees of wheels that were replaced is there again, of others, too. Where
  // it is not called, the next user of the store sees to it.
  void finish_replacements() noexcept { note_.done(); }

 private:
  struct Missing {
    std::vector<FetchItem> items;
    std::vector<std::size_t> positions;  // of the same wheels, in the selection
  };

  void find_present(Missing& missing);
  [[nodiscard]] bool all_complete() const;
  void find_changed(Missing& missing);
  void find_damaged_indexes(Missing& missing);
  void change(std::size_t position, const std::string& path, Missing& missing);
  [[nodiscard]] bool owns_store() const;
  void fetch(const Missing& missing);
  void take(std::size_t position, const std::string& file);
  void announce(const std::string& id) const;

  const Store& store_;
  const Selection& selection_;
  const IntakeOptions options_;
  std::optional<ChangeSearch> search_;
  std::map<std::size_t, std::string> changed_;  // positions, and a file of each
  ReplacementNote note_;
  std::mutex mutex_;  // of the result, while fetch() runs
  IntakeResult result_;
};

}  // namespace pel
