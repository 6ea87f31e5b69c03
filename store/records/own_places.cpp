#include "store/records/own_places.hpp"

#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/real_path.hpp"
#include "store/base/text.hpp"
#include "store/records/cache_layout.hpp"
#include "store/tree/store_layout.hpp"

namespace pel {

std::string shim_home(std::string_view home) {
  return concat(home, "/shims");
}

void refuse_own_place(std::string_view action, const std::string& path, const std::string& home,
                      const std::string& cache) {
  const std::string real = real_path(path);
  for (const std::string& own :
       {directory_of(StoreLayout(home).root()), shim_home(home), CacheLayout(cache).root()}) {
    if (is_within(real, real_path(own))) {
      throw Error(ErrorCode::usage, concat("cannot ", action, " ", path, ": ", own,
                                           " is for what pyenvlaunch makes by itself"))
          .with_hint("give a directory outside of it");
    }
  }
}

}  // namespace pel
