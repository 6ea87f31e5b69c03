#include "store/environment/environment_list.hpp"

#include <unistd.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/mapped_file.hpp"
#include "store/base/text.hpp"
#include "store/environment/recipe.hpp"
#include "store/format/table_view.hpp"
#include "store/records/edit_record.hpp"
#include "store/records/root_reader.hpp"

namespace pel {
namespace {

void read_table(ListedEnvironment& environment) {
  const std::string path = concat(environment.prefix, "/", table_format::kFileName);
  int error = 0;
  const MappedFile file = MappedFile::open(path.c_str(), MappedFile::Trust::own_or_root, error);
  const char* reason = nullptr;
  const auto table = file ? TableView::open(file.bytes(), reason) : std::nullopt;
  if (table) {
    environment.present = true;
    environment.python_version = table->text(table->environment().python_version);
    environment.interpreter = table->text(table->environment().base_executable);
    environment.last_use = file.modified();
  }
}

// What somebody's own directory says of itself.
void read_own(ListedEnvironment& environment) {
  try {
    const auto recipe = read_recipe(environment.prefix);
    environment.follows = recipe && recipe->follows == Follows::lock;
    for (EditedPackage& edit : read_edits(environment.prefix)) {
      environment.edited.push_back(std::move(edit.name));
    }
  } catch (const Error&) {
    environment.edited.clear();  // a damaged list: `edit` says so
  }
}

ListedEnvironment listed(StoredRoot&& root) {
  ListedEnvironment environment;
  environment.kind = root.kind == "venv"   ? ListedEnvironment::Kind::venv
                     : root.kind == "shim" ? ListedEnvironment::Kind::shim
                                           : ListedEnvironment::Kind::environment;
  environment.id = std::move(root.environment_id);
  environment.prefix = std::move(root.prefix);
  environment.wheels = root.wheel_ids.size();
  for (RootLock& lock : root.locks) {
    if (::access(lock.path.c_str(), F_OK) != 0) {
      environment.missing_locks.push_back(lock.path);
    }
    environment.locks.push_back(std::move(lock.path));
  }
  std::ranges::sort(environment.locks);
  std::ranges::sort(environment.missing_locks);
  read_table(environment);
  if (environment.kind == ListedEnvironment::Kind::venv && environment.present) {
    read_own(environment);
  }
  return environment;
}

}  // namespace

std::vector<ListedEnvironment> list_environments(const StoreLayout& layout) {
  std::vector<ListedEnvironment> result;
  for (StoredRoot& root : read_roots(layout)) {
    if (root.damage.empty() &&
        (root.kind == "environment" || root.kind == "venv" || root.kind == "shim")) {
      result.push_back(listed(std::move(root)));
    }
  }
  std::ranges::sort(result, {}, [](const ListedEnvironment& e) {
    return std::tuple(e.locks.empty() ? std::string() : e.locks.front(), e.prefix);
  });
  return result;
}

}  // namespace pel
