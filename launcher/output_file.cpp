#include "launcher/output_file.hpp"

#include <sys/stat.h>

#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/base/file_kind.hpp"
#include "store/base/path.hpp"
#include "store/base/real_path.hpp"
#include "store/base/text.hpp"
#include "store/format/selection_key.hpp"

namespace pel {

OutputFile::OutputFile(const std::string& path, std::string_view hint)
    : path_(absolute_path(path)), hint_(hint) {
  struct stat status{};
  if (::stat(path_.c_str(), &status) == 0) {
    if (!S_ISREG(status.st_mode)) {
      throw Error(ErrorCode::usage, concat("cannot write ", path_, ": it is ",
                                           S_ISDIR(status.st_mode) ? "a directory" : "no file"))
          .with_hint(hint_);
    }
    path_ = real_path(path_);
    return;
  }
  const std::string folder = directory_of(path_);
  if (!leads_to_directory(folder)) {
    throw Error(ErrorCode::not_found,
                concat("cannot write ", path_, ": there is no directory ", folder))
        .with_hint(hint_);
  }
}

void OutputFile::write(std::string_view text) const {
  with_default_hint(hint_, [&] {
    AtomicFile file(path_, {.mode = mode_of_new_file()});
    file.write(text);
    file.commit();
  });
}

}  // namespace pel
