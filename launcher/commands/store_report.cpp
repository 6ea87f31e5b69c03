// pyenvlaunch store report: a page that shows what the store holds, and for whom.

#include <sys/stat.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "launcher/command_line.hpp"
#include "launcher/commands/store.hpp"
#include "launcher/report_page.hpp"
#include "launcher/store_usage.hpp"
#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/format/selection_key.hpp"

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

// The file that is to be replaced: what a link leads to, not the link. Throws Error for what is no
// file, such as a device.
std::string target_of(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    return path;  // a new one; if not, writing it tells why
  }
  if (!S_ISREG(status.st_mode)) {
    throw Error(ErrorCode::usage, concat("cannot write ", path, ": it is ",
                                         S_ISDIR(status.st_mode) ? "a directory" : "no file"))
        .with_hint("give the path of the page that is to be written");
  }
  char real[PATH_MAX];
  return ::realpath(path.c_str(), real) == nullptr ? path : real;
}

void write_page(const std::string& path, std::string_view page) {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  with_default_hint("give the path of a page in a directory that you may write to", [&] {
    AtomicFile file(path, {.mode = 0666 & ~mask});
    file.write(page);
    file.commit();
  });
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
  const std::string target = target_of(absolute_path(html));
  const Store store(context.settings.locations().home);
  nlohmann::ordered_json usage = usage_json(store, usage_of_store(store));
  usage["store"] = store.layout().root();
  usage["time"] = now();
  write_page(target, report_page(usage));
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
