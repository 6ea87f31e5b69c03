#include "lock/python_literal.hpp"

#include <string>

#include <gtest/gtest.h>

namespace pel {
namespace {

TEST(PythonLiteral, KnowsTheEscapesOfPython) {
  EXPECT_EQ(unescape_python_string("plain"), "plain");
  EXPECT_EQ(unescape_python_string("\\\\\\'\\\"\\a\\b\\f\\n\\r\\t\\v"), "\\'\"\a\b\f\n\r\t\v");
  EXPECT_EQ(unescape_python_string("\\x41\\101\\u00e9\\U0001F600\\0"),
            std::string("AA\xC3\xA9\xF0\x9F\x98\x80\0", 9));
  EXPECT_EQ(unescape_python_string("\\d\\8"), "\\d\\8");  // no escapes
  EXPECT_EQ(unescape_python_string("a\\\nb"), "ab");
}

TEST(PythonLiteral, RefusesWhatPythonRefuses) {
  for (const char* const body : {"\\", "\\x4", "\\xg0", "\\u12", "\\U00110000", "a\nb", "a\rb",
                                 "\\ud800", "\\N{DIGIT ONE}"}) {
    EXPECT_FALSE(unescape_python_string(body).has_value()) << body;
  }
  EXPECT_FALSE(unescape_python_string(std::string_view("\0", 1)).has_value());
}

TEST(PythonLiteral, IsReadAsItWasWritten) {
  for (const std::string text : {"", "a'b", "a\"b", "'\"", "\\", "\n\t\x01\x7F", "x\xC3\xA9"}) {
    const std::string literal = python_string_literal(text);
    ASSERT_GE(literal.size(), 2U);
    EXPECT_EQ(literal.front(), literal.back());
    EXPECT_EQ(literal.find(literal.front(), 1), literal.size() - 1) << literal;
    EXPECT_EQ(unescape_python_string(literal.substr(1, literal.size() - 2)), text);
  }
}

}  // namespace
}  // namespace pel
