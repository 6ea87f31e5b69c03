#include "store/prefix/prefix_content.hpp"

#include <cstdint>
#include <string_view>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/format/config_path.hpp"
#include "store/format/table_format.hpp"
#include "store/layout/start_files.hpp"
#include "store/layout/tree_start_files.hpp"
#include "store/prefix/script_text.hpp"
#include "store/records/file_system.hpp"

namespace pel {
namespace {

using Kind = PrefixEntry::Kind;

constexpr mode_t kScriptMode = 0755;
constexpr std::string_view kHeaders = "include/site/python3";  // of a tree

// A tree's path as the prefix has it: headers below the interpreter's own version, and lib64 is a
// link to lib, as in a venv.
std::string place_in_prefix(std::string_view path, std::string_view versioned) {
  if (path.starts_with(kHeaders) && path.substr(kHeaders.size()).starts_with('/')) {
    return concat("include/site/", versioned, path.substr(kHeaders.size()));
  }
  if (path.starts_with("lib64/")) {
    return concat("lib/", path.substr(std::string_view("lib64/").size()));
  }
  return std::string(path);
}

// Adds the files of a tree that programs look for below sys.prefix.
class DataCollector {
 public:
  DataCollector(PrefixPlan& plan, std::string versioned)
      : plan_(plan), versioned_(std::move(versioned)) {}

  void add(const EnvironmentTree& tree) {
    tree_ = &tree;
    directory(0, "", 0);
  }

 private:
  // Paths have less than 4096 bytes; the limit stops a damaged INDEX that goes in circles.
  static constexpr int kMaxDepth = 2048;

  void directory(std::uint32_t number, const std::string& path, int depth) {
    if (path == index_format::kSitePackages || depth > kMaxDepth) {
      return;
    }
    const IndexView& index = tree_->index;
    for (const IndexView::EntryRecord entry : index.entries(number)) {
      const std::string_view name = index.text(entry.name);
      const std::string below = path.empty() ? std::string(name) : concat(path, "/", name);
      if (entry.kind == index_format::EntryKind::directory) {
        directory(entry.target, below, depth + 1);
      } else if (path != "bin") {  // these are scripts
        plan_.add(place_in_prefix(below, versioned_),
                  {Kind::data_link, concat(tree_->root, "/", below)});
      }
    }
  }

