// pyenvlaunch lock: makes locks, through the resolvers that people have.

#include <sys/stat.h>
#include <unistd.h>

#include <boost/filesystem/operations.hpp>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "frontend/foreign_lock.hpp"
#include "frontend/make_lock.hpp"
#include "frontend/project_file.hpp"
#include "launcher/command_line.hpp"
#include "launcher/commands/commands.hpp"
#include "launcher/environment_options.hpp"
#include "launcher/json_text.hpp"
#include "lock/package_name.hpp"
#include "store/base/error.hpp"
#include "store/base/file_kind.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/format/selection_key.hpp"
#include "store/records/cache_layout.hpp"

namespace pel {
namespace {

struct LockOptions {
  std::vector<std::string> editables;
  std::vector<std::string> requirement_files;
  std::vector<std::string> constraint_files;
  std::string project;
  std::string script;
  std::string from;
  std::string output;
  std::string python;
  std::string resolver;
  std::string index_url;
  std::vector<std::string> extra_index_urls;
  std::vector<std::string> find_links;
  std::vector<std::string> extras;
  std::vector<std::string> groups;
  std::vector<std::string> upgrade_packages;
  bool all_extras = false;
  bool no_default_groups = false;
  bool universal = false;
  bool upgrade = false;
  bool locked = false;
  bool offline = false;
  bool wheels_only = false;
  bool pre = false;
  bool quiet = false;
  bool json = false;

