#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "store/base/text.hpp"
#include "store/format/index_format.hpp"

namespace pel {

// Where things are in a store (docs/architecture.md, "Store"). All paths are absolute; none is
// promised to exist. Text only, so that the hot path can use it too.
class StoreLayout {
 public:
  explicit StoreLayout(std::string_view home) : root_(concat(home, "/store/v1")) {}

  [[nodiscard]] const std::string& root() const noexcept { return root_; }

  [[nodiscard]] std::string wheels() const { return concat(root_, "/wheels"); }

  [[nodiscard]] std::string wheel(std::string_view id) const {
    return concat(root_, "/wheels/", id);
  }

  [[nodiscard]] std::string index(std::string_view id) const {
    return concat(root_, "/wheels/", id, "/", index_format::kFileName);
  }

  [[nodiscard]] std::string site_packages(std::string_view id) const {
    return concat(root_, "/wheels/", id, "/", index_format::kSitePackages);
  }

  // The directory of a wheel's packs: "<cache tag>[.opt-N].pack".
  [[nodiscard]] std::string bytecode(std::string_view id) const {
    return concat(root_, "/bytecode/", id);
  }

  [[nodiscard]] std::string bytecode() const { return concat(root_, "/bytecode"); }

  [[nodiscard]] std::string composites() const { return concat(root_, "/composites"); }

  [[nodiscard]] std::string composite(std::string_view id) const {
    return concat(root_, "/composites/", id);
  }

  // Wheels that were built from sources, as files: KEY.any, KEY.SOABI (store/build).
  [[nodiscard]] std::string built() const { return concat(root_, "/built"); }

  [[nodiscard]] std::string roots() const { return concat(root_, "/roots"); }

  // Links to the tables of environments, named as their roots. They say what a process that runs
  // needs when its environment is gone.
  [[nodiscard]] std::string tables() const { return concat(root_, "/tables"); }

  [[nodiscard]] std::string launchers() const { return concat(root_, "/launchers"); }

  [[nodiscard]] std::string tmp() const { return concat(root_, "/tmp"); }

  [[nodiscard]] std::string locks() const { return concat(root_, "/locks"); }

  // Says to tools that look for this name above a file that packages lie below, and nobody's own
  // code: coverage, editors, type checkers.
  [[nodiscard]] std::string environment_mark() const { return concat(root_, "/pyvenv.cfg"); }

  // Replaced by another file whenever something was removed from the store.
  [[nodiscard]] std::string generation() const { return concat(root_, "/generation"); }

 private:
  std::string root_;
};

}  // namespace pel
