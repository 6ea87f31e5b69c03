// pyenvlaunch store repair: mends what `store verify` finds.

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/command_line.hpp"
#include "launcher/commands/store.hpp"
#include "launcher/environment_options.hpp"
#include "launcher/json_text.hpp"
#include "store/base/text.hpp"
#include "store/fetch/progress.hpp"
#include "store/repair/repair.hpp"

namespace pel {
namespace {

int run(CommandContext& context, std::span<const std::string_view> args) {
  EnvironmentOptions environment;  // for what they have in common
  bool json = false;
  CommandLine line(store_repair_command);
  line.options().flag("offline", environment.offline, "make no network connection");
  line.options().list("find-links", environment.find_links, "DIR|URL",
                      "look for wheels there first (may be repeated)");
  line.options().flag("json", json, "print JSON");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  expect_operands(*operands, 0, 0, "argument");
  const EnvironmentRequest request = environment.request(context.settings, "");
  const Store store(request.locations.home, request.limits);
  const auto progress = make_progress(progress_style_for_stderr(), "Downloading");
  const RepairReport report = repair_store(store, {.offline = request.offline,
                                                   .find_links = request.find_links,
                                                   .cache = request.locations.cache,
                                                   .downloads = request.downloads,
                                                   .progress = progress.get(),
                                                   .cancelled = context.settings.interrupted});
  for (const std::string& failure : report.failures) {
    context.console.warn(failure);
  }
  if (json) {
    std::vector<std::string> left;
    for (const Finding& finding : report.left) {
      left.push_back(finding.message);
    }
    context.console.print(
        json_text({{"mended", report.mended}, {"failures", report.failures}, {"left", left}}));
  } else {
    for (const std::string& what : report.mended) {
      context.console.print(concat(what, "\n"));
    }
    for (const Finding& finding : report.left) {
      context.console.print(concat("still wrong: ", finding.message, "\n"));
    }
  }
  return report.left.empty() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

constinit const Command store_repair_command{
    .name = "store repair",
    .summary = "mend what is changed, missing or damaged: unpack it again, by its hash",
    .usage = "[OPTION]...",
    .run = run,
};

}  // namespace pel
