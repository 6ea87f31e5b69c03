#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "lock/version.hpp"

namespace pel {

// A word of a version, in one of its spellings.
struct VersionWord {
  std::string_view written;
  std::string_view normal;
  char code;  // in the key
};

// Reads the grammar of PEP 440's appendix B. No part can be read in two ways, so there is no
// backtracking but that of a separator whose part does not follow.
class VersionParser {
 public:
  explicit VersionParser(std::string_view text) : rest_(text) {}

  [[nodiscard]] std::optional<Version> parse();

 private:
  struct Part {
    VersionWord word;
    std::string_view number;
  };

  bool skip_one_of(std::string_view characters);
  bool skip_word(std::string_view word);
  // One or more digits, without leading zeros; empty if there are none.
  std::string_view number();

  bool epoch_and_release();
  void release(std::string_view first);
  // [sep] word [sep] [digits]
  std::optional<Part> part(std::span<const VersionWord> words);
  std::optional<Part> post_part();
  void suffixes();
  // False if what begins with '+' is no local part.
  bool local();
  void local_segment(std::string_view segment);

  Version version_;
  std::string_view rest_;
};

}  // namespace pel
