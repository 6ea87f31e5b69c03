// pyenvlaunch-manager complete-bytecode: what the finder asks for when Python runs with -O or -OO
// in an environment that has no code for that level yet. Not for people, hence not in the help.

#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include "launcher/command_line.hpp"
#include "launcher/commands/commands.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/environment/recipe.hpp"
#include "store/prefix/prefix_bytecode.hpp"
#include "store/records/cache_layout.hpp"

namespace pel {
namespace {

int run(CommandContext& context, std::span<const std::string_view> args) {
  std::string optimization;
  std::string store;
  CommandLine line(complete_bytecode_command);
  line.options().value("optimization", optimization, "LEVEL", "1 or 2");
  line.options().value("store", store, "DIR", "root of the store");
  const auto prefixes = line.parse(context, args);
  if (!prefixes) {
    return EXIT_SUCCESS;
  }
  expect_operands(*prefixes, 1, 1, "environment's directory");
  if (optimization != "1" && optimization != "2") {
    throw Error(ErrorCode::usage, concat("bad level '", optimization, "': it is 1 or 2"));
  }
  // Its own cache: the variables that name one may be others here than where it was made.
  const auto recipe = read_recipe(prefixes->front());
  const CacheLayout cache(recipe ? recipe->cache : context.settings.locations().cache);
  complete_prefix_bytecode(prefixes->front(), store, cache.interpreters(),
                           optimization == "1" ? 1 : 2);
  return EXIT_SUCCESS;
}

}  // namespace

constinit const Command complete_bytecode_command{
    .name = "complete-bytecode",
    .summary = "",
    .usage = "--optimization LEVEL --store DIR PREFIX",
    .run = run,
};

}  // namespace pel
