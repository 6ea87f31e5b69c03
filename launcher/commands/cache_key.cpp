// pyenvlaunch cache-key: names what a CI job's cache of the store holds.

#include "launcher/cache_key.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/command_line.hpp"
#include "launcher/commands/commands.hpp"
#include "launcher/environment_options.hpp"
#include "launcher/json_text.hpp"
#include "store/base/key_hasher.hpp"
#include "store/base/text.hpp"
#include "store/environment/locked_selection.hpp"

namespace pel {
namespace {

std::string digest_of(const LockedSelection& locked, const EnvironmentOptions& options) {
  KeyHasher hasher;
  hasher.add(locked.text_digest);
  for (std::vector<std::string> names : {options.extras, options.groups}) {
    std::ranges::sort(names);
    hasher.add(std::uint64_t{names.size()});
    for (const std::string& name : names) {
      hasher.add(name);
    }
  }
  hasher.add(std::uint64_t{options.no_default_groups});
  return hasher.hex();
}

int run(CommandContext& context, std::span<const std::string_view> args) {
  EnvironmentOptions options;
  bool json = false;
  CommandLine line(cache_key_command);
  options.describe(line.options());
  line.options().flag("json", json, "print JSON");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  expect_operands(*operands, 1, static_cast<std::size_t>(-1), "lock");
  std::vector<std::string> digests;
  InterpreterFacts interpreter;
  for (const std::string& lock : *operands) {
    const EnvironmentRequest request = options.request(context.settings, lock);
    const LockedSelection locked =
        read_locked_selection(request, CacheLayout(request.locations.cache));
    // Locks may choose interpreters of their own: the first one's is named, all count.
    interpreter = digests.empty() ? locked.interpreter : interpreter;
    digests.push_back(concat(digest_of(locked, options), locked.interpreter.soabi,
                             locked.interpreter.full_version));
  }
  const CacheKey key(interpreter, digests);
  context.console.print(json ? json_text({{"key", key.text()}, {"machine", key.machine()}})
                             : concat(key.text(), "\n"));
  return EXIT_SUCCESS;
}

}  // namespace

constinit const Command cache_key_command{
    .name = "cache-key",
    .summary = "print a key for a CI's cache of the store: system, interpreter and locks",
    .usage = "[OPTION]... LOCK...",
    .run = run,
};

}  // namespace pel
