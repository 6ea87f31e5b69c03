#include "launcher/hot/use_descriptor.hpp"

#include <fcntl.h>

#include "store/base/fd.hpp"
#include "store/base/text.hpp"
#include "store/format/table_format.hpp"

namespace pel {

void hand_on_use(const std::string& prefix) noexcept {
  const UniqueFd table(::open(concat(prefix, "/", table_format::kFileName).c_str(),
                              O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  // The copy has no FD_CLOEXEC.
  if (table) {
    static_cast<void>(::fcntl(table.get(), F_DUPFD, table_format::kUseDescriptor));
  }
}

}  // namespace pel
