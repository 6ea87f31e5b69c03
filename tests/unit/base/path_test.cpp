#include "store/base/path.hpp"

#include <gtest/gtest.h>

namespace pel {
namespace {

TEST(Path, DirectoryOf) {
  EXPECT_EQ(directory_of("/a/b"), "/a");
  EXPECT_EQ(directory_of("/b"), "/");
  EXPECT_EQ(directory_of("b"), ".");
  EXPECT_EQ(directory_of("a/b"), "a");
}

TEST(Path, NameOf) {
  EXPECT_EQ(name_of("/a/b"), "b");
  EXPECT_EQ(name_of("b"), "b");
  EXPECT_EQ(name_of("/a/"), "");
}

TEST(Path, LexicallyNormalHasNoDots) {
  EXPECT_EQ(lexically_normal("/a/b/../c"), "/a/c");
  EXPECT_EQ(lexically_normal("/a//./b/"), "/a/b");
  EXPECT_EQ(lexically_normal("/a/.."), "/");
  EXPECT_EQ(lexically_normal("/../../a/...b/..c"), "/a/...b/..c");
  EXPECT_EQ(lexically_normal("/"), "/");
}

TEST(Path, IsWithinADirectory) {
  EXPECT_TRUE(is_within("/a/b", "/a/b"));
  EXPECT_TRUE(is_within("/a/b/c", "/a/b"));
  EXPECT_TRUE(is_within("/a", "/"));
  EXPECT_FALSE(is_within("/a/bc", "/a/b"));
  EXPECT_FALSE(is_within("/a", "/a/b"));
}

}  // namespace
}  // namespace pel
