// pyenvlaunch env explain: where a module, a file, a script or a distribution comes from.

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/command_line.hpp"
#include "launcher/commands/env.hpp"
#include "launcher/environment_options.hpp"
#include "launcher/json_text.hpp"
#include "store/base/error.hpp"
#include "store/base/nearest.hpp"
#include "store/base/text.hpp"
#include "store/environment/explain.hpp"
#include "store/records/edited_copies.hpp"

namespace pel {
namespace {

const char* text_of(ExplainedPlace::Kind kind) {
  switch (kind) {
    case ExplainedPlace::Kind::distribution:
      return "distribution";
    case ExplainedPlace::Kind::package:
      return "package";
    case ExplainedPlace::Kind::namespace_portion:
      return "namespace portion";
    case ExplainedPlace::Kind::module:
      return "module";
    case ExplainedPlace::Kind::script:
      return "script";
    case ExplainedPlace::Kind::file:
      break;
  }
  return "file";
}

// The directories of `venv` in which the place's wheel is edited.
std::vector<std::string> edited_in(const std::vector<EditedCopy>& copies,
                                   const ExplainedPlace& place) {
  std::vector<std::string> directories;
  for (const EditedCopy& copy : copies) {
    if (copy.wheel_id == place.wheel) {
      directories.push_back(copy.directory);
    }
  }
  return directories;
}

std::string to_text(const ExplainedPlace& place, const std::vector<EditedCopy>& copies) {
  std::string text = concat(text_of(place.kind), place.used ? "" : ", not used", ": from ",
                            place.origin, "\n  ", place.path, "\n");
  if (!place.wheel.empty()) {
    text += concat("  of ", place.wheel, "\n");
  }
  if (!place.reason.empty()) {
    text += concat("  because ", place.reason, "\n");
  }
  for (const std::string& directory : edited_in(copies, place)) {
    text += concat("  edited in ", directory, "\n");
  }
  return text;
}

nlohmann::ordered_json to_json(const ExplainedPlace& place, const std::vector<EditedCopy>& copies) {
  return {{"kind", text_of(place.kind)},
          {"path", place.path},
          {"wheel", place.wheel},
          {"origin", place.origin},
          {"used", place.used},
          {"reason", place.reason},
          {"edited_in", edited_in(copies, place)}};
}

int run(CommandContext& context, std::span<const std::string_view> args) {
  EnvironmentOptions options;
  bool json = false;
  CommandLine line(env_explain_command);
  options.describe(line.options());
  line.options().flag("json", json, "print JSON");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  expect_operands(*operands, 2, 2, operands->empty() ? "lock" : "name");
  const std::string& name = operands->back();
  const EnvironmentRequest request = options.request(context.settings, operands->front());
  const auto places = explain_name(request, name);
  const auto copies = edited_copies(StoreLayout(request.locations.home), request.lock_path);
  if (json) {
    auto all = nlohmann::ordered_json::array();
    for (const ExplainedPlace& place : places) {
      all.push_back(to_json(place, copies));
    }
    context.console.print(json_text(all));
  } else {
    for (const ExplainedPlace& place : places) {
      context.console.print(to_text(place, copies));
    }
  }
  if (places.empty()) {
    throw Error(ErrorCode::not_found, concat("nothing in the environment of ", operands->front(),
                                             " is named '", name, "'"))
        .with_hint(nearest_hint(
            name, explainable_names(request),
            "give a distribution, a module such as package.module, a script, or a file"));
  }
  return EXIT_SUCCESS;
}

}  // namespace

constinit const Command env_explain_command{
    .name = "env explain",
    .summary = "say where a module, file, script or distribution comes from, and what it hides",
    .usage = "[OPTION]... LOCK NAME",
    .run = run,
};

}  // namespace pel
