#include "store/environment/script_request.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/format/script_block.hpp"
#include "store/format/script_lock.hpp"
#include "store/records/cache_layout.hpp"

namespace pel {
namespace {

void keep_answer(const EnvironmentRequest& request, const Script& script,
                 const std::string& lock_path) {
  const CacheLayout cache(request.locations.cache);
  cache.prepare();
  AtomicFile file(concat(cache.scripts(), "/", script_answer_key(script)));
  file.write(write_script_answer(lock_path));
  file.commit();
}

void check_exists(const std::string& lock, const std::string& script) {
  if (::access(lock.c_str(), F_OK) != 0) {
    throw Error(ErrorCode::not_found, concat("cannot run script ", script,
                                             ": the lock that it names is not there: ", lock))
        .with_hint(concat("make it with `pyenvlaunch lock --script ", script, "`"));
  }
}

}  // namespace

void request_script(EnvironmentRequest& request, const std::string& file) {
  Script script = read_script(file);
  ScriptMetadata metadata = parse_script_metadata(
      script.block, {script.path, script.directory, std::max<std::size_t>(script.first_line, 1)});
  if (may_mention_us(script.block)) {
    keep_answer(request, script, metadata.lock);
  }
  if (!metadata.lock.empty()) {
    check_exists(metadata.lock, script.path);
    request.lock_path = metadata.lock;
  } else if (auto beside = lock_beside(script.path)) {
    request.lock_path = *std::move(beside);
  } else {
    throw_no_lock(script);
  }
  request.script = {std::move(script.block), std::move(metadata)};
}

}  // namespace pel