  PrefixPlan& plan_;
  std::string versioned_;
  const EnvironmentTree* tree_ = nullptr;
};

void add_scripts(PrefixPlan& plan, const PrefixSources& sources) {
  const std::string python = concat(sources.prefix, "/bin/python");
  for (const EnvironmentScript& script : sources.scripts) {
    const std::string path = concat("bin/", script.name);
    switch (script.source) {
      case EnvironmentScript::Source::entry_point:
        plan.add(path, {Kind::text, console_script(python, script.target), kScriptMode});
        break;
      case EnvironmentScript::Source::rewritten: {
        const auto text = read_file_if_any(script.file);
        if (!text) {
          throw Error(ErrorCode::not_found, concat("cannot read ", script.file, ": no such file"))
              .with_hint("the wheel has left the store: try again");
        }
        plan.add(path, {Kind::text, rewritten_script(python, *text), kScriptMode});
        break;
      }
      case EnvironmentScript::Source::linked:
        plan.add(path, {Kind::data_link, script.file});
        break;
    }
  }
}

bool is_embedded(const PrefixSources& sources) {
  return !sources.interpreter->libpython.empty();
}

std::string finder_text(const PrefixSources& sources) {
  return is_embedded(sources) ? finder_start_file()
                              : hosted_finder_start_file(sources.launcher.embed, sources.store,
                                                         sources.launcher.manager);
}

// Where tools that look for packages themselves find them: the roots, and what start files of
// wheels name (the sources of editable ones).
void add_hidden_paths(PrefixPlan& plan, const PrefixSources& sources,
                      const std::string& directory) {
  std::vector<std::string> paths(sources.roots.begin(), sources.roots.end());
  for (const EnvironmentTree& tree : sources.trees) {
    const auto names = tree.index.start_files();
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto text =
          read_file_if_any(concat(site_packages_of(tree), "/", tree.index.text(names[i])));
      const auto named = plain_paths_of(text.value_or(std::string()));
      paths.insert(paths.end(), named.begin(), named.end());
    }
  }
  if (!paths.empty() && passes_over_hidden_start_files(*sources.interpreter)) {
    plan.add(concat(directory, "/", kHiddenPathsFile), {Kind::text, plain_paths_file(paths)});
  }
}

void add_start_files(PrefixPlan& plan, const EnvironmentTree& tree, StartFiles kind,
                     const std::string& directory, bool& needs_finder) {
  const std::string from = site_packages_of(tree);
  for (const std::string_view name : start_files_of(tree, kind)) {
    std::string text = read_start_file(tree, name);
    if (name.ends_with(kPathStartFile)) {
      StartFileText own = prefix_start_file(kind, from, name, text);
      needs_finder = needs_finder || own.needs_finder;
      text = std::move(own.text);
    }
    plan.add(concat(directory, "/", name), {Kind::text, std::move(text)});
  }
}

void add_site_packages(PrefixPlan& plan, const PrefixSources& sources,
                       const std::string& versioned) {
  const std::string directory = concat("lib/", versioned, "/site-packages");
  plan.add(directory, {});
  for (NativeEntry& entry : native_view(sources.trees, sources.native_links)) {
    plan.add(concat(directory, "/", entry.path),
             {entry.is_directory ? Kind::symlink : Kind::data_link, std::move(entry.target)});
  }
  bool needs_finder_file = !is_embedded(sources);
  for (const EnvironmentTree& tree : sources.trees) {
    add_start_files(plan, tree, start_files_kind(*sources.interpreter), directory,
                    needs_finder_file);
  }
  // Reading it costs each start some 2 to 5 %; without start files that add to sys.path, whose
  // order it begins, the finder of an embedded interpreter does by itself what it asks for.
  if (needs_finder_file) {
    plan.add(concat(directory, "/", kFinderStartFile), {Kind::text, finder_text(sources)});
  }
  add_hidden_paths(plan, sources, directory);
}

std::string configuration(const PrefixSources& sources) {
  const InterpreterFacts& interpreter = *sources.interpreter;
  return concat("home = ", directory_of(interpreter.executable),
                "\ninclude-system-site-packages = false\nversion = ",
                std::to_string(interpreter.major), ".", std::to_string(interpreter.minor), ".",
                std::to_string(interpreter.micro), "\nexecutable = ", interpreter.executable,
                "\npyenvlaunch = 1\npyenvlaunch-store = ", encode_config_path(sources.store),
                "\npyenvlaunch-launcher = ", sources.launcher_id, "\n");
}

void refuse_line_breaks(const PrefixSources& sources) {
  for (const std::string& path : {sources.prefix, sources.store, sources.interpreter->executable}) {
    if (path.find_first_of("\n\r") != std::string::npos) {
      throw Error(ErrorCode::io, concat("cannot make an environment with the path '", path,
                                        "': it holds a line break"))
          .with_hint("set PYENVLAUNCH_HOME and PYENVLAUNCH_CACHE to directories with plain names");
    }
  }
}

}  // namespace

PrefixPlan prefix_content(const PrefixSources& sources) {
  refuse_line_breaks(sources);
  const std::string versioned = versioned_directory(*sources.interpreter);
  PrefixPlan plan;
  DataCollector data(plan, versioned);
  for (const EnvironmentTree& tree : sources.trees) {
    data.add(tree);
  }
  add_scripts(plan, sources);
  add_site_packages(plan, sources, versioned);
  plan.add("lib64", {Kind::symlink, "lib"});
  plan.add("bin/python", {Kind::program_link, sources.launcher.launcher});
  plan.add("bin/python3", {Kind::symlink, "python"});
  plan.add(concat("bin/python", std::to_string(sources.interpreter->major), ".",
                  std::to_string(sources.interpreter->minor)),
           {Kind::symlink, "python"});
  if (sources.interpreter->major == 3 && sources.interpreter->minor == 14) {
    plan.add("bin/𝜋thon", {Kind::symlink, "python"});  // as `venv` and uv do for this version
  }
  plan.add(table_format::kFileName, {Kind::text, sources.table});
  plan.add("pyvenv.cfg", {Kind::text, configuration(sources)});
  return plan;
}

std::string versioned_directory(const InterpreterFacts& interpreter) {
  return concat("python", std::to_string(interpreter.major), ".", std::to_string(interpreter.minor),
                interpreter.gil_disabled ? "t" : "");
}

}  // namespace pel
