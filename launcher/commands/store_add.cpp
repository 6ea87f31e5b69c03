// pyenvlaunch store add: puts wheel files into the store. Needs no interpreter.

#include <cstdlib>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/command_line.hpp"
#include "launcher/commands/store.hpp"
#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/format/selection_key.hpp"
#include "store/tree/store.hpp"

namespace pel {
namespace {

int run(CommandContext& context, std::span<const std::string_view> args) {
  CommandLine line(store_add_command);
  const auto files = line.parse(context, args);
  if (!files) {
    return EXIT_SUCCESS;
  }
  expect_operands(*files, 1, std::numeric_limits<std::size_t>::max(), "wheel");
  const Store store(context.settings.locations().home);
  store.prepare();
  for (const std::string& file : *files) {
    if (*context.settings.interrupted) {
      throw Error(ErrorCode::interrupted, "interrupted");
    }
    const std::string path = absolute_path(file);
    const Store::Added added =
        store.add(path, std::string(name_of(path)), std::nullopt, Trust::nobody);
    for (const std::string& warning : added.warnings) {
      context.console.warn(warning);
    }
    context.console.print(concat(added.id, "\n"));
  }
  return EXIT_SUCCESS;
}

}  // namespace

constinit const Command store_add_command{
    .name = "store add",
    .summary = "put wheel files into the store, and print their ids",
    .usage = "[OPTION]... WHEEL...",
    .run = run,
};

}  // namespace pel
