#pragma once

#include <string>
#include <vector>

#include "lock/interpreter_facts.hpp"
#include "store/interpreter/process.hpp"

namespace pel {

struct BuildFrontEndOptions {
  bool offline = false;
  std::vector<std::string> find_links;
};

// The build front end (PEP 517, PEP 660) that is present: `uv` on PATH, else the `pip` of the
// interpreter that the wheel is for.
class BuildFrontEnd {
 public:
  // Throws Error(not_found) when there is none. The facts must outlive the object.
  BuildFrontEnd(const InterpreterFacts& interpreter, const BuildFrontEndOptions& options);

  // "uv build", "pip wheel": for people.
  [[nodiscard]] std::string name(bool editable) const;

  // Builds the wheel of the project in `directory` into the folder `target`.
  [[nodiscard]] ProcessResult build_wheel(const std::string& directory,
                                          const std::string& target) const;

  // Installs the project, editable, into the new directory `target`, and nothing else.
  [[nodiscard]] ProcessResult install_editable(const std::string& directory,
                                               const std::string& target) const;

 private:
  [[nodiscard]] ProcessResult run(std::vector<std::string> words) const;

  const InterpreterFacts& interpreter_;
  const BuildFrontEndOptions& options_;
  std::string uv_;  // absolute path; empty: pip
};

}  // namespace pel
