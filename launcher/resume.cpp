#include "launcher/resume.hpp"

#include <unistd.h>

#include <cstdlib>

#include "store/base/error.hpp"
#include "store/prefix/installation.hpp"

namespace pel {
namespace {

constexpr const char* kResumedVariable = "PYENVLAUNCH_RESUMED";

}  // namespace

std::vector<std::string> plain_arguments(const EnvironmentOptions& environment, bool verbose,
                                         const std::vector<std::string>& operands) {
  std::vector<std::string> words;
  if (verbose) {
    words.emplace_back("--verbose");
  }
  if (!environment.python.empty()) {
    words.insert(words.end(), {"--python", environment.python});
  }
  for (const std::string& extra : environment.extras) {
    words.insert(words.end(), {"--extra", extra});
  }
  for (const std::string& group : environment.groups) {
    words.insert(words.end(), {"--group", group});
  }
  if (environment.no_default_groups) {
    words.emplace_back("--no-default-groups");
  }
  if (environment.offline) {
    words.emplace_back("--offline");
  }
  words.insert(words.end(), operands.begin(), operands.end());
  return words;
}

void execute_hot_path(std::string_view command, std::vector<std::string> args) {
  const std::string program = this_installation().launcher;
  args.insert(args.begin(), {"pyenvlaunch", std::string(command)});
  std::vector<char*> argv;
  for (std::string& arg : args) {
    argv.push_back(arg.data());
  }
  argv.push_back(nullptr);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the only thread left
  ::setenv(kResumedVariable, std::to_string(::getpid()).c_str(), 1);
  ::execv(program.c_str(), argv.data());
  throw_errno("execute", program);
}

}  // namespace pel
