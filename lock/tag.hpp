#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

#include "lock/interpreter_facts.hpp"

namespace pel {

// A compatibility tag of a wheel (PEP 425): "cp311-abi3-manylinux_2_17_x86_64". Lower case.
struct Tag {
  std::string python;
  std::string abi;
  std::string platform;

  [[nodiscard]] std::string text() const;

  friend auto operator<=>(const Tag&, const Tag&) = default;
};

// The tags of a compressed set such as ("py2.py3", "none", "any"), in the order written. Nothing
// if a part is empty, has an empty member, the first has one that is no identifier, or the set is
// larger than any real wheel's (1,024 tags).
[[nodiscard]] std::vector<Tag> parse_tag_set(std::string_view python, std::string_view abi,
                                             std::string_view platform);

// What the interpreter can load, best first: the list of packaging.tags.sys_tags().
[[nodiscard]] std::vector<Tag> supported_tags(const InterpreterFacts& facts);

}  // namespace pel
