// pyenvlaunch store verify: the state of the store.

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "launcher/command_line.hpp"
#include "launcher/commands/store.hpp"
#include "launcher/environment_options.hpp"
#include "launcher/json_text.hpp"
#include "store/base/build_id.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/prefix/installation.hpp"
#include "store/prefix/needed_trees.hpp"
#include "store/prefix/stale_links.hpp"
#include "store/tree/composite.hpp"
#include "store/tree/lost_roots.hpp"
#include "store/tree/store.hpp"
#include "store/tree/verify_packs.hpp"
#include "store/tree/verify_store.hpp"
#include "store/tree/verify_wheel.hpp"

namespace pel {
namespace {

const char* kind_name(FindingKind kind) {
  switch (kind) {
    case FindingKind::missing:
      return "missing";
    case FindingKind::extra:
      return "extra";
    case FindingKind::mode:
      return "mode";
    case FindingKind::owner:
      return "owner";
    case FindingKind::size:
      return "size";
    case FindingKind::content:
      return "content";
    case FindingKind::index:
      return "index";
    case FindingKind::pack:
      return "pack";
    case FindingKind::unreadable:
      return "unreadable";
  }
  return "unknown";
}

// Wheels by name or id, composites by id; with their packs.
std::vector<Finding> verify_named(const Store& store, const std::vector<std::string>& words,
                                  Store::Depth depth) {
  const StoreLayout& layout = store.layout();
  std::vector<Finding> findings;
  const auto take = [&](std::vector<Finding> found) {
    std::ranges::move(found, std::back_inserter(findings));
  };
  for (const std::string& word : words) {
    if (is_store_id(word) && has_composite(layout, word)) {
      take(verify_composite(layout, word,
                            depth == Store::Depth::deep ? HashFiles::yes : HashFiles::no));
      take(verify_packs(layout, word));
      continue;
    }
    const std::vector<std::string> ids = resolve_wheels(store, {&word, 1});
    take(store.verify(ids, depth));
    for (const std::string& id : ids) {
      take(verify_packs(layout, id));
    }
  }
  return findings;
}

std::vector<Finding> verify_all(const Store& store, Store::Depth depth) {
  std::vector<Finding> findings = verify_store(store, depth);
  struct stat status{};
  if (::stat(store.layout().launchers().c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return findings;  // no copy of this program to compare with it
  }
  std::ranges::move(verify_launchers(this_installation(), store.layout(), kBuildId),
                    std::back_inserter(findings));
  std::ranges::move(find_missing_needs(store.layout()).findings, std::back_inserter(findings));
  if (auto lost = find_lost_roots(store.layout())) {
    findings.push_back(*std::move(lost));
  }
  if (depth == Store::Depth::deep) {
    std::ranges::move(verify_links(store.layout()), std::back_inserter(findings));
  }
  return findings;
}

int verify(CommandContext& context, std::span<const std::string_view> args) {
  bool json = false;
  bool quick = false;
  bool deep = false;
  CommandLine line(store_verify_command);
  line.options().flag("json", json, "print JSON");
  line.options().flag("deep", deep, "check the content of files as well (as without --quick)");
  line.options().flag("quick", quick, "check sizes and modes, but not the content of files");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  if (quick && deep) {
    throw Error(ErrorCode::usage, "--quick and --deep exclude each other");
  }
  const Store store(context.settings.locations().home);
  const Store::Depth depth = quick ? Store::Depth::quick : Store::Depth::deep;
  const std::vector<Finding> findings =
      operands->empty() ? verify_all(store, depth) : verify_named(store, *operands, depth);
  auto all = nlohmann::ordered_json::array();
  for (const Finding& finding : findings) {
    if (json) {
      all.push_back({{"id", finding.id},
                     {"kind", kind_name(finding.kind)},
                     {"path", finding.path},
                     {"message", finding.message}});
    } else {
      context.console.print(concat(finding.message, "\n"));
    }
  }
  if (json) {
    context.console.print(json_text(all));
  }
  return findings.empty() ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace

constinit const Command store_verify_command{
    .name = "store verify",
    .summary = "check wheels, or the whole store: ends with 0 only if all is well",
    .usage = "[OPTION]... [NAME|ID]...",
    .run = verify,
};

}  // namespace pel
