#include "launcher/hot/use_descriptor.hpp"

#include <fcntl.h>

#include "store/base/fd.hpp"
#include "store/base/text.hpp"
#include "store/format/table_format.hpp"
#include "store/format/use_descriptor.hpp"

namespace pel {

namespace {

std::string table_of(const std::string& prefix) {
  return concat(prefix, "/", table_format::kFileName);
}

}  // namespace

void hand_on_use(const std::string& prefix) noexcept {
  const UniqueFd table(::open(table_of(prefix).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  // The copy has no FD_CLOEXEC.
  if (table) {
    static_cast<void>(::fcntl(table.get(), F_DUPFD, table_format::kUseDescriptor));
  }
}

void take_over_use(const std::string& prefix) noexcept {
  close_use_descriptors(table_of(prefix).c_str());
}

}  // namespace pel
