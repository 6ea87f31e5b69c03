#include "store/gc/pins.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <set>

#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/base/key_hasher.hpp"
#include "store/base/text.hpp"
#include "store/records/json_path.hpp"
#include "store/records/root_reader.hpp"
#include "store/records/roots.hpp"
#include "store/tree/composite.hpp"
#include "store/tree/store_lock.hpp"

namespace pel {
namespace {

std::string pin_file(const StoreLayout& layout, const std::string& target) {
  constexpr std::size_t kDigits = 16;
  KeyHasher hasher;
  hasher.add(target);
  return concat(layout.roots(), "/pin-", hasher.hex().substr(0, kDigits));
}

void write_pin(const StoreLayout& layout, const Pin& pin) {
  nlohmann::ordered_json json;
  json["kind"] = "pin";
  json["target"] = json_path(pin.target);
  json["locks"] = nlohmann::ordered_json::array();
  if (pin.is_lock) {
    json["locks"].push_back({{"path", json_path(pin.target)}, {"digest", ""}});
  }
  json["wheels"] = pin.wheel_ids;
  json["composites"] = pin.composite_ids;
  AtomicFile file(pin_file(layout, pin.target),
                  {.mode = 0644, .durability = AtomicFile::Durability::after_power_loss});
  file.write(json.dump(1, ' ') + "\n");
  file.commit();
}

}  // namespace

Pin pin_wheels(const Store& store, const std::string& name) {
  Pin pin;
  pin.target = name;
  // What is found is still there when the pin is: nothing is removed meanwhile.
  const StoreLock lock(store.layout(), StoreLock::Mode::shared);
  pin.wheel_ids = store.resolve(name);
  if (pin.wheel_ids.empty() && is_store_id(name) && has_composite(store.layout(), name)) {
    pin.composite_ids.push_back(name);
  }
  if (pin.wheel_ids.empty() && pin.composite_ids.empty()) {
    pin.wheel_ids = store.resolve_or_throw(name);
  }
  write_pin(store.layout(), pin);
  return pin;
}

Pin pin_lock(const Store& store, const std::string& lock_path) {
  const StoreLock lock(store.layout(), StoreLock::Mode::shared);
  std::set<std::string> wheels;
  std::set<std::string> composites;
  bool found = false;
  for (const StoredRoot& root : read_roots(store.layout())) {
    const bool is_of_lock =
        root.kind != "pin" &&
        std::ranges::any_of(root.locks, [&](const RootLock& l) { return l.path == lock_path; });
    if (is_of_lock) {
      found = true;
      wheels.insert(root.wheel_ids.begin(), root.wheel_ids.end());
      composites.insert(root.composite_ids.begin(), root.composite_ids.end());
    }
  }
  if (!found) {
    throw Error(ErrorCode::not_found, concat("no environment of lock ", lock_path))
        .with_hint("run `pyenvlaunch sync LOCK` first");
  }
  Pin pin{.target = lock_path,
          .is_lock = true,
          .wheel_ids = {wheels.begin(), wheels.end()},
          .composite_ids = {composites.begin(), composites.end()}};
  write_pin(store.layout(), pin);
  return pin;
}

bool unpin(const Store& store, const std::string& target) {
  const std::string path = pin_file(store.layout(), target);
  if (::unlink(path.c_str()) == 0) {
    return true;
  }
  if (errno != ENOENT && errno != ENOTDIR) {
    throw_errno("remove", path);
  }
  return false;
}

std::vector<Pin> list_pins(const Store& store) {
  std::vector<Pin> pins;
  for (StoredRoot& root : read_roots(store.layout())) {
    if (root.kind == "pin") {
      pins.push_back({std::move(root.target), !root.locks.empty(), std::move(root.wheel_ids),
                      std::move(root.composite_ids)});
    }
  }
  std::ranges::sort(pins, {}, &Pin::target);
  return pins;
}

}  // namespace pel
