#include <algorithm>
#include <optional>

#include "frontend/front_end.hpp"
#include "frontend/ignored_sources.hpp"
#include "frontend/pip_report.hpp"
#include "frontend/requirements_file.hpp"
#include "frontend/scratch_directory.hpp"
#include "frontend/tool_places.hpp"
#include "frontend/tool_process.hpp"
#include "lock/characters.hpp"
#include "lock/dependency_specifier.hpp"
#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/format/selection_key.hpp"

namespace pel {
namespace {

constexpr std::string_view kOldestWithLock = "25.1";
constexpr std::string_view kOldestWithReport = "22.2";
constexpr std::string_view kOldestWithPython = "22.3";  // pip --python

constexpr PlaceVariables kPlaces = {.index = "PIP_INDEX_URL",
                                    .extra_indexes = "PIP_EXTRA_INDEX_URL",
                                    .find_links = "PIP_FIND_LINKS",
                                    .separator = ' ',
                                    .options_add = true};

bool at_least(const Version& version, std::string_view oldest) {
  return version >= *Version::parse(oldest);
}

// What pip is given instead of a project or a script, which it does not read as we need it.
std::vector<std::string> requirements_of(const ResolveRequest& request) {
  std::vector<std::string> requirements = request.requirements;
  const auto add = [&](const ProjectRequirements& more) {
    requirements.insert(requirements.end(), more.requirements.begin(), more.requirements.end());
  };
  if (!request.project.empty()) {
    add(read_project_requirements(read_file(request.project), request.project, request.selection));
  }
  if (!request.script.empty()) {
    add(read_script_requirements(request.script));
  }
  return requirements;
}

// The absolute paths of the directories and files that are named by relative ones, which pip does
// not hand on: "./a[extra]", "../b; python_version > '3'".
std::vector<std::string> named_relatively(const ResolveRequest& request) {
  std::vector<std::string> paths;
  const auto add = [&](std::string_view text) {
    if (names_local_path(text) && !text.starts_with("file:") && !text.starts_with('/') &&
        !DependencySpecifier::try_parse(text)) {
      const std::string_view path = trim(text.substr(0, text.find_first_of(";[")));
      paths.push_back(lexically_normal(absolute_path(path)));
    }
  };
  std::ranges::for_each(request.editables, add);
  std::ranges::for_each(request.requirements, add);
  for (const std::string& file : request.requirement_files) {
    for (const RequirementLine& line : read_requirements(file).requirements) {
      add(line.text);
    }
  }
  return paths;
}

std::string constraints_text(const ResolveRequest& request) {
  std::string text;
  for (const DraftPackage& package : request.preferences->packages) {
    const bool upgraded =
        std::ranges::find(request.upgrade_packages, package.name) != request.upgrade_packages.end();
    if (package.source_key.empty() && !package.version.empty() && !upgraded) {
      text += concat(package.name, "==", package.version, "\n");
    }
  }
  return text;
}

class Pip : public FrontEnd {
 public:
  Pip(std::vector<std::string> command, Version version)
      : command_(std::move(command)), version_(std::move(version)) {}

  [[nodiscard]] std::string name() const override { return concat("pip ", version_.text()); }

  [[nodiscard]] LockDraft resolve(const ResolveRequest& request) const override {
    if (request.universal) {
      throw Error(ErrorCode::usage, "pip locks for one interpreter, not for all")
          .with_hint("leave out --universal, or install uv");
    }
    refuse_ignored_sources(request, "pip");
    const std::vector<std::string> requirements = requirements_of(request);
    if (requirements.empty() && request.editables.empty() && request.requirement_files.empty()) {
      return {};
    }
    const ScratchDirectory scratch;
    const Answer answer = answer_for(request, requirements);
    const std::string constraints =
        request.preferences == nullptr
            ? std::string()
            : scratch.write("preferences.txt", constraints_text(request));
    if (!constraints.empty() && run(request, requirements, scratch, answer, constraints)) {
      return result(request, scratch, answer);
    }
    if (!constraints.empty() && request.tell) {
      request.tell(
          "the versions of the lock do not meet the requirements any more: resolving anew");
    }
    static_cast<void>(run(request, requirements, scratch, answer, ""));
    return result(request, scratch, answer);
  }

 private:
  enum class Answer { lock, report };

  // `pip lock` names directories only below the lock that it writes, which is below TMPDIR here.
  [[nodiscard]] Answer answer_for(const ResolveRequest& request,
                                  const std::vector<std::string>& requirements) const {
    const bool is_local = !request.editables.empty() ||
                          std::ranges::any_of(requirements, names_local_path) ||
                          std::ranges::any_of(request.requirement_files, names_local_paths);
    return at_least(version_, kOldestWithLock) && !is_local ? Answer::lock : Answer::report;
  }

