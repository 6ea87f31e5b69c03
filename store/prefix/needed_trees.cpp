#include "store/prefix/needed_trees.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "store/base/build_id.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/format/table_format.hpp"
#include "store/interpreter/interpreter.hpp"
#include "store/layout/composites.hpp"
#include "store/layout/mapped_trees.hpp"
#include "store/prefix/prefix_retirement.hpp"
#include "store/records/kept_table.hpp"
#include "store/records/root_reader.hpp"
#include "store/tree/composite.hpp"
#include "store/tree/replacement_note.hpp"

namespace pel {
namespace {

bool is_own(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && status.st_uid == ::geteuid();
}

bool is_there(const std::string& path) {
  struct stat status{};
  return ::lstat(path.c_str(), &status) == 0;
}

enum class Kinds {
  lasting,  // that do not notice by themselves what is missing
  all       // also environments in a cache: processes may run in them
};

std::vector<StoredRoot> living_roots(const StoreLayout& layout, Kinds kinds) {
  // Roots of another user's could lead root to any directory.
  if (!is_own(layout.root()) || !may_read_roots(layout)) {
    return {};
  }
  std::vector<StoredRoot> roots = read_roots(layout);
  std::erase_if(roots, [&](const StoredRoot& root) {
    const bool has_directory = root.kind == "venv" || root.kind == "shim" ||
                               (kinds == Kinds::all && root.kind == "environment");
    return !root.damage.empty() ||
           (root.kind != "pin" && (!has_directory || !is_own(concat(root.prefix, "/pyvenv.cfg")) ||
                                   !refers_to_store(root.prefix, layout.root())));
  });
  return roots;
}

std::string name_of(const StoredRoot& root) {
  return root.kind == "pin" ? concat("the pin '", root.target, "'") : root.prefix;
}

class Search {
 public:
  explicit Search(const StoreLayout& layout) : layout_(layout) {}

  void look_at(const StoredRoot& root) {
    for (const std::string& id : root.wheel_ids) {
      if (!is_there(layout_.wheel(id)) && add(root, id, layout_.wheel(id))) {
        result_.missing_wheels.push_back(id);
      }
    }
    for (const std::string& id : root.composite_ids) {
      if (!is_there(layout_.composite(id))) {
        add(root, id, layout_.composite(id));
      }
    }
    const std::string launcher = concat(layout_.launchers(), "/", root.launcher);
    if (!root.launcher.empty() && !is_there(launcher) && add(root, root.launcher, launcher)) {
      result_.lacks_launcher = result_.lacks_launcher || root.launcher == kBuildId;
    }
  }

  NeededTrees finish() {
    std::ranges::sort(result_.missing_wheels);
    return std::move(result_);
  }

 private:
  // False if it was found before.
  bool add(const StoredRoot& root, const std::string& id, const std::string& path) {
    if (!seen_.insert(path).second) {
      return false;
    }
    result_.findings.push_back({id, FindingKind::missing, path,
                                concat(path, ": it is missing, and ", name_of(root), " needs it")});
    return true;
  }

  const StoreLayout& layout_;
  std::set<std::string> seen_;
  NeededTrees result_;
};

// Or its bytecode.
bool lacks_composite(const StoreLayout& layout, const StoredRoot& root) {
  return std::ranges::any_of(root.composite_ids, [&](const std::string& id) {
    return !is_there(layout.bytecode(id)) || !has_composite(layout, id);
  });
}

// The composites of one directory, for the interpreter that it was made for.
void make_composites_of(const StoreLayout& layout, const CacheLayout& cache,
                        const StoredRoot& root) {
  const auto needs = read_table_needs(concat(root.prefix, "/", table_format::kFileName));
  if (!needs) {
    throw Error(ErrorCode::corrupt, "its table cannot be read");
  }
  const MappedTrees mapped(layout, root.wheel_ids);
  std::vector<EnvironmentTree> trees(mapped.trees().begin(), mapped.trees().end());
  const InterpreterFacts interpreter = ask_interpreter(needs->interpreter, cache.interpreters());
  make_composites(layout, interpreter, plan_composites(trees, interpreter), trees);
}

}  // namespace

NeededTrees find_missing_needs(const StoreLayout& layout) {
  Search search(layout);
  for (const StoredRoot& root : living_roots(layout, Kinds::lasting)) {
    search.look_at(root);
  }
  return search.finish();
}

std::vector<std::string> make_missing_composites(const StoreLayout& layout,
                                                 const CacheLayout& cache,
                                                 std::vector<std::string>& warnings) {
  std::vector<std::string> made;
  for (const StoredRoot& root : living_roots(layout, Kinds::all)) {
    if (root.prefix.empty() || !lacks_composite(layout, root)) {
      continue;
    }
    std::vector<std::string> missing = root.composite_ids;
    std::erase_if(missing, [&](const std::string& id) { return has_composite(layout, id); });
    try {
      make_composites_of(layout, cache, root);
    } catch (const Error& error) {
      warnings.push_back(concat("cannot make again what ", root.prefix, " needs: ", error.message(),
                                " (make it anew with `pyenvlaunch venv`)"));
      continue;
    }
    for (const std::string& id : missing) {
      if (has_composite(layout, id)) {
        made.push_back(layout.composite(id));
      }
    }
  }
  return made;
}

void finish_interrupted_replacements(const Store& store, const CacheLayout& cache,
                                     std::vector<std::string>& warnings) {
  InterruptedReplacements interrupted(store.layout());
  for (const std::string& id : interrupted.wheel_ids()) {
    store.renew_derived(id);
  }
  if (!interrupted.wheel_ids().empty()) {
    make_missing_composites(store.layout(), cache, warnings);
  }
  interrupted.forget();
}

}  // namespace pel
