#pragma once

#include <string_view>

namespace pel {

// The files of launcher/report, as they were when the program was built.
struct ReportParts {
  std::string_view page;  // with @NAME@ where the others and the data go
  std::string_view style;
  std::string_view script;
};

extern const ReportParts kReportParts;

}  // namespace pel
