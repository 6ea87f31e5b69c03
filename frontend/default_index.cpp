#include "frontend/default_index.hpp"

#include <algorithm>
#include <chrono>
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

std::vector<std::string> indexes_to_ask(const std::string& given,
                                        const std::vector<std::string>& extra,
                                        const ToolPlaces& tools, bool offline,
                                        const std::string& python) {
  std::vector<std::string> urls;
  if (offline) {
    return urls;
  }
  if (!given.empty()) {
    urls.push_back(given);
  } else if (!tools.no_index) {
    urls.push_back(tools.default_index.empty() ? built_in_index(python) : tools.default_index);
    urls.insert(urls.end(), tools.extra_indexes.begin(), tools.extra_indexes.end());
  }
  urls.insert(urls.end(), extra.begin(), extra.end());
  std::erase(urls, "");
  return urls;
}

}  // namespace pel
