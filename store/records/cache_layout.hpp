#pragma once

#include <string>
#include <string_view>

namespace pel {

// Where things lie in the cache directory. All of it can be made anew at any time.
class CacheLayout {
 public:
  explicit CacheLayout(const std::string& cache_home) : root_(cache_home + "/v1") {}

  [[nodiscard]] const std::string& root() const noexcept { return root_; }

  [[nodiscard]] std::string environments() const { return root_ + "/envs"; }

  [[nodiscard]] std::string prefix(std::string_view environment_id) const;

  [[nodiscard]] std::string selections() const { return root_ + "/selections"; }

  [[nodiscard]] std::string selection(std::string_view key) const;

  // Which lock the metadata of a script names.
  [[nodiscard]] std::string scripts() const { return root_ + "/scripts"; }

  [[nodiscard]] std::string interpreters() const { return root_ + "/interpreters"; }

  [[nodiscard]] std::string downloads() const { return root_ + "/downloads"; }

  // What builds that failed have printed.
  [[nodiscard]] std::string logs() const { return root_ + "/logs"; }

  [[nodiscard]] std::string tmp() const { return root_ + "/tmp"; }

  // Creates the directories, and removes what dead processes have left in tmp(). Throws Error(io)
  // that names PYENVLAUNCH_CACHE when it can't.
  void prepare() const;

 private:
  std::string root_;
};

}  // namespace pel
