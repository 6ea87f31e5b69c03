#include "frontend/default_index.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <vector>

#include "store/base/error.hpp"
#include "store/interpreter/process.hpp"

namespace pel {
namespace {

std::optional<std::string> ask_index(const std::vector<std::string>& command) {
  try {
    ProcessOptions options;
    options.timeout = std::chrono::seconds(60);
    const ProcessResult result = run_process(command, options);
    return result.ok() ? index_of_help(result.out) : std::nullopt;
  } catch (const Error&) {
    return std::nullopt;  // it is not there
  }
}

}  // namespace

std::optional<std::string> index_of_help(std::string_view help) {
  constexpr std::string_view kBefore = "default";
  for (std::size_t at = help.find(kBefore); at != std::string_view::npos;
       at = help.find(kBefore, at + 1)) {
    std::string_view rest = help.substr(at + kBefore.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(": \t\r\n<"), rest.size()));
    if (rest.starts_with("https://") || rest.starts_with("http://")) {
      return std::string(rest.substr(0, rest.find_first_of(" \t\r\n<>()`'\"")));
    }
  }
  return std::nullopt;
}

std::string index_of_variables() {
  for (const char* const name : {"UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"}) {
    const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    if (value != nullptr && *value != '\0') {
      return value;
    }
  }
  return {};
}

std::string built_in_index(const std::string& python) {
  const std::vector<std::vector<std::string>> tools{
      {"uv", "pip", "compile", "--help"},
      {python, "-m", "pip", "install", "--help"},
      {"python3", "-m", "pip", "install", "--help"},
  };
  for (const std::vector<std::string>& tool : tools) {
    if (auto found = ask_index(tool)) {
      return *std::move(found);
    }
  }
  return {};
}

std::string index_url_or_default(const std::string& given, bool offline,
                                 const std::string& python) {
  if (offline || !given.empty()) {
    return offline ? std::string() : given;
  }
  if (std::string own = index_of_variables(); !own.empty()) {
    return own;
  }
  return built_in_index(python);
}

}  // namespace pel
