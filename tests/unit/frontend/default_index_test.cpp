#include "frontend/default_index.hpp"

#include <gtest/gtest.h>

namespace pel {
namespace {

TEST(DefaultIndexTest, IsWhatAToolsHelpSays) {
  EXPECT_EQ(
      index_of_help("the default\n --index-url <url>  Base URL (default\n   https://h/simple). "),
      "https://h/simple");
  EXPECT_EQ(index_of_help("index (by default: <https://h/a/simple>) [env: X]"),
            "https://h/a/simple");
}

TEST(DefaultIndexTest, IsNothingWithoutAnAddress) {
  EXPECT_EQ(index_of_help(""), std::nullopt);
  EXPECT_EQ(index_of_help("default"), std::nullopt);
  EXPECT_EQ(index_of_help("the default is 3; see https://h/"), std::nullopt);
}

TEST(DefaultIndexTest, WhatIsGivenWinsButForOffline) {
  EXPECT_EQ(index_url_or_default("https://h/x", false, "/nowhere/python"), "https://h/x");
  EXPECT_EQ(index_url_or_default("https://h/x", true, "/nowhere/python"), "");
}

}  // namespace
}  // namespace pel
