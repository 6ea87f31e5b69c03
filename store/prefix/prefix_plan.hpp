#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <string_view>

namespace pel {

// One thing in a prefix directory.
struct PrefixEntry {
  enum class Kind {
    directory,
    text,  // a file of ours
    symlink,
    program_link,  // hard link to the launcher's copy, else a symlink to it
    data_link,     // read-only hard link to a file of the store, else a reflink, else a copy
  };

  Kind kind = Kind::directory;
  std::string content;  // text; where a link leads
  mode_t mode = 0644;   // of text

  friend bool operator==(const PrefixEntry&, const PrefixEntry&) = default;
};

// What a prefix directory shall hold, by path below it. A plain value: prefix_content.hpp makes
// one, prefix_writer.hpp carries it out.
class PrefixPlan {
 public:
  // Directories above are added. A path that is taken is replaced, together with what lies below
  // it; a non-directory above is replaced by a directory. Throws std::logic_error for a path that
  // is empty, absolute, or has an empty, "." or ".." component.
  void add(std::string_view path, PrefixEntry entry);

  // Removes the entry of exactly this path, which must be no directory with others below it.
  void remove(std::string_view path);

  // Whether there is an entry of exactly this path.
  [[nodiscard]] bool has(std::string_view path) const;

  // Sorted, so that a directory comes before what is in it.
  [[nodiscard]] const std::map<std::string, PrefixEntry, std::less<>>& entries() const noexcept {
    return entries_;
  }

 private:
  std::map<std::string, PrefixEntry, std::less<>> entries_;
};

}  // namespace pel
