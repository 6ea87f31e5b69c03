#include "store/interpreter/pack_file.hpp"

#include <sys/stat.h>

#include <cerrno>

#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

void make_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0755) == 0) {
    static_cast<void>(::chmod(path.c_str(), 0755));  // whatever the umask says, as all of the store
  } else if (errno != EEXIST) {
    throw_errno("create directory", path);
  }
}

}  // namespace

void write_pack_file(const StoreLayout& layout, std::string_view id, std::string_view file_name,
                     const std::string& bytes) {
  make_directory(layout.bytecode());
  make_directory(layout.bytecode(id));
  AtomicFile file(concat(layout.bytecode(id), "/", file_name), {.mode = 0444});
  file.write(std::string_view(bytes));
  file.commit();
}

}  // namespace pel
