#include "lock/toml_document.hpp"

#include <string>

#include <gtest/gtest.h>

#include "store/base/error.hpp"

namespace pel {
namespace {

TEST(TomlDocument, KnowsKindsValuesAndLines) {
  const TomlDocument document = TomlDocument::parse(
      "s = 'text'\ni = 17\nb = true\nf = 1.5\nd = 1979-05-27\na = [1,\n 2]\n[t]\nz = ''\ny = 1\n",
      "x.toml");
  const TomlNode root = document.root();
  using Kind = TomlNode::Kind;
  EXPECT_EQ(root.kind(), Kind::table);
  EXPECT_EQ(root.find("s")->string(), "text");
  EXPECT_EQ(root.find("i")->integer(), 17);
  EXPECT_TRUE(root.find("b")->boolean());
  EXPECT_EQ(root.find("f")->kind(), Kind::floating_point);
  EXPECT_EQ(root.find("d")->kind(), Kind::date_or_time);
  ASSERT_EQ(root.find("a")->size(), 2U);
  EXPECT_EQ(root.find("a")->at(1).integer(), 2);
  EXPECT_EQ(root.find("a")->at(1).line(), 7U);
  EXPECT_EQ(root.find("t")->line(), 8U);
  EXPECT_FALSE(root.find("nothing").has_value());
  const auto entries = root.find("t")->entries();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].first, "z");  // the order of the text
}

TEST(TomlDocument, SaysWhereTheSyntaxIsWrong) {
  try {
    (void)TomlDocument::parse("a = 1\nb = [1, 2\nc = 3\n", "lock /x/app.lock");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::corrupt);
    EXPECT_TRUE(error.message().starts_with("cannot read lock /x/app.lock: line 3, column "))
        << error.message();
  }
}

TEST(TomlDocument, RefusesKeysThatAreTreesOfTheirOwn) {
  std::string dotted;
  for (int i = 0; i < 200'000; ++i) {
    dotted += "a.";
  }
  for (const std::string& text :
       {"\n" + dotted + "a = 1\n", "\n[" + dotted + "a]\n", "\nx = { " + dotted + "a = 1 }\n"}) {
    try {
      (void)TomlDocument::parse(text, "x.toml");
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.message(), "cannot read x.toml: line 2: a key with more than 32 parts");
    }
  }
}

TEST(TomlDocument, CountsNoDotsInStringsAndComments) {
  std::string dots(1000, '.');
  const std::string text = "a = '" + dots + "' # " + dots + "\nb = \"\\\"" + dots +
                           "\"\nc = '''\n'" + dots + "'''\nd = \"\"\"\"" + dots +
                           "\"\"\"\ne = [1.0, 1.0]\n";
  EXPECT_EQ(TomlDocument::parse(text, "x.toml").root().find("a")->string(), dots);
}

TEST(TomlDocument, TakesCharactersBeyondAsciiInStringsAndComments) {
  const std::string text =
      "\xEF\xBB\xBF'\xC3\xA9' = \"\"\"\\\"\xC3\xA9\"\"\"\"\" # \xC3\xA9\nb = '''\xC3\xA9'''''\n"
      "c = \"\"\"x\\  \n  \xC3\xA9\"\"\"";
  const TomlDocument document = TomlDocument::parse(text, "x.toml");
  EXPECT_EQ(document.root().find("b")->string(), "\xC3\xA9''");
  EXPECT_EQ(document.root().find("c")->string(), "x\xC3\xA9");
}

TEST(TomlDocument, RefusesThemElsewhere) {
  for (const char* const character : {"\xC3\xA9", "\xEF\xBB\xB7", "\xE2\x82\xAC", "\xFF"}) {
    EXPECT_THROW((void)TomlDocument::parse(std::string("x") + character + " = 2\n", "x.toml"),
                 Error);
  }
}

TEST(TomlDocument, SurvivesTruncationAnywhere) {
  const std::string text = "a = \"x\\\"\"\nb = '''y''' # c\n[[t]]\nd = { e = 1, f = [2] }\n";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    try {
      (void)TomlDocument::parse(text.substr(0, size), "x.toml");
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::corrupt);
    }
  }
}

}  // namespace
}  // namespace pel