  void describe(OptionSet& options) {
    options.list("requirement,r", requirement_files, "FILE",
                 "a requirements file (may be repeated)");
    options.list("constraint,c", constraint_files, "FILE",
                 "a file of constraints (may be repeated)");
    options.list("editable,e", editables, "DIR",
                 "the project in this directory, as it lies there (may be repeated)");
    options.value("project", project, "DIR", "what the pyproject.toml there asks for");
    options.value("script", script, "FILE", "what the script's own metadata asks for (PEP 723)");
    options.value("from", from, "FILE",
                  "convert a uv.lock, poetry.lock, pdm.lock, Pipfile.lock, ...");
    options.list("extra", extras, "E", "with this extra of the project (may be repeated)");
    options.flag("all-extras", all_extras, "with all extras of the project");
    options.list("group", groups, "G", "with this dependency group (may be repeated)");
    options.flag("no-default-groups", no_default_groups, "without those that a uv.lock has");
    options.value("output,o", output, "LOCK", "the lock to write (a script or project has one)");
    options.value("python", python, "SPEC", "interpreter: a path, 3.12, or >=3.11");
    options.flag("universal", universal, "for all systems and interpreters (uv only)");
    options.flag("upgrade,U", upgrade, "take the newest versions, whatever the lock has");
    options.list("upgrade-package,P", upgrade_packages, "NAME",
                 "take the newest version of that one (may be repeated)");
    options.flag("locked", locked, "change nothing; fail if the lock would change");
    options.value("resolver", resolver, "NAME", "uv or pip, instead of the first that is there");
    options.value("index-url", index_url, "URL", "the package index");
    options.list("extra-index-url", extra_index_urls, "URL", "one more index (may be repeated)");
    options.list("find-links", find_links, "DIR|URL",
                 "look for files there, too (may be repeated)");
    options.flag("offline", offline, "make no network connection");
    options.flag("wheels-only", wheels_only, "only versions that have wheels");
    options.flag("pre", pre, "prereleases as well, of all packages");
    options.flag("quiet,q", quiet, "print nothing but errors and warnings");
    options.flag("json", json, "print JSON: what is locked, and what has changed");
  }
};

std::vector<std::string> absolute_paths(const std::vector<std::string>& paths) {
  std::vector<std::string> result;
  for (const std::string& path : paths) {
    result.push_back(absolute_path(path));
  }
  return result;
}

std::string project_file(const std::string& project) {
  if (project.empty()) {
    return {};
  }
  const std::string path = absolute_path(project);
  return leads_to_directory(path) ? concat(path, "/pyproject.toml") : path;
}

std::string output_path(const LockOptions& options, const ResolveRequest& resolve) {
  if (!options.output.empty()) {
    return path_of_new_lock(options.output);
  }
  if (!resolve.script.empty()) {
    return read_script_requirements(resolve.script).lock;
  }
  if (!resolve.project.empty()) {
    return concat(directory_of(resolve.project), "/pylock.toml");
  }
  throw Error(ErrorCode::usage, "no lock to write given").with_hint("name it with -o LOCK");
}

void check_usage(const LockOptions& options, const std::vector<std::string>& requirements) {
  const bool others =
      !requirements.empty() || !options.requirement_files.empty() || !options.editables.empty();
  expect_no_empty(requirements);
  if (!options.from.empty() && (others || !options.project.empty() || !options.script.empty())) {
    throw Error(ErrorCode::usage, "--from goes with no other requirements");
  }
  if (!others && options.project.empty() && options.script.empty() && options.from.empty()) {
    throw Error(ErrorCode::usage, "no requirement given");
  }
  if (!options.script.empty() && (others || !options.project.empty())) {
    throw Error(ErrorCode::usage, "--script goes with no other requirements")
        .with_hint("write them into the script's block");
  }
  if (options.project.empty() && options.from.empty() &&
      (options.all_extras || !options.extras.empty() || !options.groups.empty())) {
    throw Error(ErrorCode::usage, "--extra, --all-extras and --group are for --project");
  }
  if (options.locked && (options.upgrade || !options.upgrade_packages.empty())) {
    throw Error(ErrorCode::usage, "--locked and --upgrade contradict each other");
  }
}

// The lock of another tool is taken as it is: nothing is resolved, and of most nothing is chosen.
// What changes nothing, as --universal, may stand there.
void check_conversion(const LockOptions& options, const std::string& from) {
  const std::pair<const char*, bool> of_resolvers[] = {
      {"--constraint", !options.constraint_files.empty()},
      {"--upgrade", options.upgrade},
      {"--upgrade-package", !options.upgrade_packages.empty()},
      {"--wheels-only", options.wheels_only},
      {"--pre", options.pre}};
  for (const auto& [name, is_given] : of_resolvers) {
    if (is_given) {
      throw Error(ErrorCode::usage, concat("cannot convert ", from, " with ", name,
                                           ": its versions and files are taken as they are"))
          .with_hint("let the tool change them that has written it, and convert it again");
    }
  }
  const bool is_chosen = options.all_extras || options.no_default_groups ||
                         !options.extras.empty() || !options.groups.empty();
  if (is_chosen && name_of(from) != "uv.lock") {
    throw Error(ErrorCode::usage, concat("cannot choose extras or groups of ", from,
                                         ": the new lock has all of them"))
        .with_hint("`pyenvlaunch run` chooses: --extra, --group and --no-default-groups");
  }
}

// Whether a path stands for a file that this process has open, such as /dev/stdin: that is another
// one in the resolver, which would read nothing there without a word.
bool is_open_file(std::string path) {
  constexpr int kMostLinks = 40;
  for (int i = 0; i < kMostLinks; ++i) {
    boost::system::error_code error;
    const auto folder = boost::filesystem::canonical(std::string(directory_of(path)), error);
    if (error || folder.string().starts_with("/proc/")) {
      return !error;
    }
    const auto target = boost::filesystem::read_symlink(path, error);
    if (error) {
      return false;
    }
    path = boost::filesystem::absolute(target, folder).string();
  }
  return false;
}

void expect_file(std::string_view kind, const std::string& path, std::string hint = {}) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    throw Error(ErrorCode::not_found, concat("cannot read ", kind, " ", path, ": no such file"))
        .with_hint(path.find("://") == std::string::npos && path.find(":/") != std::string::npos
                       ? "addresses are not fetched here: download it first"
                       : std::move(hint));
  }
  if (S_ISDIR(status.st_mode)) {
    throw Error(ErrorCode::usage, concat("cannot read ", kind, " ", path, ": it is a directory"))
        .with_hint(concat("give the path of the ", kind, " in it"));
  }
  if (!S_ISREG(status.st_mode) || is_open_file(path)) {
    throw Error(ErrorCode::usage,
                concat("cannot read ", kind, " ", path, ": it is no file on disk"))
        .with_hint("it is read more than once: write it to a file first");
  }
}

