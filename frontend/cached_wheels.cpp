#include "frontend/cached_wheels.hpp"

#include <boost/filesystem/operations.hpp>
#include <cstdlib>

#include "frontend/uv_cache.hpp"
#include "lock/wheel_file_name.hpp"
#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/base/user_home.hpp"
#include "store/tree/store.hpp"
#include "store/tree/stored_index.hpp"
#include "store/tree/wheel_file.hpp"
#include "store/wheel/wheel_name.hpp"

namespace pel {
namespace {

namespace fs = boost::filesystem;

using Found = std::map<std::string, std::vector<CachedWheel>>;

std::string variable(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets any
  return value == nullptr ? std::string() : value;
}

// pip's, by the rules of pip.
std::string pip_cache() {
  if (std::string own = variable("PIP_CACHE_DIR"); !own.empty()) {
    return own;
  }
  const std::string base = base_directory("XDG_CACHE_HOME", ".cache");
  return base.empty() ? std::string() : concat(base, "/pip");
}

// A path of another lock may lead nowhere by now.
bool is_there(const LockedArtifact& wheel) {
  boost::system::error_code error;
  return wheel.path.empty() || fs::exists(wheel.path, error);
}

void add_stored(const CacheQuery& query, Found& found) {
  const Store store(query.home);
  for (const InstalledDistribution& installed : query.environment->distributions) {
    for (const std::string& id : store.resolve(installed.name)) {
      const StoredIndex index(store.layout(), id);
      const StoredWheel wheel = describe_wheel(store.layout(), id);
      if (index.view() == nullptr || !index.view()->cold_is_intact() ||
          !has_tags_of(installed, wheel.wheel_file) ||
          !comes_from(installed.record, read_record_digests(index.view()->record()))) {
        continue;
      }
      CachedWheel cached;
      cached.file.name = wheel.wheel_file;
      cached.file.sha256 = wheel.sha256.hex();
      cached.origin = "the store";
      const auto place = query.known->find(id);
      if (place != query.known->end() && is_there(place->second)) {
        cached.file.url =
            place->second.path.empty() ? place->second.url : concat("file://", place->second.path);
        cached.file.size = place->second.size;
      }
      found[installed.name].push_back(std::move(cached));
    }
  }
}

void add_wheel_file(const std::string& path, std::string name,
                    const InstalledDistribution& installed, Found& found) {
  if (!comes_from(installed.record, read_wheel_record(path))) {
    return;
  }
  const WheelFile file(path);
  found[installed.name].push_back({.file = {.name = std::move(name),
                                            .url = concat("file://", file.path()),
                                            .size = file.bytes().size(),
                                            .sha256 = file.sha256().hex(),
                                            .metadata_sha256 = {}},
                                   .origin = "pip's cache"});
}

// A wheel that pip has built: a file under its own name.
void add_built(const std::string& path, const InstalledEnvironment& environment, Found& found) {
  const std::string name(name_of(path));
  for (const InstalledDistribution& installed : environment.distributions) {
    if (has_tags_of(installed, name)) {
      add_wheel_file(path, name, installed, found);
    }
  }
}

template <class Visit>
void for_each_file(const std::string& root, std::string_view ending, const CacheQuery& query,
                   const Visit& visit) {
  boost::system::error_code error;
  for (fs::recursive_directory_iterator it(root, error), end; !error && it != end;
       it.increment(error)) {
    if (query.cancelled != nullptr && query.cancelled->load()) {
      throw Error(ErrorCode::interrupted, "interrupted");
    }
    const std::string path = it->path().native();
    if (!path.ends_with(ending)) {
      continue;
    }
    try {
      visit(path);
    } catch (const Error& damage) {
      if (damage.code() == ErrorCode::interrupted) {
        throw;
      }
    }
  }
}

}  // namespace

std::map<std::string, std::vector<CachedWheel>> find_cached_wheels(const CacheQuery& query) {
  Found found;
  add_stored(query, found);
  const InstalledEnvironment& environment = *query.environment;
  if (const std::string pip = pip_cache(); !pip.empty()) {
    for_each_file(pip + "/wheels", ".whl", query,
                  [&](const std::string& path) { add_built(path, environment, found); });
  }
  std::vector<const InstalledDistribution*> left;
  for (const InstalledDistribution& installed : environment.distributions) {
    const auto there = found.find(installed.name);
    const bool has_place = there != found.end() && !there->second.front().file.url.empty();
    if (!has_place && installed.problem.empty()) {
      left.push_back(&installed);
    }
  }
  for (auto& [name, file] : find_in_uv_cache(left, query.directory, query.cancelled)) {
    found[name].push_back({std::move(file), "uv's cache"});
  }
  return found;
}

}  // namespace pel
