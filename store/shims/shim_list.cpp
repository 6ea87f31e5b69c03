#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "store/base/text.hpp"
#include "store/format/table_format.hpp"
#include "store/prefix/prefix_retirement.hpp"
#include "store/records/own_places.hpp"
#include "store/shims/shim_links.hpp"
#include "store/shims/shims.hpp"
#include "store/tree/directory_entries.hpp"
#include "store/tree/store_layout.hpp"

namespace pel {
namespace {

bool is_there(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

}  // namespace

std::vector<ListedShims> list_shims(const StoreLocations& locations) {
  std::vector<ListedShims> result;
  const std::string home = shim_home(locations.home);
  for (const DirectoryEntry& entry : read_directory(home)) {
    const std::string prefix = concat(home, "/", entry.name);
    const std::string file = concat(prefix, "/", kShimRecordFile);
    if (!entry.is_directory || !is_there(file)) {
      continue;
    }
    ListedShims listed;
    listed.prefix = prefix;
    const auto record = read_shim_record(prefix);
    if (!record) {
      listed.damage = concat("cannot read ", file, ": it is damaged");
      result.push_back(std::move(listed));
      continue;
    }
    listed.record = *record;
    listed.lock_present = is_there(record->lock);
    const bool complete = is_there(concat(prefix, "/", table_format::kFileName)) &&
                          refers_to_store(prefix, StoreLayout(locations.home).root());
    for (const std::string& name : record->names) {
      using State = ListedShims::Shim::State;
      const ShimPlace place = look_at_shim(record->directory, name, prefix);
      const bool works = complete && is_there(concat(prefix, "/bin/", name));
      listed.shims.push_back({name, place == ShimPlace::free   ? State::missing
                                    : place != ShimPlace::ours ? State::replaced
                                    : works                    ? State::ok
                                                               : State::damaged});
    }
    result.push_back(std::move(listed));
  }
  std::ranges::sort(result, {}, [](const ListedShims& listed) {
    return std::tie(listed.record.lock, listed.record.directory, listed.prefix);
  });
  return result;
}

}  // namespace pel
