#include "store/base/utf8.hpp"

#include <cstdint>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace pel {
namespace {

TEST(Utf8, TellsWellFormedFromTheRest) {
  for (const std::string_view good : {"", "abc", "é", "€", "😀", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  for (const std::string_view bad :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "a\xE2\x82"}) {
    EXPECT_FALSE(is_utf8(bad)) << ::testing::PrintToString(bad);
  }
}

TEST(Utf8, EachCharacterIsReadAsItWasWritten) {
  for (std::uint32_t code = 0; code <= 0x110000; ++code) {
    const bool is_character = (code < 0xD800 || code > 0xDFFF) && code <= 0x10FFFF;
    std::string text;
    ASSERT_EQ(append_utf8(text, code), is_character) << code;
    const Utf8Character read = utf8_character(text);
    ASSERT_EQ(read.length, text.size()) << code;
    ASSERT_EQ(read.code, is_character ? code : 0) << code;
  }
}

}  // namespace
}  // namespace pel
