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
  using Urls = std::vector<std::string>;
  ToolPlaces tools;
  tools.default_index = "https://t/x";
  tools.extra_indexes = {"https://t/y"};
  EXPECT_EQ(indexes_to_ask("https://h/x", {"https://h/y"}, tools, false, "/nowhere/python"),
            (Urls{"https://h/x", "https://h/y"}));
  EXPECT_EQ(indexes_to_ask("", {"https://h/y"}, tools, false, "/nowhere/python"),
            (Urls{"https://t/x", "https://t/y", "https://h/y"}));
  EXPECT_EQ(indexes_to_ask("https://h/x", {}, tools, true, "/nowhere/python"), Urls{});
}

TEST(DefaultIndexTest, IsNoneWhereToolsAskNone) {
  ToolPlaces tools;
  tools.no_index = true;
  EXPECT_TRUE(indexes_to_ask("", {}, tools, false, "/nowhere/python").empty());
}

}  // namespace
}  // namespace pel
