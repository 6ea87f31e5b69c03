#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/environment/environment.hpp"

namespace pel {

// One thing of that name, and whether it is what a program gets.
struct ExplainedPlace {
  enum class Kind {
    distribution,
    package,            // a directory with __init__
    namespace_portion,  // a directory without (PEP 420)
    module,
    file,    // below site-packages, or of the prefix
    script,  // in bin/
  };

  Kind kind = Kind::file;
  std::string path = {};    // absolute, where it lies
  std::string wheel = {};   // id, or empty for what is in no wheel
  std::string origin = {};  // "black 26.10.1", "the standard library", "the lock"
  bool used = false;
  std::string reason = {};  // why it is not used, or what else there is to say; may be empty
};

// Where `name` comes from in the environment of a lock, and what it hides. A name may be a
// distribution in any spelling (PEP 503), a module with its packages ("yaml.nodes"), a script, or
// a file: below site-packages, below the prefix, or absolute. All that have the name are listed,
// what is used first. Empty when nothing has it. The wheels must be in the store: throws
// Error(not_found) otherwise, and Error as describe_environment() does.
[[nodiscard]] std::vector<ExplainedPlace> explain_name(const EnvironmentRequest& request,
                                                       std::string_view name);

// Names that explain_name() knows in that environment: distributions, top-level modules, scripts.
// For a hint; throws as it does.
[[nodiscard]] std::vector<std::string> explainable_names(const EnvironmentRequest& request);

}  // namespace pel
