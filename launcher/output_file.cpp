#include "launcher/output_file.hpp"

#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/base/file_kind.hpp"
#include "store/base/path.hpp"
#include "store/base/real_path.hpp"
#include "store/base/text.hpp"
#include "store/format/selection_key.hpp"

namespace pel {

void check_output_file(std::string_view subject, const std::string& path,
                       std::string_view file_hint, std::string_view folder_hint) {
  const bool is_folder = leads_to_directory(path);
  if (is_folder || (exists(path) && !is_file(path))) {  // as root a device would be replaced
    throw Error(ErrorCode::usage,
                concat("cannot write ", subject, ": it is ", is_folder ? "a directory" : "no file"))
        .with_hint(std::string(file_hint));
  }
  const std::string folder = directory_of(path);
  if (!leads_to_directory(folder)) {
    throw Error(ErrorCode::not_found,
                concat("cannot write ", subject, ": there is no directory ", folder))
        .with_hint(std::string(folder_hint));
  }
}

OutputFile::OutputFile(const std::string& path, std::string_view hint)
    : path_(absolute_path(path)), hint_(hint) {
  check_output_file(path_, path_, hint_, hint_);
  path_ = real_path(path_);
}

void OutputFile::write(std::string_view text) const {
  with_default_hint(hint_, [&] {
    AtomicFile file(path_, {.mode = mode_of_new_file()});
    file.write(text);
    file.commit();
  });
}

}  // namespace pel
