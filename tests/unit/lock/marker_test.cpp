#include "lock/marker.hpp"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "store/base/error.hpp"

namespace pel {
namespace {

const std::map<std::string, std::string>& variables() {
  static const std::map<std::string, std::string> variables{
      {"implementation_name", "cpython"},
      {"implementation_version", "3.11.7"},
      {"os_name", "posix"},
      {"platform_machine", "x86_64"},
      {"platform_python_implementation", "CPython"},
      {"platform_release", "6.1.0-18-amd64"},
      {"platform_system", "Linux"},
      {"platform_version", "#1 SMP"},
      {"python_full_version", "3.11.7"},
      {"python_version", "3.11"},
      {"sys_platform", "linux"},
  };
  return variables;
}

MarkerContext context() {
  return {&variables(), {"test", "all-extras"}, {"dev"}};
}

struct Case {
  const char* marker;
  bool holds;
};

class MarkerCase : public ::testing::TestWithParam<Case> {};

TEST_P(MarkerCase, HoldsAsPep508AndPep751Say) {
  const Marker marker = Marker::parse(GetParam().marker);
  EXPECT_EQ(marker.evaluate(context()), GetParam().holds) << GetParam().marker;
  const Marker again = Marker::parse(marker.text());
  EXPECT_EQ(again.text(), marker.text());
  EXPECT_EQ(again.evaluate(context()), GetParam().holds) << marker.text();
}

INSTANTIATE_TEST_SUITE_P(
    Cases, MarkerCase,
    ::testing::Values(
        Case{"python_version >= '3.9'", true}, Case{"python_version < '3.9'", false},
        Case{"'3.9' <= python_version", true}, Case{"python_version in '3.9 3.11'", true},
        Case{"python_full_version ~= '3.11.0'", true}, Case{"python_version == '3.*'", true},
        Case{"python_version > 'a'", false}, Case{"os_name < 'z'", false},
        Case{"os.name == 'posix'", true}, Case{"platform_release >= '5'", false},
        Case{"python_implementation == 'CPython'", true},
        Case{"os_name=='nt' or os_name=='posix' and sys_platform=='win32'", false},
        Case{"(os_name=='nt' or os_name=='posix') and sys_platform=='linux'", true},
        Case{"os_name == 'posix' or (os_name == 'nt' and os_name == 'x')", true},
        Case{"'Test' in extras", true}, Case{"'all.EXTRAS' in extras", true},
        Case{"'docs' in extras", false}, Case{"'docs' not in extras", true},
        Case{"'DEV' in dependency_groups", true}, Case{"'dev' == dependency_groups", false},
        Case{"sys_platform == \"\\x6cinux\"", true}, Case{"'nu' in sys_platform", true}));

struct BadMarker {
  const char* text;
  const char* reason;
};

class BadMarkerText : public ::testing::TestWithParam<BadMarker> {};

TEST_P(BadMarkerText, IsRefusedWithItsPlace) {
  try {
    (void)Marker::parse(GetParam().text);
    FAIL() << "accepted: " << GetParam().text;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::corrupt);
    EXPECT_EQ(error.message(),
              "marker '" + std::string(GetParam().text) + "': " + GetParam().reason);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Texts, BadMarkerText,
    ::testing::Values(
        BadMarker{"", "column 1: expected a variable or a quoted string"},
        BadMarker{"os_nam == 'x'", "column 1: expected a variable or a quoted string"},
        BadMarker{"os_name = 'x'",
                  "column 9: expected one of ==, !=, <=, >=, <, >, ~=, ===, in, not in"},
        BadMarker{"os_name not 'x'", "column 13: expected 'in' behind 'not'"},
        BadMarker{"os_name == x", "column 12: expected a variable or a quoted string"},
        BadMarker{"os_name == 'x", "column 12: this string is not closed"},
        BadMarker{"os_name == 'x\\'", "column 12: this string has an invalid escape or character"},
        BadMarker{"os_name == 'x' xor os_name == 'y'",
                  "column 16: expected 'and', 'or' or the end"},
        BadMarker{"os_name == 'x' and", "column 19: expected a variable or a quoted string"},
        BadMarker{"(os_name == 'x'", "column 1: this parenthesis is not closed"},
        BadMarker{"os_name == 'x')", "column 15: expected 'and', 'or' or the end"}));

TEST(Marker, HasALimitOfDepth) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '(') + "os_name == 'posix'" + std::string(depth, ')');
  };
  EXPECT_TRUE(Marker::parse(nested(200)).evaluate(context()));
  try {
    (void)Marker::parse(nested(100'000));
    FAIL();
  } catch (const Error& error) {
    EXPECT_TRUE(error.message().ends_with("more than 200 parentheses in each other"));
    EXPECT_LT(error.message().size(), 400U);
  }
}

TEST(Marker, WritesWhatIsLongInLinearTime) {
  constexpr std::size_t kCount = 200'000;
  std::string text = "os_name == \"a\"";
  for (std::size_t i = 1; i < kCount; ++i) {
    text += i % 2 == 0 ? " and os_name == \"a\"" : " or os_name == \"a\"";
  }
  EXPECT_EQ(Marker::parse(text).text(), text);
}

TEST(Marker, WritesTheParenthesesThatItNeeds) {
  for (
      const std::string text :
      {R"(os_name == "a" and (os_name == "b" or os_name == "c" and os_name == "d"))",
       R"((os_name == "a" or os_name == "b") and os_name == "c" and (os_name == "d" or os_name == "e"))",
       R"(os_name == "a" or os_name == "b" and os_name == "c" or os_name == "d")"}) {
    EXPECT_EQ(Marker::parse(text).text(), text);
  }
  EXPECT_EQ(Marker::parse("((os_name=='a') or ((os_name=='b' and (os_name=='c'))))").text(),
            R"(os_name == "a" or os_name == "b" and os_name == "c")");
}

TEST(Marker, EvaluatesTheDeepestExpressionThatItReads) {
  std::string text = "os_name == 'posix'";
  for (int i = 0; i < 100; ++i) {
    text = "os_name == 'nt' or os_name == 'posix' and (" + text + ")";
  }
  EXPECT_TRUE(Marker::parse(text).evaluate(context()));
}

TEST(Marker, SaysWhatHasNoMeaning) {
  struct {
    const char* text;
    const char* message;
  } const cases[] = {
      {"os_name ~= 'posix'",
       "marker compares 'posix' with 'posix' by '~=', which has a meaning for versions only"},
      {"extras == 'a'", "marker variable 'extras' is a set: it can only stand behind 'in'"},
      {"extra == 'a'", "marker variable 'extra' has no value here"},
      {"'a' == 'b'", "marker compares 'a' with 'b', and neither is a variable"},
  };

  for (const auto& [text, message] : cases) {
    try {
      (void)Marker::parse(text).evaluate(context());
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::corrupt);
      EXPECT_EQ(error.message(), message);
    }
  }
}

TEST(Marker, RepairsTheVersionOfAnInterpreterBuiltFromAWorkingCopy) {
  const std::map<std::string, std::string> working_copy{{"python_full_version", "3.14.0a1+"}};
  EXPECT_TRUE(Marker::parse("python_full_version >= '3.14.0a1'")
                  .evaluate(MarkerContext{&working_copy, {}, {}}));
}

TEST(Marker, KnowsWhatItAsksFor) {
  const Marker marker = Marker::parse("os_name == 'x' or ('y' in extras and 'z' == extra)");
  EXPECT_TRUE(marker.mentions(MarkerVariable::extras));
  EXPECT_TRUE(marker.mentions(MarkerVariable::extra));
  EXPECT_FALSE(marker.mentions(MarkerVariable::dependency_groups));
}

}  // namespace
}  // namespace pel
