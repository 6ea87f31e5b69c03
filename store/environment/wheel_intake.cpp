#include "store/environment/wheel_intake.hpp"

#include <algorithm>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/file_identity.hpp"
#include "store/base/text.hpp"
#include "store/environment/changed_wheels.hpp"
#include "store/fetch/fetch.hpp"
#include "store/tree/store.hpp"
#include "store/wheel/wheel_name.hpp"

namespace pel {
namespace {

// Of all wheels together, in one run (docs/formats.md, "What is checked when").
constexpr std::size_t kCheckedFiles = 250;

std::string label(const SelectedWheel& wheel) {
  return concat(wheel.name, " ", wheel.version);
}

// Adds wheels as they come, from several threads, and keeps the books.
class Intake {
 public:
  Intake(const Store& store, const Selection& selection, const IntakeOptions& options)
      : store_(store), selection_(selection), options_(options) {}

  IntakeResult run() {
    std::vector<FetchItem> missing;
    for (const SelectedWheel& wheel : selection_.wheels) {
      const WheelName name = WheelName::parse(wheel.wheel.file_name);
      const auto id = store_.find(name, *wheel.wheel.sha256);
      result_.wheel_ids.push_back(id.value_or(std::string()));
      if (!id) {
        positions_.push_back(result_.wheel_ids.size() - 1);
        missing.push_back({wheel.wheel, label(wheel)});
      }
    }
    find_changed(missing);
    for (std::size_t i = 0; i < result_.wheel_ids.size(); ++i) {
      if (!result_.wheel_ids[i].empty() && !changed_.contains(i)) {
        announce(result_.wheel_ids[i]);
      }
    }
    if (!missing.empty()) {
      fetch(missing);
    }
    return std::move(result_);
  }

 private:
  // Wheels of which somebody has changed a file are taken in again.
  void find_changed(std::vector<FetchItem>& missing) {
    for (const ChangedWheel& changed :
         find_changed_wheels(store_.layout(), result_.wheel_ids, kCheckedFiles)) {
      const SelectedWheel& wheel = selection_.wheels[changed.position];
      result_.warnings.push_back(
          concat(changed.path, " was changed: ", label(wheel), " is unpacked again"));
      changed_.insert(changed.position);
      positions_.push_back(changed.position);
      missing.push_back({wheel.wheel, label(wheel)});
    }
  }

  void fetch(const std::vector<FetchItem>& missing) {
    FetchOptions options;
    options.offline = options_.offline;
    options.find_links = options_.find_links;
    options.download_dir = options_.download_dir;
    options.progress = options_.progress;
    options.on_ready = [this](std::size_t index, const std::string& file) {
      take(positions_[index], file);
    };
    // Each add waits for the disk at its end; meanwhile others unpack.
    options.limits.ready_threads = std::max(1U, std::thread::hardware_concurrency()) + 2;
    fetch_wheels(missing, options);
  }

  void take(std::size_t position, const std::string& file) {
    if (options_.cancelled != nullptr && *options_.cancelled) {
      throw Error(ErrorCode::interrupted, "interrupted");
    }
    const SelectedWheel& wheel = selection_.wheels[position];
    const std::uint64_t size = identify(file.c_str()).value_or(FileIdentity{}).size;
    Store::Added added = with_context(
        [&] { return concat("adding ", label(wheel), " to the store"); },
        [&] {
          return changed_.contains(position)
                     ? store_.replace(file, wheel.wheel.file_name, *wheel.wheel.sha256, Trust::lock)
                     : store_.add(file, wheel.wheel.file_name, wheel.wheel.sha256, Trust::lock);
        });
    {
      const std::scoped_lock guard(mutex_);
      result_.wheel_ids[position] = added.id;
      if (!added.already_there) {
        ++result_.added;
        result_.bytes += size;
        result_.downloaded += file.starts_with(options_.download_dir) ? 1U : 0U;
        std::ranges::move(added.warnings, std::back_inserter(result_.warnings));
      }
    }
    announce(added.id);
  }

  void announce(const std::string& id) const {
    if (options_.on_present) {
      options_.on_present(id);
    }
  }

  const Store& store_;
  const Selection& selection_;
  const IntakeOptions& options_;
  std::vector<std::size_t> positions_;  // in the selection, of the wheels that are fetched
  std::set<std::size_t> changed_;       // in the selection, of the wheels that are replaced
  std::mutex mutex_;
  IntakeResult result_;
};

}  // namespace

IntakeResult take_in_wheels(const Store& store, const Selection& selection,
                            const IntakeOptions& options) {
  return Intake(store, selection, options).run();
}

}  // namespace pel
