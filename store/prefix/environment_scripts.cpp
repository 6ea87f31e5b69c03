#include "store/prefix/environment_scripts.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

constexpr std::string_view kBin = "bin";

// A script and where it came from, so that a later one of that name can be told from it.
struct Claim {
  EnvironmentScript script;
  std::string owner;    // display name of the wheel; empty for the lock
  std::string content;  // equal for equal scripts
};

class Collector {
 public:
  void add_tree(const EnvironmentTree& tree) {
    const std::string owner = display_name(tree);
    const auto files = tree.index.scripts();
    for (std::size_t i = 0; i < files.size(); ++i) {
      const auto record = files[i];
      const std::string_view name = tree.index.text(record.name);
      if (!usable(owner, name)) {
        continue;
      }
      const auto file = tree.index.files()[record.file];
      claim({{std::string(name),
              record.kind == index_format::ScriptKind::python ? EnvironmentScript::Source::rewritten
                                                              : EnvironmentScript::Source::linked,
              {},
              concat(tree.root, "/", kBin, "/", name)},
             owner,
             std::string(std::begin(file.sha256), std::end(file.sha256))});
    }
    const auto entry_points = tree.index.entry_points();
    for (std::size_t i = 0; i < entry_points.size(); ++i) {
      const auto record = entry_points[i];
      const std::string_view group = tree.index.text(record.group);
      if (group == "console_scripts" || group == "gui_scripts") {
        add_entry_point(owner, tree.index.text(record.name), tree.index.text(record.value));
      }
    }
  }

  void add_own(const EntryPointSpec& spec) {
    const auto fail = [&](std::string_view reason) {
      throw Error(ErrorCode::corrupt,
                  concat("cannot make script '", spec.name, "' = '", spec.value, "': ", reason))
          .with_hint("correct [tool.pyenvlaunch.scripts] in the lock");
    };
    if (const char* problem = script_name_problem(spec.name)) {
      fail(problem);
    }
    const auto target = ObjectReference::parse(spec.value);
    if (!target) {
      fail("it does not have the form 'module:function'");
    }
    claim({{spec.name, EnvironmentScript::Source::entry_point, *target, {}}, "", ""});
  }

  EnvironmentScripts finish() && {
    for (auto& [name, claim] : claims_) {
      result_.scripts.push_back(std::move(claim.script));
    }
    return std::move(result_);
  }

 private:
  bool usable(const std::string& owner, std::string_view name) {
    const char* const problem = script_name_problem(name);
    if (problem != nullptr) {
      result_.conflicts.push_back(
          concat("bin/", name, ": from ", owner, " is left out: ", problem));
    }
    return problem == nullptr;
  }

  void add_entry_point(const std::string& owner, std::string_view name, std::string_view value) {
    if (!usable(owner, name)) {
      return;
    }
    const auto target = ObjectReference::parse(value);
    if (!target) {
      result_.conflicts.push_back(concat("bin/", name, ": from ", owner, " is left out: '", value,
                                         "' does not have the form 'module:function'"));
      return;
    }
    claim({{std::string(name), EnvironmentScript::Source::entry_point, *target, {}},
           owner,
           concat(target->module, ":", target->attributes)});
  }

  void claim(Claim next) {
    const auto [place, is_new] = claims_.try_emplace(next.script.name);
    Claim& current = place->second;
    // Between wheels only: the lock's own scripts, and entry points over a file of the same wheel,
    // are meant to win.
    if (!is_new && !next.owner.empty() && next.owner != current.owner &&
        (next.script.source != current.script.source || next.content != current.content)) {
      result_.conflicts.push_back(concat("bin/", next.script.name, ": from ", current.owner,
                                         " and ", next.owner, ", ", next.owner, "'s is used"));
    }
    current = std::move(next);
  }

  std::map<std::string, Claim> claims_;
  EnvironmentScripts result_;
};

}  // namespace

EnvironmentScripts environment_scripts(std::span<const EnvironmentTree> trees,
                                       std::span<const EntryPointSpec> own) {
  Collector collector;
  for (const EnvironmentTree& tree : trees) {
    collector.add_tree(tree);
  }
  for (const EntryPointSpec& spec : own) {
    collector.add_own(spec);
  }
  return std::move(collector).finish();
}

}  // namespace pel
