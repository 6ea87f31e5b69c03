#include "store/records/cache_layout.hpp"

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/records/file_system.hpp"
#include "store/tree/make_directory.hpp"

namespace pel {

std::string CacheLayout::prefix(std::string_view environment_id) const {
  return concat(root_, "/envs/", environment_id);
}

std::string CacheLayout::selection(std::string_view key) const {
  return concat(root_, "/selections/", key);
}

void CacheLayout::prepare() const {
  with_default_hint("set PYENVLAUNCH_CACHE to a directory that can be written", [&] {
    for (const std::string& directory :
         {environments(), selections(), scripts(), interpreters(), tmp()}) {
      make_directory(directory, 0755);
    }
  });
  sweep_temporary_directories(tmp(), "");
}

}  // namespace pel
