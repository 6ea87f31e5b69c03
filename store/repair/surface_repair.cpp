#include "store/repair/surface_repair.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/text.hpp"
#include "store/tree/change_mode.hpp"
#include "store/tree/remove_tree.hpp"

namespace pel {
namespace {

constexpr mode_t kReadOnly = 0555;
constexpr mode_t kWritable = 0755;

void set_mode(const std::string& path, mode_t mode) {
  if (!change_mode(path, mode)) {
    throw_errno("set the mode of", path);
  }
}

void delete_extra(const std::string& path) {
  const std::string parent = directory_of(path);
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) {
    return;
  }
  set_mode(parent, kWritable);
  try {
    if (S_ISDIR(status.st_mode)) {
      remove_tree(path);
    } else if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
      throw_errno("delete", path);
    }
  } catch (...) {
    static_cast<void>(change_mode(parent, kReadOnly));
    throw;
  }
  set_mode(parent, kReadOnly);
}

// The finding's message ends in the mode that the path must have: "…, not 0444".
mode_t wanted_mode(const Finding& finding) {
  return finding.message.ends_with("0444") ? 0444 : kReadOnly;
}

}  // namespace

std::vector<std::string> repair_surface(const std::string& root,
                                        std::span<const Finding> findings) {
  std::vector<std::string> mended;
  for (const Finding& finding : findings) {
    const bool is_below = is_within(finding.path, root);
    if (is_below && finding.kind == FindingKind::mode) {
      set_mode(finding.path, wanted_mode(finding));
      mended.push_back(concat(finding.path, ": mode set"));
    } else if (is_below && finding.kind == FindingKind::extra) {
      delete_extra(finding.path);
      mended.push_back(concat(finding.path, ": deleted"));
    }
  }
  return mended;
}

}  // namespace pel
