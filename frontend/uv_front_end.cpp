#include <algorithm>
#include <cstdlib>

#include "frontend/front_end.hpp"
#include "frontend/ignored_sources.hpp"
#include "frontend/lock_text.hpp"
#include "frontend/requirements_file.hpp"
#include "frontend/scratch_directory.hpp"
#include "frontend/tool_places.hpp"
#include "frontend/tool_process.hpp"
#include "frontend/tool_settings.hpp"
#include "frontend/uv_settings.hpp"
#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/fetch/url.hpp"
#include "store/format/script_lock.hpp"

namespace pel {
namespace {

// The first that writes pylock.toml from `pip compile`.
constexpr std::string_view kOldestUv = "0.6.15";

constexpr PlaceVariables kPlaces = {.index = "UV_DEFAULT_INDEX",
                                    .extra_indexes = "UV_INDEX",
                                    .find_links = "UV_FIND_LINKS",
                                    .separator = ',',
                                    .options_add = false};

void add_selection(std::vector<std::string>& command, const ResolveRequest& request) {
  for (const std::string& extra : request.selection.extras) {
    command.insert(command.end(), {"--extra", extra});
  }
  if (request.selection.all_extras) {
    command.emplace_back("--all-extras");
  }
}

// uv's words for what is to be resolved.
void add_sources(std::vector<std::string>& command, const ResolveRequest& request) {
  if (!request.project.empty()) {
    // Its settings count, not those of the working directory.
    command.insert(command.end(), {"--project", directory_of(request.project)});
    // Groups alone need no project, and uv would ask a build backend for one.
    if (request.selection.groups.empty() ||
        is_project(read_file(request.project), request.project)) {
      command.push_back(request.project);
      add_selection(command, request);
    }
    for (const std::string& group : request.selection.groups) {
      command.insert(command.end(), {"--group", concat(request.project, ":", group)});
    }
  }
  if (!request.script.empty()) {
    command.push_back(request.script);
  }
  command.insert(command.end(), request.requirement_files.begin(), request.requirement_files.end());
  for (const std::string& file : request.constraint_files) {
    command.insert(command.end(), {"--constraints", file});
  }
  if (!request.requirements.empty() || !request.editables.empty()) {
    command.emplace_back("-");
  }
}

// What the user's own variable says, where no option says anything: options replace it, but what a
// script says stands behind it.
std::string variable(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? "" : value;
}

// The request with what the script's [tool.uv] says, and that table's own words.
ResolveRequest with_script(ResolveRequest request, std::vector<std::string>& command,
                           const ScratchDirectory& scratch) {
  const ScriptForUv script = script_for_uv(read_script(request.script).block, request.script,
                                           directory_of(request.script));
  if (script.project.empty()) {
    return request;
  }
  const UvSettings& settings = script.settings;
  const std::string path = request.script;
  request.script = scratch.write("pyproject.toml", script.project);
  if (request.index_url.empty() && variable("UV_DEFAULT_INDEX").empty() &&
      variable("UV_INDEX_URL").empty()) {
    request.index_url = settings.default_index;
  }
  if (!settings.indexes.empty()) {
    if (const std::string own = variable("UV_INDEX");
        request.extra_index_urls.empty() && !own.empty()) {
      request.extra_index_urls.push_back(own);
    }
    request.extra_index_urls.insert(request.extra_index_urls.end(), settings.indexes.begin(),
                                    settings.indexes.end());
  }
  request.find_links.insert(request.find_links.end(), settings.find_links.begin(),
                            settings.find_links.end());
  if (settings.no_index) {
    command.emplace_back("--no-index");
  }
  for (const auto& [key, value] : settings.options) {
    if (key != "prerelease" || !request.pre) {
      command.insert(command.end(), {concat("--", key), value});
    }
  }
  const auto add_file = [&](std::string option, std::string_view name,
                            const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) {
      text += concat(line, "\n");
    }
    if (!lines.empty()) {
      command.insert(command.end(), {std::move(option), scratch.write(name, text)});
    }
  };
  add_file("--constraints", "constraints.txt", settings.constraints);
  add_file("--overrides", "overrides.txt", settings.overrides);
  for (const std::string& key : settings.others) {
    if (request.tell && key != "no-sources") {
      request.tell(concat("warning: '", key, "' of [tool.uv] in ", path, " is passed over"));
    }
  }
  return request;
}

// Where nobody has set up uv, but pip, packages come from where pip looks for them: uv does not
// read pip's settings, and would take public packages of the same names.
ResolveRequest with_places_of_pip(ResolveRequest request, std::vector<std::string>& command) {
  const bool has_own_index = std::ranges::any_of(request.requirement_files, [](const auto& file) {
    return !read_requirements(file).index_url.empty();
  });
  const bool script_says =
      !request.script.empty() &&
      script_for_uv(read_script(request.script).block, request.script, directory_of(request.script))
          .settings.names_places();
  if (!request.any_tool || !request.index_url.empty() || has_own_index || script_says ||
      places_of_uv(folder_of_uv(request)).names_indexes()) {
    return request;
  }
  const ToolPlaces pip = places_of_pip(venv_of_pip());
  if (!pip.names_places()) {
    return request;
  }
  std::string told;
  const std::size_t given = request.find_links.size();
  add_find_links_of_tools(pip, request.find_links);
  for (std::size_t i = given; i < request.find_links.size(); ++i) {
    told += concat(url_for_messages(request.find_links[i]), ", ");
  }
  if (pip.no_index) {
    command.emplace_back("--no-index");
    told += "no index";
  } else {
    request.index_url = pip.default_index;
    request.extra_index_urls.insert(request.extra_index_urls.end(), pip.extra_indexes.begin(),
                                    pip.extra_indexes.end());
    for (const std::string& url : pip.extra_indexes) {
      told += concat(url_for_messages(url), ", ");
    }
    told += pip.default_index.empty() ? "the usual one" : url_for_messages(pip.default_index);
  }
  if (request.tell) {
    request.tell(concat("with the places of pip's settings, as uv has none of its own: ", told));
  }
  return request;
}

// In a requirements file uv passes --pre over, with a warning.
bool wants_prereleases(const ResolveRequest& request) {
  return request.pre || std::ranges::any_of(request.requirement_files, [](const auto& file) {
           return read_requirements(file).pre;
         });
}

// A requirements file, which uv takes on standard input.
std::string lines_of(const ResolveRequest& request) {
  std::string text;
  for (const std::string& requirement : request.requirements) {
    text += concat(requirement, "\n");
  }
  for (const std::string& editable : request.editables) {
    text += concat("-e ", editable, "\n");
  }
  return text;
}

// The versions of a lock, in the form from which uv takes its preferences.
std::string preferences_text(const LockDraft& lock) {
  LockDraft preferences;
  for (const DraftPackage& package : lock.packages) {
    if (package.source_key.empty() && !package.version.empty()) {
      preferences.packages.push_back(package);
      preferences.packages.back().marker.clear();
    }
  }
  return lock_text(std::move(preferences));
}

class Uv : public FrontEnd {
 public:
  explicit Uv(Version version) : version_(std::move(version)) {}