  static bool names_local_paths(const std::string& file) {
    return std::ranges::any_of(
        read_requirements(file).requirements,
        [](const RequirementLine& line) { return line.editable || names_local_path(line.text); });
  }

  [[nodiscard]] static std::string output(const ScratchDirectory& scratch, Answer answer) {
    return concat(scratch.path(), answer == Answer::lock ? "/pylock.toml" : "/report.json");
  }

  // With `preferences`, false when there is no solution with those versions; without, throws.
  [[nodiscard]] bool run(const ResolveRequest& request,
                         const std::vector<std::string>& requirements,
                         const ScratchDirectory& scratch, Answer answer,
                         const std::string& preferences) const {
    std::vector<std::string> command = command_;
    if (answer == Answer::lock) {
      command.insert(command.end(), {"lock", "--output", output(scratch, answer)});
    } else {
      // A target, or an interpreter that its system manages refuses even to pretend.
      command.insert(command.end(),
                     {"install", "--dry-run", "--ignore-installed", "--target",
                      concat(scratch.path(), "/target"), "--report", output(scratch, answer)});
    }
    command.insert(command.end(), {"--quiet", "--no-input", "--disable-pip-version-check"});
    for (const std::string& file : request.requirement_files) {
      command.insert(command.end(), {"--requirement", file});
    }
    for (const std::string& file : request.constraint_files) {
      command.insert(command.end(), {"--constraint", file});
    }
    if (!preferences.empty()) {
      command.insert(command.end(), {"--constraint", preferences});
    }
    if (request.wheels_only) {
      command.insert(command.end(), {"--only-binary", ":all:"});
    }
    if (request.pre) {
      command.emplace_back("--pre");
    }
    if (request.offline) {
      command.emplace_back("--no-index");
    }
    add_requirements(command, request.editables, requirements, scratch);
    ToolRun tool{.command = std::move(command),
                 .purpose = "resolve the requirements",
                 .input = {},
                 .environment = {},
                 .cancelled = request.cancelled,
                 .tell = request.tell};
    tell_places(request, kPlaces, tool);
    if (preferences.empty()) {
      run_tool(tool);
      return true;
    }
    return try_tool(tool);
  }

  // One with a password in its URL stands in a file that nobody else can read.
  static void add_requirements(std::vector<std::string>& command,
                               const std::vector<std::string>& editables,
                               const std::vector<std::string>& requirements,
                               const ScratchDirectory& scratch) {
    std::string text;
    for (const std::string& editable : editables) {
      if (has_credentials(editable)) {
        text += concat("--editable ", editable, "\n");
      } else {
        command.insert(command.end(), {"--editable", editable});
      }
    }
    for (const std::string& requirement : requirements) {
      if (has_credentials(requirement)) {
        text += concat(requirement, "\n");
      } else {
        command.push_back(requirement);
      }
    }
    if (!text.empty()) {
      command.insert(command.end(), {"--requirement", scratch.write("requirements.txt", text)});
    }
  }

  [[nodiscard]] static LockDraft result(const ResolveRequest& request,
                                        const ScratchDirectory& scratch, Answer answer) {
    const std::string text = read_file(output(scratch, answer));
    const LockFolders folders{scratch.path(), request.folders.to, named_relatively(request)};
    return answer == Answer::lock ? read_lock_draft(text, "what pip has written", folders)
                                  : read_pip_report(text, folders);
  }

  std::vector<std::string> command_;  // "python -m pip", or "pip --python X"
  Version version_;
};

}  // namespace

std::unique_ptr<FrontEnd> find_pip(const std::string& python, std::string& reason) {
  const std::vector<std::string> own{python, "-m", "pip"};
  const std::vector<std::string> other{"pip", "--python", python};
  auto own_version = ask_version(own, "pip");
  if (own_version && at_least(*own_version, kOldestWithLock)) {
    return std::make_unique<Pip>(own, *std::move(own_version));
  }
  auto other_version = ask_version({"pip"}, "pip");
  const bool other_works = other_version && at_least(*other_version, kOldestWithPython);
  if (other_works && (!own_version || at_least(*other_version, kOldestWithLock))) {
    return std::make_unique<Pip>(other, *std::move(other_version));
  }
  if (own_version && at_least(*own_version, kOldestWithReport)) {
    return std::make_unique<Pip>(own, *std::move(own_version));
  }
  reason = own_version ? concat("pip ", own_version->text(), " of ", python, " is older than ",
                                kOldestWithReport)
                       : concat("there is no pip for ", python);
  return nullptr;
}

}  // namespace pel
