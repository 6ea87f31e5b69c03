#include "store/build/build_front_end.hpp"

#include <utility>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/fetch/find_links.hpp"
#include "store/interpreter/candidates.hpp"
#include "store/interpreter/plain_output.hpp"
#include "store/interpreter/tool_variables.hpp"

namespace pel {
namespace {

constexpr std::size_t kOutputLimit = 64UL * 1024 * 1024;

}  // namespace

BuildFrontEnd::BuildFrontEnd(const InterpreterFacts& interpreter,
                             const BuildFrontEndOptions& options)
    : interpreter_(interpreter), options_(options), uv_(find_on_path("uv")) {
  if (!uv_.empty()) {
    return;
  }
  const std::vector<std::string> question{interpreter.executable, "-m", "pip", "--version"};
  if (!run_process(question).ok()) {
    throw Error(ErrorCode::not_found,
                concat("cannot find a build front end: uv is not on PATH, and ",
                       interpreter.executable, " has no pip"))
        .with_hint("install uv, or pip for this interpreter; or lock wheels only");
  }
}

std::string BuildFrontEnd::name(bool editable) const {
  if (uv_.empty()) {
    return editable ? "pip install --editable" : "pip wheel";
  }
  return editable ? "uv pip install --editable" : "uv build";
}

ProcessResult BuildFrontEnd::build_wheel(const std::string& directory,
                                         const std::string& target) const {
  if (uv_.empty()) {
    return run({interpreter_.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", target,
                directory});
  }
  return run({uv_, "build", "--wheel", "--python", interpreter_.executable, "--out-dir", target,
              directory});
}

ProcessResult BuildFrontEnd::install_editable(const std::string& directory,
                                              const std::string& target) const {
  if (uv_.empty()) {
    return run({interpreter_.executable, "-m", "pip", "install", "--no-deps", "--target", target,
                "--editable", directory});
  }
  return run({uv_, "pip", "install", "--no-deps", "--refresh", "--python", interpreter_.executable,
              "--target", target, "--editable", directory});
}

ProcessResult BuildFrontEnd::run(std::vector<std::string> words) const {
  if (options_.offline) {
    words.emplace_back(uv_.empty() ? "--no-index" : "--offline");
  }
  ProcessOptions options;
  options.environment.unset = {"VIRTUAL_ENV", "CONDA_PREFIX", "PYENVLAUNCH_RESUMED"};
  options.environment.unset_prefixes = {"PYTHON"};
  options.environment.set = {{"PIP_DISABLE_PIP_VERSION_CHECK", "1"}, {"GIT_TERMINAL_PROMPT", "0"}};
  without_colour(options.environment);
  without_demands(options.environment);
  if (have_credentials(options_.find_links)) {
    // Everybody on the machine can read a process's arguments.
    options.environment.set.emplace_back(
        uv_.empty() ? "PIP_FIND_LINKS" : "UV_FIND_LINKS",
        find_links_variable(options_.find_links, uv_.empty() ? ' ' : ','));
  } else {
    for (const std::string& place : options_.find_links) {
      words.insert(words.end(), {"--find-links", place});
    }
  }
  options.output_limit = kOutputLimit;
  return run_process(words, options);
}

}  // namespace pel
