#include "store/build/source_identity.hpp"

#include <sys/stat.h>

#include <cstdint>
#include <string_view>

#include "lock/display.hpp"
#include "store/base/error.hpp"
#include "store/base/key_hasher.hpp"
#include "store/base/text.hpp"
#include "store/build/direct_url.hpp"
#include "store/build/source_tree.hpp"

namespace pel {
namespace {

constexpr std::uint64_t kKeyVersion = 1;

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};

template <class... Functions>  // compilers before clang 17 do not find this one by themselves
Overloaded(Functions...) -> Overloaded<Functions...>;

std::string digest_of(const LockedDirectory& source) {
  const std::string project = project_directory(source, source.path);
  struct stat status{};
  if (::stat(project.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    throw Error(ErrorCode::not_found,
                concat("cannot read ", project, ": there is no such directory"))
        .with_hint("the lock names it: put the sources there, or lock again");
  }
  return source.editable ? project_digest(project) : tree_digest(source.path);
}

}  // namespace

std::string source_key(const LockedSource& source) {
  KeyHasher hasher;
  hasher.add(kKeyVersion);
  hasher.add(std::uint64_t{source.index()});
  hasher.add(direct_url_text(source));
  hasher.add(std::visit(
      Overloaded{[](const LockedSdist& sdist) { return sdist.file.sha256->hex(); },
                 [](const LockedArchive& archive) {
                   return concat(archive.file.sha256->hex(), " ", archive.subdirectory);
                 },
                 [](const LockedDirectory& directory) { return digest_of(directory); },
                 [](const LockedVcs& vcs) { return concat(vcs.commit_id, " ", vcs.subdirectory); }},
      source));
  return hasher.hex();
}

std::string describe_source(const LockedSource& source) {
  return std::visit(
      Overloaded{[](const LockedSdist& sdist) {
                   return concat("the source distribution ", escaped(sdist.file.file_name));
                 },
                 [](const LockedArchive& archive) {
                   return concat("the archive ", escaped(archive.file.file_name));
                 },
                 [](const LockedDirectory& directory) {
                   return concat("the directory ", escaped(directory.path));
                 },
                 [](const LockedVcs& vcs) {
                   return concat("commit ", escaped(vcs.commit_id), " of ",
                                 vcs.path.empty() ? redacted_url(vcs.url) : escaped(vcs.path));
                 }},
      source);
}

std::string project_directory(const LockedSource& source, const std::string& root) {
  const std::string subdirectory =
      std::visit(Overloaded{[](const LockedSdist&) { return std::string(); },
                            [](const auto& other) { return other.subdirectory; }},
                 source);
  return subdirectory.empty() ? root : concat(root, "/", subdirectory);
}

}  // namespace pel
