#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/front_end.hpp"
#include "frontend/lock_draft.hpp"
#include "frontend/requirements_file.hpp"

namespace pel {

// A package of another tool's lock: versions and hashes are there, URLs mostly are not.
struct ForeignPackage {
  DraftPackage package;          // without the files whose URLs are to be found
  std::vector<DraftFile> files;  // known by name and hash, or by hash alone
};

struct ForeignLock {
  LockDraft head;  // what is said of the lock as a whole; no packages
  std::vector<ForeignPackage> packages;
  std::vector<std::string> indexes;       // URLs that the lock names, the main one first
  std::vector<std::string> find_links{};  // folders that the lock names
  std::vector<std::string> problems;      // "foo: it has no hash": what no lock of ours can say
  std::string hint{};                     // what to do about them
  std::string unset_variable{};           // that the address of an index names, or empty
};

// What to do about a file that has the name of another tool's lock, and is none.
constexpr const char* kNoSuchLock =
    "make it again with the tool that its name belongs to; nothing was written";

enum class ForeignKind { none, uv, poetry, pdm, pipfile, requirements };

// By the name of the file: uv.lock, SCRIPT.py.lock, poetry.lock, pdm.lock, Pipfile.lock, *.txt.
[[nodiscard]] ForeignKind foreign_kind(std::string_view path) noexcept;

// The texts of locks; `path` is for messages and relative paths. Groups and extras become
// conditions of PEP 751: "'dev' in dependency_groups". Throw Error(corrupt) for a text of another
// form, Error(incompatible) for one that does not say which group needs what.
[[nodiscard]] ForeignLock read_poetry_lock(std::string_view text, std::string_view path,
                                           const LockFolders& folders);
// PDM's lock does not tell extras from groups: `extras` are the project's own, normalised.
[[nodiscard]] ForeignLock read_pdm_lock(std::string_view text, std::string_view path,
                                        const LockFolders& folders,
                                        const std::vector<std::string>& extras = {});
// Addresses of sources may name variables, "$NAME" or "${NAME}", as Pipenv replaces them; an index
// whose variable is not set is left out.
[[nodiscard]] ForeignLock read_pipfile_lock(
    std::string_view text, std::string_view path, const LockFolders& folders,
    const VariableLookup& variable = [](const std::string&) {
      return std::optional<std::string>();
    });
[[nodiscard]] ForeignLock read_hashed_requirements(const std::string& path,
                                                   const LockFolders& folders);

// `extra == "x"` becomes `'x' in extras`, the form of PEP 751.
[[nodiscard]] std::string extras_marker(std::string_view marker);

// The marker of a package that is needed where one of the conditions holds: each is a group or an
// extra, empty for none, and a marker, empty for always.
struct GroupCondition {
  std::string group;
  std::string marker;
  bool is_extra = false;
};

[[nodiscard]] std::string marker_of_groups(const std::vector<GroupCondition>& conditions);

// The same lock with the URLs, found by hash: in the indexes that `request` gives, and of a package
// whose index the lock names in that one, of others in the default one and those of the lock; and
// in folders of find_links. Credentials that `request` gives for an index of the lock are used for
// it. Throws Error(not_found) that lists what cannot be found.
[[nodiscard]] LockDraft complete_foreign_lock(ForeignLock lock, const std::string& path,
                                              const ResolveRequest& request);

// Reads another tool's lock by its kind, and completes it. Throws Error(usage) for an unknown kind.
[[nodiscard]] LockDraft convert_lock(const std::string& path, const ResolveRequest& request);

}  // namespace pel