  [[nodiscard]] std::string name() const override { return concat("uv ", version_.text()); }

  [[nodiscard]] LockDraft resolve(const ResolveRequest& asked) const override {
    refuse_ignored_sources(asked, "uv");
    const ScratchDirectory scratch;
    const std::string output = concat(scratch.path(), "/pylock.toml");
    std::vector<std::string> command{"uv",          "pip",         "compile",      "--format",
                                     "pylock.toml", "--no-header", "--no-progress"};
    const ResolveRequest placed = with_places_of_pip(asked, command);
    const ResolveRequest request =
        placed.script.empty() ? placed : with_script(placed, command, scratch);
    add_sources(command, request);
    command.insert(command.end(), {"--python", request.python, "--output-file", output});
    if (request.universal) {
      command.emplace_back("--universal");
      if (!request.lowest_python.empty()) {
        command.insert(command.end(), {"--python-version", request.lowest_python});
      }
    }
    if (request.wheels_only) {
      command.insert(command.end(), {"--only-binary", ":all:"});
    }
    if (wants_prereleases(request)) {
      command.insert(command.end(), {"--prerelease", "allow"});
    }
    if (request.without_dependencies) {
      command.emplace_back("--no-deps");
    }
    if (request.offline) {
      command.emplace_back("--offline");
    }
    if (request.preferences != nullptr) {
      static_cast<void>(scratch.write("pylock.toml", preferences_text(*request.preferences)));
      for (const std::string& package : request.upgrade_packages) {
        command.insert(command.end(), {"--upgrade-package", package});
      }
    }
    ToolRun run{.command = std::move(command),
                .purpose = "resolve the requirements",
                .input = {},
                .environment = {},
                .cancelled = request.cancelled,
                .tell = request.tell};
    run.input = lines_of(request);
    tell_places(request, kPlaces, run);
    run_tool(run);
    return read_lock_draft(read_file(output), "what uv has written",
                           {scratch.path(), request.folders.to});
  }

 private:
  Version version_;
};

}  // namespace

std::unique_ptr<FrontEnd> find_uv(std::string& reason) {
  auto version = ask_version({"uv"}, "uv");
  if (!version) {
    reason = "there is no uv on PATH";
    return nullptr;
  }
  if (*version < *Version::parse(kOldestUv)) {
    reason = concat("uv ", version->text(), " writes no lock of PEP 751, which ", kOldestUv,
                    " and later do");
    return nullptr;
  }
  return std::make_unique<Uv>(*std::move(version));
}

LockDraft export_uv_lock(const std::string& lock, const ResolveRequest& request) {
  std::string reason;
  const std::unique_ptr<FrontEnd> uv = find_uv(reason);
  if (uv == nullptr) {
    throw Error(ErrorCode::not_found, concat("cannot read ", lock, ": ", reason))
        .with_hint("it is uv that reads its own locks: install uv and put it on PATH");
  }
  const ScratchDirectory scratch;
  const std::string output = concat(scratch.path(), "/pylock.toml");
  std::vector<std::string> command{"uv",          "export",      "--frozen",      "--format",
                                   "pylock.toml", "--no-header", "--no-progress", "--output-file",
                                   output};
  if (name_of(lock) == "uv.lock") {
    command.insert(command.end(), {"--project", directory_of(lock), "--no-emit-project"});
    add_selection(command, request);
    for (const std::string& group : request.selection.groups) {
      command.insert(command.end(), {"--group", group});
    }
    if (!request.selection.default_groups) {
      command.emplace_back("--no-default-groups");
    }
  } else {
    command.insert(command.end(), {"--script", lock.substr(0, lock.size() - 5)});
  }
  if (request.offline) {
    command.emplace_back("--offline");
  }
  run_tool({.command = std::move(command),
            .purpose = concat("export ", lock),
            .input = {},
            .environment = {},
            .cancelled = request.cancelled,
            .tell = request.tell});
  return read_lock_draft(read_file(output), "what uv has written",
                         {scratch.path(), request.folders.to});
}

}  // namespace pel
