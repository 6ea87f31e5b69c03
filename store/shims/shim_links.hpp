#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pel {

// What is at the place of a shim.
enum class ShimPlace {
  free,       // nothing, or what is left of shims that are not installed any more
  ours,       // a link into this prefix
  other,      // a link into the environment of other shims, below `shim_home`
  foreign,    // a file or a link of somebody else
  directory,  // which nothing replaces
};

[[nodiscard]] ShimPlace look_at_shim(const std::string& directory, std::string_view name,
                                     const std::string& prefix);

// The links of one installation. Those that were made are taken back by the destructor unless
// keep() was called; what they have replaced under force is gone then.
class ShimLinks {
 public:
  ShimLinks(std::string directory, std::string prefix);
  ~ShimLinks();
  ShimLinks(const ShimLinks&) = delete;
  ShimLinks& operator=(const ShimLinks&) = delete;

  // Puts the link into its place, atomically. False, and nothing is changed, where something is
  // that is not free, and no file that is to be replaced under `force`. Throws Error(io).
  [[nodiscard]] bool make(const std::string& name, bool force);

  void keep() noexcept { made_.clear(); }

 private:
  void sweep() const;
  void replace(const std::string& target, const std::string& path) const;

  std::string directory_;
  std::string prefix_;
  std::vector<std::string> made_;
};

// Removes the link if it is one into this prefix. Whether it did. Throws Error(io).
bool remove_shim(const std::string& directory, const std::string& name, const std::string& prefix);

}  // namespace pel