// What is not there is said before a resolver works, and not by it.
void check_files(const LockRequest& request) {
  for (const std::string& file : request.resolve.requirement_files) {
    expect_file("requirements file", file);
  }
  for (const std::string& file : request.resolve.constraint_files) {
    expect_file("constraints file", file);
  }
  if (!request.resolve.project.empty()) {
    expect_file("project", request.resolve.project,
                "--project is the folder of a pyproject.toml; requirements of other kinds stand on "
                "the command line, or in a file behind -r");
  }
  check_new_lock(request.output);
}

LockRequest request_of(const LockOptions& options, CommandContext& context,
                       std::vector<std::string> requirements) {
  LockRequest request;
  ResolveRequest& resolve = request.resolve;
  resolve.requirements = std::move(requirements);
  resolve.editables = options.editables;
  resolve.requirement_files = absolute_paths(options.requirement_files);
  resolve.constraint_files = absolute_paths(options.constraint_files);
  request.from = options.from.empty() ? "" : absolute_path(options.from);
  resolve.project = project_file(options.project);
  if (name_of(resolve.project) != "pyproject.toml" &&
      foreign_kind(resolve.project) != ForeignKind::none) {
    request.from = std::exchange(resolve.project, {});
  }
  if (!request.from.empty() && foreign_kind(request.from) != ForeignKind::none) {
    check_conversion(options, request.from);
  } else if (options.no_default_groups) {
    throw Error(ErrorCode::usage, "--no-default-groups is for --from uv.lock");
  }
  if (!options.script.empty()) {
    expect_file("script", absolute_path(options.script));
  }
  resolve.script = options.script.empty() ? "" : absolute_path(options.script);
  resolve.selection = {options.extras, options.all_extras, options.groups,
                       !options.no_default_groups};
  resolve.universal = options.universal;
  resolve.index_url = options.index_url;
  resolve.extra_index_urls = options.extra_index_urls;
  resolve.find_links = absolute_places(options.find_links);
  resolve.offline = options.offline || context.settings.offline;
  resolve.downloads = context.settings.downloads();
  resolve.wheels_only = options.wheels_only;
  resolve.pre = options.pre;
  for (const std::string& name : options.upgrade_packages) {
    resolve.upgrade_packages.push_back(normalize_name(name));
  }
  resolve.cancelled = context.settings.interrupted;
  resolve.tell = [&console = context.console](std::string_view line) { console.note(line); };
  request.output = output_path(options, resolve);
  request.resolver = options.resolver;
  request.mode = options.locked    ? LockMode::check
                 : options.upgrade ? LockMode::upgrade
                                   : LockMode::keep;
  request.python_spec = options.python;
  request.default_python = context.settings.python;
  request.default_python_source = context.settings.python_source;
  request.quiet = options.quiet;
  request.interpreters_cache = CacheLayout(context.settings.locations().cache).interpreters();
  return request;
}

void report(CommandContext& context, const std::string& path, const LockResult& result) {
  for (const std::string& line : result.changes.lines) {
    if (!result.created) {
      context.console.note(line);
    }
  }
  context.console.print(concat(path, ": ", counted(result.packages, "package"),
                               result.created   ? ", made"
                               : result.written ? ", changed"
                                                : ", unchanged",
                               "\n"));
}

void report_json(CommandContext& context, const std::string& path, const LockResult& result) {
  nlohmann::ordered_json json{{"lock", path},
                              {"packages", result.packages},
                              {"created", result.created},
                              {"written", result.written}};
  json["changes"] = result.created ? nlohmann::ordered_json::array()
                                   : nlohmann::ordered_json(result.changes.lines);
  context.console.print(json_text(json));
}

int run(CommandContext& context, std::span<const std::string_view> args) {
  LockOptions options;
  CommandLine line(lock_command);
  options.describe(line.options());
  auto requirements = line.parse(context, args);
  if (!requirements) {
    return EXIT_SUCCESS;
  }
  check_usage(options, *requirements);
  LockRequest request = request_of(options, context, *std::move(requirements));
  check_files(request);
  const std::string path = request.output;
  const LockResult result = make_lock(std::move(request));
  if (options.json) {
    report_json(context, path, result);
  } else if (!options.quiet) {
    report(context, path, result);
  }
  return EXIT_SUCCESS;
}

}  // namespace

constinit const Command lock_command{
    .name = "lock",
    .summary = "make a lock of requirements, a project or a script, through uv or pip",
    .usage = "[OPTION]... [REQUIREMENT]... -o LOCK",
    .run = run,
};

}  // namespace pel
