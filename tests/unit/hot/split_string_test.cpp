#include "launcher/hot/split_string.hpp"

#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/base/error.hpp"

namespace pel {
namespace {

using Words = std::vector<std::string>;

std::optional<std::string> variable(const std::string& name) {
  if (name == "A" || name == "_b1") {
    return "x y";
  }
  return name == "EMPTY" ? std::optional<std::string>("") : std::nullopt;
}

struct Case {
  const char* text;
  Words words;
};

const Case kCases[] = {
    {"", {}},
    {"a b", {"a", "b"}},
    {" \t a\n\v\f\r b  ", {"a", "b"}},
    {"'a b' \"c d\"e", {"a b", "c de"}},
    {"a'b'\"c\"", {"abc"}},
    {"'' \"\"", {"", ""}},
    {"'\"' \"'\"", {"\"", "'"}},
    {"a # b", {"a"}},
    {"a#b #c", {"a#b"}},
    {"'#' \"#\" \\#", {"#", "#", "#"}},
    {R"(a\_b "c\_d" 'e\_f')", {"a", "b", "c d", R"(e\_f)"}},
    {R"(a\cb c)", {"a"}},
    {R"('a\cb' c)", {R"(a\cb)", "c"}},
    {R"(\f\n\r\t\v)", {"\f\n\r\t\v"}},
    {R"("\n" '\n')", {"\n", R"(\n)"}},
    {R"(\"\$\'\\)", {R"("$'\)"}},
    {R"('\\' '\'')", {R"(\)", "'"}},
    {"${A} \"${A}\" '${A}' ${_b1}z", {"x y", "x y", "${A}", "x yz"}},
    {"${NONE} a ${EMPTY} b${NONE}c", {"a", "", "bc"}},
    {"\"${NONE}\"", {""}},
    {"--x=${A}'b'", {"--x=x yb"}},
};

TEST(SplitString, SplitsAsEnvDoes) {
  for (const Case& sample : kCases) {
    EXPECT_EQ(split_string(sample.text, variable), sample.words) << sample.text;
  }
}

// The program itself is the judge of what stands above.
TEST(SplitString, AgreesWithEnv) {
  for (const Case& sample : kCases) {
    std::string quoted = "printf [%s]\\\\0 -- ";
    quoted = std::string("printf '[%s]\\\\n' ") + sample.text;
    std::string shell = "unset NONE; A='x y' _b1='x y' EMPTY= /usr/bin/env -S '";
    for (const char c : quoted) {
      shell += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    shell += "'";
    std::FILE* const pipe = ::popen(shell.c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    std::string out;
    std::array<char, 256> buffer;
    while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
      out.append(buffer.data(), got);
    }
    EXPECT_EQ(::pclose(pipe), 0) << shell;
    std::string expected;
    for (const std::string& word : sample.words) {
      expected += "[" + word + "]\n";
    }
    EXPECT_EQ(out, sample.words.empty() ? "[]\n" : expected) << shell;
  }
}

TEST(SplitString, RefusesWhatEnvRefuses) {
  const std::pair<const char*, const char*> cases[] = {
      {"a 'b", "cannot split 'a 'b': a quote is not closed"},
      {"a \"b", "cannot split 'a \"b': a quote is not closed"},
      {"$A", "cannot split '$A': only ${NAME} is expanded"},
      {"${A", "cannot split '${A': only ${NAME} is expanded"},
      {"${1}", "cannot split '${1}': only ${NAME} is expanded"},
      {"${}", "cannot split '${}': only ${NAME} is expanded"},
      {"$", "cannot split '$': only ${NAME} is expanded"},
      {"a\\", "cannot split 'a\\': it ends in a backslash"},
      {"\\q", "cannot split '\\q': '\\q' has no meaning"},
      {"\"\\c\"", "cannot split '\"\\c\"': '\\c' stands between double quotes"},
  };
  for (const auto& [text, message] : cases) {
    try {
      static_cast<void>(split_string(text, variable));
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::usage);
      EXPECT_EQ(error.message(), message);
    }
  }
}

}  // namespace
}  // namespace pel
