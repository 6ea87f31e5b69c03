// pyenvlaunch adopt: the lock of a virtual environment that is there already.

#include "frontend/adopt.hpp"

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/make_lock.hpp"
#include "launcher/command_line.hpp"
#include "launcher/commands/commands.hpp"
#include "launcher/environment_options.hpp"
#include "launcher/json_text.hpp"
#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/fetch/progress.hpp"
#include "store/format/selection_key.hpp"
#include "store/repair/known_wheels.hpp"

namespace pel {
namespace {

struct AdoptOptions {
  std::string output;
  std::string index_url;
  std::vector<std::string> extra_index_urls;
  std::vector<std::string> find_links;
  bool offline = false;
  bool skip_missing = false;
  bool json = false;
};

std::size_t tell_missing(CommandContext& context, const AdoptResult& result) {
  std::size_t missing = 0;
  for (const AdoptedPackage& package : result.packages) {
    if (!package.problem.empty()) {
      context.console.note(concat(package.name, package.version.empty() ? "" : " ", package.version,
                                  ": ", package.problem));
      ++missing;
      continue;
    }
    if (!package.changed.empty()) {
      context.console.warn(concat(package.name, " ", package.version, ": ", package.changed,
                                  " was changed since: the lock has it as it was installed"));
    }
    if (!package.note.empty()) {
      context.console.warn(concat(package.name, " ", package.version, ": ", package.note));
    }
  }
  for (const std::string& note : result.notes) {
    context.console.warn(note);
  }
  return missing;
}

void print_json(CommandContext& context, const std::string& path, const AdoptResult& result,
                bool written) {
  nlohmann::ordered_json json{{"lock", path}, {"written", written}};
  json["packages"] = nlohmann::ordered_json::array();
  for (const AdoptedPackage& package : result.packages) {
    nlohmann::ordered_json entry{{"name", package.name}, {"version", package.version}};
    if (!package.problem.empty()) {
      entry["problem"] = package.problem;
    } else if (!package.source.empty()) {
      entry["source"] = package.source;
    } else {
      entry["wheel"] = package.file;
      entry["sha256"] = package.sha256;
      entry["cache"] = package.cache;
    }
    if (!package.changed.empty()) {
      entry["changed"] = package.changed;
    }
    if (!package.note.empty()) {
      entry["note"] = package.note;
    }
    json["packages"].push_back(std::move(entry));
  }
  json["notes"] = result.notes;
  context.console.print(json_text(json));
}

int run(CommandContext& context, std::span<const std::string_view> args) {
  AdoptOptions options;
  CommandLine line(adopt_command);
  line.options().value("output,o", options.output, "LOCK", "the lock to write");
  line.options().flag("skip-missing", options.skip_missing, "leave out what cannot be found");
  line.options().value("index-url", options.index_url, "URL", "the package index");
  line.options().list("extra-index-url", options.extra_index_urls, "URL",
                      "one more index (may be repeated)");
  line.options().list("find-links", options.find_links, "DIR|URL",
                      "look for wheels there, too (may be repeated)");
  line.options().flag("offline", options.offline, "make no network connection");
  line.options().flag("json", options.json, "print JSON");
  const auto operands = line.parse(context, args);
  if (!operands) {
    return EXIT_SUCCESS;
  }
  expect_operands(*operands, 1, 1, "virtual environment");
  if (options.output.empty()) {
    throw Error(ErrorCode::usage, "no lock to write given").with_hint("name it with -o LOCK");
  }
  const std::string path = path_of_new_lock(options.output);
  check_new_lock(path);
  AdoptRequest request{.directory = absolute_path(operands->front()),
                       .index_url = options.index_url,
                       .extra_index_urls = options.extra_index_urls,
                       .find_links = absolute_places(options.find_links),
                       .offline = options.offline || context.settings.offline,
                       .home = context.settings.locations().home,
                       .known = known_wheels(StoreLayout(context.settings.locations().home)),
                       .folders = {{}, directory_of(path)},
                       .downloads = context.settings.downloads(),
                       .progress = nullptr,
                       .cancelled = context.settings.interrupted};
  AdoptResult result;
  {
    const auto progress = make_progress(progress_style_for_stderr(), "Comparing");
    request.progress = progress.get();
    result = adopt_environment(request);
  }
  const std::size_t missing = tell_missing(context, result);
  const bool write = missing == 0 || options.skip_missing;
  if (write) {
    static_cast<void>(finish_lock(result.draft, path, LockMode::keep, request.cancelled));
  }
  if (options.json) {
    print_json(context, path, result, write);
  } else if (write) {
    context.console.print(
        concat(path, ": ", counted(result.draft.packages.size(), "package"), "\n"));
  }
  if (!write) {
    throw Error(ErrorCode::not_found, concat("cannot adopt ", request.directory, ": ",
                                             counted(missing, "package"), " cannot be found"))
        .with_hint(
            "name places with --find-links or --extra-index-url, or leave them out with "
            "--skip-missing");
  }
  return EXIT_SUCCESS;
}

}  // namespace

constinit const Command adopt_command{
    .name = "adopt",
    .summary = "write the lock of a virtual environment that is there already",
    .usage = "[OPTION]... VENV -o LOCK",
    .run = run,
};

}  // namespace pel
