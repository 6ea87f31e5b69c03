#include "store/gc/usage.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "store/base/file_kind.hpp"
#include "store/base/text.hpp"
#include "store/gc/disk_meter.hpp"
#include "store/records/kept_table.hpp"
#include "store/records/root_reader.hpp"
#include "store/tree/composite_queries.hpp"

namespace pel {
namespace {

std::uint64_t sum(const WheelUsage& usage) {
  return usage.bytes + usage.bytecode_bytes;
}

}  // namespace

std::vector<EnvironmentUsage> environment_usage(const Store& store) {
  std::vector<StoredRoot> roots = read_roots(store.layout());
  std::erase_if(roots, [](const StoredRoot& root) {
    return (root.kind != "environment" && root.kind != "venv" && root.kind != "shim") ||
           !is_directory(root.prefix);
  });
  std::map<std::string, std::size_t> users;
  std::map<std::string, std::uint64_t> sizes;
  for (const StoredRoot& root : roots) {
    for (const std::string& id : std::set(root.wheel_ids.begin(), root.wheel_ids.end())) {
      ++users[id];
      sizes.try_emplace(id, sum(store.disk_usage({&id, 1}).front()));
    }
    for (const std::string& id : std::set(root.composite_ids.begin(), root.composite_ids.end())) {
      ++users[id];
      sizes.try_emplace(id, sum(composite_usage(store.layout(), id)));
    }
  }
  std::vector<EnvironmentUsage> usages;
  for (const StoredRoot& root : roots) {
    EnvironmentUsage& usage = usages.emplace_back();
    usage.prefix = root.prefix;
    usage.lock = root.locks.empty() ? "" : root.locks.back().path;
    usage.wheel_ids = root.wheel_ids;
    usage.composite_ids = root.composite_ids;
    DiskMeter meter;
    meter.add(root.prefix);
    const std::uint64_t venv_directory = meter.bytes();
    meter.add(kept_table(store.layout(), root.file));  // one file with the directory's
    usage.prefix_bytes = meter.bytes();
    const auto add = [&](const std::string& id) {
      (users[id] > 1 ? usage.shared_bytes : usage.alone_bytes) += sizes[id];
    };
    std::ranges::for_each(root.wheel_ids, add);
    std::ranges::for_each(root.composite_ids, add);
    usage.venv_bytes = venv_directory;
    for (const std::string& id : root.wheel_ids) {
      usage.venv_bytes += sizes[id];
    }
  }
  std::ranges::sort(
      usages, {}, [](const EnvironmentUsage& usage) { return std::tie(usage.lock, usage.prefix); });
  return usages;
}

}  // namespace pel
