#include "frontend/lock_maker.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>

#include "frontend/lock_text.hpp"
#include "frontend/requirements_file.hpp"
#include "frontend/scratch_directory.hpp"
#include "lock/dependency_specifier.hpp"
#include "lock/lockfile.hpp"
#include "store/base/atomic_file.hpp"
#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

// "1.0", or "1.0 and 2.0" where markers tell versions apart.
std::map<std::string, std::string> versions_of(const LockDraft& draft) {
  std::map<std::string, std::set<std::string>> sets;
  for (const DraftPackage& package : draft.packages) {
    sets[package.name].insert(package.version);
  }
  std::map<std::string, std::string> result;
  for (const auto& [name, versions] : sets) {
    std::string& text = result[name];
    for (const std::string& version : versions) {
      text += concat(text.empty() ? "" : " and ", version);
    }
  }
  return result;
}

std::string with_version(std::string_view name, std::string_view version) {
  return version.empty() ? std::string(name) : concat(name, " ", version);
}

bool has_same_file(const std::vector<DraftFile>& files, const DraftFile& file) {
  return std::ranges::any_of(files, [&](const DraftFile& known) {
    return !hash_of(file, "sha256").empty() && hash_of(known, "sha256") == hash_of(file, "sha256");
  });
}

}  // namespace

std::optional<ExistingLock> read_existing_lock(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    return std::nullopt;
  }
  ExistingLock result;
  result.text = read_file(path);
  const std::string folder = directory_of(path);
  with_default_hint("correct it, or remove it: a lock with a mistake is not overwritten", [&] {
    result.draft = read_lock_draft(result.text, concat("lock ", path), {folder, folder});
  });
  return result;
}

LockChanges compare_locks(const LockDraft& before, const LockDraft& after) {
  LockChanges changes;
  const auto old_versions = versions_of(before);
  const auto new_versions = versions_of(after);
  for (const auto& [name, version] : new_versions) {
    const auto old = old_versions.find(name);
    if (old == old_versions.end()) {
      changes.lines.push_back(concat("added ", with_version(name, version)));
    } else if (old->second != version) {
      changes.lines.push_back(concat("changed ", name, " ", old->second, " -> ", version));
    }
  }
  for (const auto& [name, version] : old_versions) {
    if (!new_versions.contains(name)) {
      changes.lines.push_back(concat("removed ", with_version(name, version)));
    }
  }
  changes.same = lock_text(before) == lock_text(after);
  return changes;
}

void keep_known_files(LockDraft& after, const LockDraft& before) {
  for (DraftPackage& package : after.packages) {
    for (const DraftPackage& old : before.packages) {
      if (old.name != package.name || old.version != package.version || !old.source_key.empty() ||
          !package.source_key.empty()) {
        continue;
      }
      // The entry that was there says the same in other words: its URLs stay, too.
      std::vector<DraftFile> wheels = old.wheels;
      for (DraftFile& wheel : package.wheels) {
        if (!has_same_file(wheels, wheel)) {
          wheels.push_back(std::move(wheel));
        }
      }
      package.wheels = std::move(wheels);
      if (old.sdist && (!package.sdist || has_same_file({*old.sdist}, *package.sdist))) {
        package.sdist = old.sdist;
      }
      package.index = package.index.empty() ? old.index : package.index;
      package.requires_python =
          package.requires_python.empty() ? old.requires_python : package.requires_python;
    }
  }
}

void keep_hashed_files(LockDraft& draft, const std::vector<RequirementLine>& requirements) {
  std::map<std::string, std::set<std::string>> wanted;
  std::map<std::string, std::string> places;
  for (const RequirementLine& line : requirements) {
    const auto requirement = DependencySpecifier::try_parse(line.text);
    for (const auto& [algorithm, digest] : line.hashes) {
      if (requirement && algorithm == "sha256") {
        wanted[requirement->normalized_name].insert(digest);
        places.emplace(requirement->normalized_name, line.place());
      }
    }
  }
  for (DraftPackage& package : draft.packages) {
    const auto hashes = wanted.find(package.name);
    if (hashes == wanted.end() || !package.source_key.empty()) {
      continue;
    }
    const auto is_other = [&](const DraftFile& file) {
      return !hashes->second.contains(std::string(hash_of(file, "sha256")));
    };
    std::erase_if(package.wheels, is_other);
    if (package.sdist && is_other(*package.sdist)) {
      package.sdist.reset();
    }
    if (package.wheels.empty() && !package.sdist) {
      throw Error(ErrorCode::incompatible, concat("cannot lock ", describe(package),
                                                  ": no file of it has one of the hashes that ",
                                                  places[package.name], " gives"))
          .with_hint("correct the hashes, or ask for the version that they belong to");
    }
  }
}

std::string checked_lock_text(const LockDraft& draft, const std::string& path) {
  std::string text = lock_text(draft);
  with_context([] { return std::string("checking the lock before it is written"); },
               [&] { static_cast<void>(parse_lock(text, path)); });
  return text;
}

void write_lock_file(const std::string& path, std::string_view text) {
  std::string target = path;
  mode_t mode = mode_of_new_file();
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         &std::free);
  struct stat status{};
  if (real != nullptr && ::stat(real.get(), &status) == 0) {
    target = real.get();
    mode = status.st_mode & 07777;
  }
  with_default_hint("name another place with -o", [&] {
    AtomicFile file(target, {.mode = mode, .durability = AtomicFile::Durability::after_power_loss});
    file.write(text);
    file.commit();
  });
}

}  // namespace pel
