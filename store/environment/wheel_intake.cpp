#include "store/environment/wheel_intake.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <thread>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/file_identity.hpp"
#include "store/base/text.hpp"
#include "store/tree/store.hpp"
#include "store/wheel/wheel_name.hpp"

namespace pel {
namespace {

std::string label(const SelectedWheel& wheel) {
  return concat(wheel.name, " ", wheel.version);
}

}  // namespace

void throw_changed(const StoreLayout& layout, const std::string& path) {
  throw Error(ErrorCode::corrupt, concat("cannot use ", path, ": it was changed"))
      .with_hint(concat("ask the owner of ", layout.root(),
                        " to run `pyenvlaunch store repair`, or set PYENVLAUNCH_HOME to a store of "
                        "your own"));
}

WheelIntake::WheelIntake(const Store& store, const Selection& selection, IntakeOptions options)
    : store_(store), selection_(selection), options_(std::move(options)), note_(store.layout()) {}

void WheelIntake::take_in() {
  Missing missing;
  find_present(missing);
  if (missing.items.empty() && all_complete()) {
    return;
  }
  find_changed(missing);
  for (std::size_t i = 0; i < result_.wheel_ids.size(); ++i) {
    if (!result_.wheel_ids[i].empty() && !changed_.contains(i)) {
      announce(result_.wheel_ids[i]);
    }
  }
  fetch(missing);
}

bool WheelIntake::replace_changed(Indexes indexes) {
  Missing missing;
  find_changed(missing);
  if (indexes == Indexes::whole) {
    find_damaged_indexes(missing);
  }
  fetch(missing);
  return !missing.items.empty();
}

void WheelIntake::find_present(Missing& missing) {
  search_.emplace();
  for (const SelectedWheel& wheel : selection_.wheels) {
    const WheelName name = WheelName::parse(wheel.wheel.file_name);
    auto present = store_.look_up(name, *wheel.wheel.sha256).value_or(Store::Present{});
    if (present.index && !present.index->is_trusted() && owns_store()) {
      change(result_.wheel_ids.size(), store_.layout().index(present.id), missing);
    } else if (present.index) {
      search_->add(store_.layout().wheel(present.id), present.index);
    } else {
      missing.positions.push_back(result_.wheel_ids.size());
      missing.items.push_back({wheel.wheel, label(wheel)});
    }
    result_.wheel_ids.push_back(std::move(present.id));
    result_.indexes.push_back(std::move(present.index));
  }
}

bool WheelIntake::all_complete() const {
  return std::ranges::all_of(result_.wheel_ids, options_.is_complete);
}

// Does nothing the second time.
void WheelIntake::find_changed(Missing& missing) {
  if (!search_) {
    return;
  }
  std::vector<std::size_t> present;  // the position of each root
  for (std::size_t i = 0; i < result_.wheel_ids.size(); ++i) {
    if (std::ranges::find(missing.positions, i) == missing.positions.end()) {
      present.push_back(i);
    }
  }
  for (const ChangeSearch::Found& found : search_->finish()) {
    if (options_.read_only) {
      throw_changed(store_.layout(), found.path);
    }
    change(present[found.root], found.path, missing);
  }
  search_.reset();
}

void WheelIntake::find_damaged_indexes(Missing& missing) {
  for (std::size_t i = 0; i < result_.wheel_ids.size(); ++i) {
    const std::string& id = result_.wheel_ids[i];
    const StoredIndex index(store_.layout(), id);
    if (std::ranges::find(missing.positions, i) != missing.positions.end() ||
        (index.view() != nullptr && index.view()->cold_is_intact())) {
      continue;
    }
    if (options_.read_only) {
      throw_changed(store_.layout(), store_.layout().index(id));
    }
    change(i, store_.layout().index(id), missing);
  }
}

// The wheel at this position has a file that somebody has changed, or could have.
void WheelIntake::change(std::size_t position, const std::string& path, Missing& missing) {
  const SelectedWheel& wheel = selection_.wheels[position];
  result_.warnings.push_back(concat(path, " was changed: ", label(wheel), " is unpacked again"));
  changed_.emplace(position, path);
  missing.positions.push_back(position);
  missing.items.push_back({wheel.wheel, label(wheel)});
}

// In somebody else's store an INDEX that others may change is no reason to unpack anything.
bool WheelIntake::owns_store() const {
  struct stat status{};
  return ::stat(store_.layout().root().c_str(), &status) == 0 && status.st_uid == ::geteuid();
}

void WheelIntake::fetch(const Missing& missing) {
  if (missing.items.empty()) {
    return;
  }
  FetchOptions options;
  options.offline = options_.offline;
  options.find_links = options_.find_links;
  options.download_dir = options_.download_dir;
  options.downloads = options_.downloads;
  options.progress = options_.progress;
  options.on_ready = [&](std::size_t index, const std::string& file) {
    take(missing.positions[index], file);
  };
  // Each add waits for the disk at its end; meanwhile others unpack.
  options.limits.ready_threads = std::max(1U, std::thread::hardware_concurrency()) + 2;
  try {
    fetch_wheels(missing.items, options);
  } catch (Error& error) {
    // Without these words nobody knows why a wheel that is in the store is looked for.
    if (!changed_.empty()) {
      error.add_context(
          concat("replacing a wheel in the store, for ", changed_.begin()->second, " was changed"));
    }
    throw;
  }
}

void WheelIntake::take(std::size_t position, const std::string& file) {
  if (options_.cancelled != nullptr && *options_.cancelled) {
    throw Error(ErrorCode::interrupted, "interrupted");
  }
  const SelectedWheel& wheel = selection_.wheels[position];
  const std::uint64_t size = identify(file.c_str()).value_or(FileIdentity{}).size;
  Store::Added added = with_context(
      [&] { return concat("adding ", label(wheel), " to the store"); },
      [&] {
        return changed_.contains(position)
                   ? store_.replace(file, wheel.wheel.file_name, *wheel.wheel.sha256, Trust::lock,
                                    note_)
                   : store_.add(file, wheel.wheel.file_name, wheel.wheel.sha256, Trust::lock);
      });
  {
    const std::scoped_lock guard(mutex_);
    result_.wheel_ids[position] = added.id;
    result_.indexes[position] = nullptr;
    if (!added.already_there) {
      ++result_.added;
      result_.bytes += size;
      result_.downloaded += file.starts_with(options_.download_dir) ? 1U : 0U;
      std::ranges::move(added.warnings, std::back_inserter(result_.warnings));
    }
  }
  announce(added.id);
}

void WheelIntake::announce(const std::string& id) const {
  if (options_.on_present) {
    options_.on_present(id);
  }
}

}  // namespace pel
