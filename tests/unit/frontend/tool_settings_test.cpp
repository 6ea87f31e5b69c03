#include "frontend/tool_settings.hpp"

#include <gtest/gtest.h>

namespace pel {
namespace {

using Words = std::vector<std::string>;

ToolPlaces read(std::string_view text) {
  ToolPlaces places;
  read_pip_settings(text, places);
  return places;
}

TEST(PipSettings, AreReadAsPipReadsThem) {
  const ToolPlaces places = read(R"(; comment
[global]
index-url = https://a/simple
extra_index_url =
    https://b/simple
    # comment
    https://c/simple
Find-Links: /x /y

[install]
no-index = yes
[freeze]
index-url = https://z/simple
)");
  EXPECT_EQ(places.default_index, "https://a/simple");
  EXPECT_EQ(places.extra_indexes, (Words{"https://b/simple", "https://c/simple"}));
  EXPECT_EQ(places.find_links, (Words{"/x", "/y"}));
  EXPECT_TRUE(places.no_index);
  EXPECT_TRUE(places.names_indexes());
}

TEST(PipSettings, OfACommandWin) {
  EXPECT_EQ(
      read("[install]\nindex-url = https://b\n[global]\nindex-url = https://a\n").default_index,
      "https://b");
}

TEST(PipSettings, OfAnyBytesAreRead) {
  for (const char* const text :
       {"", "[", "[]", "[global", "=", "[global]\n=\n", "[global]\nindex-url\n", "  x\n[a]\n y\n",
        "\xef\xbb\xbf[global]\n", "[global]\n\xff = \xff\n", "]\n[\n:\n"}) {
    EXPECT_FALSE(read(text).names_indexes()) << text;
  }
}

TEST(IndexNames, AreLeftOut) {
  EXPECT_EQ(without_index_name("ours=https://a/b?c=d"), "https://a/b?c=d");
  EXPECT_EQ(without_index_name("https://a/b?c=d"), "https://a/b?c=d");
}

}  // namespace
}  // namespace pel
