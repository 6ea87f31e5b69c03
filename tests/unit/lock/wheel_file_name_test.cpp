#include "lock/wheel_file_name.hpp"

#include <string>

#include <gtest/gtest.h>

namespace pel {
namespace {

TEST(WheelFileName, SplitsItsParts) {
  const auto name = WheelFileName::parse("a_b-1.0+x-2foo-py2.py3-none-any.whl");
  ASSERT_TRUE(name.has_value());
  EXPECT_EQ(name->distribution, "a_b");
  EXPECT_EQ(name->version_text, "1.0+x");
  EXPECT_EQ(name->build, "2foo");
  EXPECT_EQ(name->python, "py2.py3");
  EXPECT_EQ(name->abi, "none");
  EXPECT_EQ(name->platform, "any");
  EXPECT_EQ(WheelFileName::parse("a-1-py3-none-any.whl")->build, "");
}

TEST(WheelFileName, IsNothingWhenItCannotBeRead) {
  for (const std::string name :
       {"", ".whl", "a-1-py3-none-any.zip", "a-1-py3-none.whl", "a-1-2-3-py3-none-any.whl",
        "a--py3-none-any.whl", "a-1-x-py3-none-any.whl", "../a-1-py3-none-any.whl",
        "a-1-py3-none-any /.whl", ".a-1-py3-none-any.whl", "a+b-1-py3-none-any.whl",
        "a!-1-py3-none-any.whl"}) {
    EXPECT_FALSE(WheelFileName::parse(name).has_value()) << name;
  }
  EXPECT_FALSE(WheelFileName::parse(std::string(300, 'a') + "-1-py3-none-any.whl").has_value());
}

TEST(BuildTag, IsComparedByItsNumberFirst) {
  EXPECT_TRUE(build_tag_less("", "0"));
  EXPECT_TRUE(build_tag_less("9", "10"));
  EXPECT_TRUE(build_tag_less("1", "1a"));
  EXPECT_TRUE(build_tag_less("1a", "1b"));
  EXPECT_TRUE(build_tag_less("1z", "2a"));
  EXPECT_FALSE(build_tag_less("01", "1"));
  EXPECT_FALSE(build_tag_less("", ""));
  EXPECT_TRUE(build_tag_less("99999999999999999999", "100000000000000000000"));
}

TEST(FileName, IsTheLastPartOfAPath) {
  EXPECT_EQ(file_name_of_path("a.whl"), "a.whl");
  EXPECT_EQ(file_name_of_path("../w/a.whl"), "a.whl");
  EXPECT_EQ(file_name_of_path("w\\a.whl"), "a.whl");
  EXPECT_EQ(file_name_of_path("w/"), "");
}

TEST(FileName, IsTheDecodedLastPartOfAUrl) {
  EXPECT_EQ(file_name_of_url("https://127.0.0.1/p/a-1%2Bx.whl?q=/z#/y"), "a-1+x.whl");
  EXPECT_EQ(file_name_of_url("https://127.0.0.1/%41%4g%"), "A%4g%");
  EXPECT_EQ(file_name_of_url("https://h"), "");
  EXPECT_EQ(file_name_of_url("https://127.0.0.1/"), "");
  EXPECT_EQ(file_name_of_url("file:///a/b.whl"), "b.whl");
}

TEST(FileName, FitsInAFolder) {
  EXPECT_TRUE(is_file_name("a.whl"));
  for (const char* const bad : {"", ".", "..", "a/b", "a\\b", "a\nb"}) {
    EXPECT_FALSE(is_file_name(bad)) << bad;
  }
  EXPECT_FALSE(is_file_name(std::string(256, 'a')));
}

}  // namespace
}  // namespace pel
