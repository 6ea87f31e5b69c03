// pyenvlaunch store report: a page that shows what the store holds, and for whom.

#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "launcher/command_line.hpp"
#include "launcher/commands/store.hpp"
#include "launcher/output_file.hpp"
#include "launcher/report_page.hpp"
#include "launcher/store_usage.hpp"
#include "store/base/error.hpp"

namespace pel {
namespace {

std::string now() {
  const std::time_t seconds = std::time(nullptr);
  std::tm parts{};
  char text[32];
  ::localtime_r(&seconds, &parts);
  const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &parts);
  return {text, size};
}

int run(CommandContext& context, std::span<const std::string_view> args) {
  std::string html;
  CommandLine line(store_report_command);
  line.options().value("html", html, "FILE", "write the page to FILE");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  expect_operands(*operands, 0, 0, "argument");
  if (html.empty()) {
    throw Error(ErrorCode::usage, "no file given to write the report to")
        .with_hint("add --html FILE");
  }
  const OutputFile file(html, "give the path of a page in a directory that you may write to");
  const Store store(context.settings.locations().home);
  nlohmann::ordered_json usage = usage_json(store, usage_of_store(store));
  usage["store"] = store.layout().root();
  usage["time"] = now();
  file.write(report_page(usage));
  return EXIT_SUCCESS;
}

}  // namespace

constinit const Command store_report_command{
    .name = "store report",
    .summary = "draw what the store holds, and for which environments",
    .usage = "--html FILE",
    .run = run,
};

}  // namespace pel
