#pragma once

#include <span>
#include <string>
#include <vector>

#include "launcher/hot/phase_log.hpp"
#include "store/base/mapped_file.hpp"
#include "store/format/table_view.hpp"

namespace pel {

struct PythonStart {
  std::string prefix;
  std::string store;
  std::string embed;    // absolute path of embed.so
  std::string manager;  // absolute path of the second program
  TableView table;
  std::span<const std::byte> table_bytes;  // must stay mapped
  PhaseLog log;
};

// Loads the interpreter's library and embed.so into this process, or executes the interpreter when
// the table names no library (hosted mode), and runs Python with these arguments, the first of
// which becomes sys.executable. Returns Python's exit status; throws Error when Python could not be
// started.
[[nodiscard]] int run_python(const PythonStart& start, std::span<char*> arguments);

}  // namespace pel
