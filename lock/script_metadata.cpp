#include "lock/script_metadata.hpp"

#include <algorithm>

#include "lock/display.hpp"
#include "lock/lock_table.hpp"
#include "lock/locked_package_reader.hpp"
#include "lock/toml_document.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

constexpr std::size_t kIndent = 2;  // of "# "

void read_dependencies(const LockTable& root, ScriptMetadata& metadata) {
  std::size_t index = 0;
  for (const auto& [text, line] : root.lines_of_strings("dependencies")) {
    const std::string key = concat("dependencies[", std::to_string(index++), "]");
    metadata.dependencies.push_back(
        {root.reading(key, [&, &words = text] { return DependencySpecifier::parse(words); }),
         line});
  }
}

void read_own_table(const LockTable& root, const std::string& directory, ScriptMetadata& metadata) {
  const auto tool = root.table("tool");
  const auto own = tool ? tool->table("pyenvlaunch") : std::nullopt;
  if (!own) {
    return;
  }
  constexpr std::string_view kKeys[] = {"lock"};
  own->allow_only(kKeys);
  if (const auto lock = own->string("lock")) {
    metadata.lock = resolve_path(*own, "lock", *lock, directory);
  }
}

}  // namespace

ScriptMetadata parse_script_metadata(std::string_view toml, const ScriptPlace& place) {
  ScriptMetadata metadata;
  metadata.path = place.path;
  const std::string subject = concat("script ", place.path);
  // Empty lines before it give every line its number in the script.
  const std::string padded = concat(std::string(place.first_line - 1, '\n'), toml);
  const TomlDocument document = TomlDocument::parse(padded, subject, kIndent);
  const LockTable root(subject, document.root());
  if (const auto requires_python = root.string("requires-python")) {
    metadata.requires_python =
        root.reading("requires-python", [&] { return SpecifierSet::parse(*requires_python); });
  }
  read_dependencies(root, metadata);
  read_own_table(root, place.directory, metadata);
  return metadata;
}

void check_script_dependencies(const ScriptMetadata& script, const std::string& lock_path,
                               const Selection& selection, const InterpreterFacts& facts) {
  MarkerContext context;
  context.variables = &facts.markers;
  for (const ScriptMetadata::Dependency& dependency : script.dependencies) {
    const DependencySpecifier& wanted = dependency.requirement;
    if (wanted.marker && !wanted.marker->evaluate(context)) {
      continue;
    }
    const auto found = std::ranges::find(selection.wheels, wanted.normalized_name,
                                         &SelectedWheel::normalized_name);
    const bool is_there = found != selection.wheels.end();
    if (is_there && (wanted.versions.empty() || found->version.empty() ||
                     wanted.versions.contains(found->version, true))) {
      continue;
    }
    throw Error(ErrorCode::incompatible,
                concat("cannot use lock ", lock_path, " for script ", script.path, ": line ",
                       std::to_string(dependency.line), " asks for ", quoted(wanted.text),
                       ", and the lock has ",
                       is_there ? concat("version ", escaped(found->version)) : "none"))
        .with_hint(concat("lock it again: `pyenvlaunch lock --script ", script.path, "`"));
  }
}

}  // namespace pel
