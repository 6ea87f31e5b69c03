// pyenvlaunch doctor: checks the installation, the store and the interpreters; says what to do.

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/command_line.hpp"
#include "launcher/commands/commands.hpp"
#include "launcher/health.hpp"
#include "launcher/json_text.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

const char* name_of(HealthCheck::Level level) {
  switch (level) {
    case HealthCheck::Level::note:
      return "note";
    case HealthCheck::Level::warning:
      return "warning";
    case HealthCheck::Level::problem:
      return "problem";
    case HealthCheck::Level::ok:
      break;
  }
  return "ok";
}

std::string padded(std::string_view text, std::size_t width) {
  return concat(text, std::string(width > text.size() ? width - text.size() : 0, ' '));
}

std::string to_text(const std::vector<SettingOrigin>& settings,
                    const std::vector<HealthCheck>& checks) {
  constexpr std::size_t kNameWidth = 13;
  constexpr std::size_t kLevelWidth = 9;
  std::string text = "settings\n";
  for (const SettingOrigin& setting : settings) {
    text +=
        concat("  ", padded(setting.name, kNameWidth), setting.value, "  (", setting.source, ")\n");
  }
  std::string_view area;
  for (const HealthCheck& check : checks) {
    if (check.area != area) {
      area = check.area;
      text += concat(area, "\n");
    }
    text += concat("  ", padded(name_of(check.level), kLevelWidth), check.text, "\n");
    if (!check.advice.empty()) {
      text += concat("  ", std::string(kLevelWidth, ' '), "-> ", check.advice, "\n");
    }
  }
  return text;
}

nlohmann::ordered_json to_json(const std::vector<SettingOrigin>& settings,
                               const std::vector<HealthCheck>& checks) {
  nlohmann::ordered_json json;
  json["settings"] = nlohmann::ordered_json::array();
  for (const SettingOrigin& setting : settings) {
    json["settings"].push_back(
        {{"name", setting.name}, {"value", setting.value}, {"source", setting.source}});
  }
  json["checks"] = nlohmann::ordered_json::array();
  for (const HealthCheck& check : checks) {
    json["checks"].push_back({{"level", name_of(check.level)},
                              {"area", check.area},
                              {"text", check.text},
                              {"advice", check.advice}});
  }
  return json;
}

int run(CommandContext& context, std::span<const std::string_view> args) {
  bool json = false;
  CommandLine line(doctor_command);
  line.options().flag("json", json, "print JSON");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  expect_operands(*operands, 0, 0, "argument");
  const auto settings = setting_origins(context.settings);
  const auto checks = check_health(context.settings);
  context.console.print(json ? json_text(to_json(settings, checks)) : to_text(settings, checks));
  const bool healthy = std::ranges::none_of(
      checks, [](const HealthCheck& check) { return check.level == HealthCheck::Level::problem; });
  return healthy ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

constinit const Command doctor_command{
    .name = "doctor",
    .summary = "check the installation, the store and the interpreters, and say what to do",
    .usage = "[OPTION]...",
    .run = run,
};

}  // namespace pel
