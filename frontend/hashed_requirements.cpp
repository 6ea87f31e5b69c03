#include "frontend/foreign_lock.hpp"
#include "frontend/requirements_file.hpp"
#include "frontend/scratch_directory.hpp"
#include "lock/dependency_specifier.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

void add_requirement(ForeignLock& lock, const RequirementLine& line, const std::string& path) {
  const auto requirement = line.editable ? std::nullopt : DependencySpecifier::try_parse(line.text);
  const std::string version = requirement ? requirement->pinned_version() : "";
  if (version.empty() || line.hashes.empty()) {
    lock.problems.push_back(concat(path, ":", std::to_string(line.line), ": '", line.text,
                                   version.empty() ? "' is not pinned by ==" : "' has no --hash"));
    return;
  }
  ForeignPackage foreign;
  foreign.package.name = requirement->normalized_name;
  foreign.package.version = version;
  foreign.package.marker = requirement->marker_text;
  for (const auto& hash : line.hashes) {
    DraftFile file;
    file.hashes.push_back(hash);
    foreign.files.push_back(std::move(file));
  }
  lock.packages.push_back(std::move(foreign));
}

// `depth` ends a circle of files.
void add_file(ForeignLock& lock, const std::string& path, int depth) {
  constexpr int kDeepest = 16;
  const RequirementsFile file = parse_requirements_file(read_file(path));
  for (const RequirementLine& line : file.requirements) {
    add_requirement(lock, line, path);
  }
  if (!file.index_url.empty()) {
    lock.indexes.insert(lock.indexes.begin(), file.index_url);
  }
  lock.indexes.insert(lock.indexes.end(), file.extra_index_urls.begin(),
                      file.extra_index_urls.end());
  for (const std::string& other : file.requirement_files) {
    if (depth < kDeepest) {
      add_file(lock, other.starts_with('/') ? other : concat(directory_of(path), "/", other),
               depth + 1);
    }
  }
}

}  // namespace

ForeignLock read_hashed_requirements(const std::string& path) {
  ForeignLock lock;
  add_file(lock, path, 0);
  return lock;
}

}  // namespace pel
