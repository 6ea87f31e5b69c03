#include "store/base/hash.hpp"

#include <set>
#include <span>
#include <string>

#include <gtest/gtest.h>

#include "store/base/key_hasher.hpp"

namespace pel {
namespace {

// The value is XXH3's own, from its reference implementation: files on disk depend on it.
TEST(Hash64, IsXxh3) {
  EXPECT_EQ(hash64(""), 0x2D06800538D394C2ULL);
  const std::string text = "table";
  EXPECT_EQ(hash64(text), hash64(std::as_bytes(std::span(text))));
}

TEST(KeyHasher, SameInputGivesTheSameKey) {
  KeyHasher first;
  KeyHasher second;
  for (KeyHasher* hasher : {&first, &second}) {
    hasher->add("a");
    hasher->add(std::uint64_t{7});
  }
  EXPECT_EQ(first.hex(), second.hex());
  EXPECT_EQ(first.hex().size(), 32U);
  EXPECT_EQ(first.hex().find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(KeyHasher, PartsAreDelimited) {
  std::set<std::string> keys;
  const auto key = [](std::initializer_list<std::string_view> parts) {
    KeyHasher hasher;
    for (const std::string_view part : parts) {
      hasher.add(part);
    }
    return hasher.hex();
  };
  keys.insert(key({"ab", "c"}));
  keys.insert(key({"a", "bc"}));
  keys.insert(key({"abc"}));
  keys.insert(key({"abc", ""}));
  keys.insert(key({}));
  EXPECT_EQ(keys.size(), 5U);
}

}  // namespace
}  // namespace pel
