#include "store/layout/start_files.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace pel {
namespace {

TEST(PythonLiteral, IsAsciiAndNamesTheSameBytes) {
  EXPECT_EQ(python_literal("/plain/path"), "'/plain/path'");
  EXPECT_EQ(python_literal("it's a \\ path"), "'it\\'s a \\\\ path'");
  EXPECT_EQ(python_literal("a\nb\x7f"), "'a\\x0ab\\x7f'");
  EXPECT_EQ(python_literal("ü"), "'\\xfc'");
  EXPECT_EQ(python_literal("中"), "'\\u4e2d'");
  EXPECT_EQ(python_literal("🐍"), "'\\U0001f40d'");
}

// As os.fsdecode() does: one surrogate for each byte that is no UTF-8.
TEST(PythonLiteral, BytesThatAreNoUtf8BecomeSurrogates) {
  EXPECT_EQ(python_literal("\xff"), "'\\udcff'");
  EXPECT_EQ(python_literal("a\xc3"), "'a\\udcc3'");
  EXPECT_EQ(python_literal("\xc0\xaf"), "'\\udcc0\\udcaf'");             // overlong
  EXPECT_EQ(python_literal("\xed\xa0\x80"), "'\\udced\\udca0\\udc80'");  // a surrogate
  EXPECT_EQ(python_literal("\xf4\x90\x80\x80"), "'\\udcf4\\udc90\\udc80\\udc80'");
}

constexpr const char* kRoot = "/s/site-packages";

StartFileText one_by_one(std::string_view text) {
  return prefix_start_file(StartFiles::one_by_one, kRoot, "a.pth", text);
}

std::string in_steps(std::string_view text, std::string_view root = kRoot) {
  return prefix_start_file(StartFiles::in_steps, root, "a.pth", text).text;
}

constexpr const char* kForward =
    "import site; site.addpackage('/s/site-packages', 'a.pth', known_paths)\n";
constexpr const char* kForwardSince315 =
    "import site; site.addpackage('/s/site-packages', 'a.pth', "
    "getattr(locals().get('self'), '_known_paths', None))\n";

TEST(StartFiles, TheFindersHasOneLine) {
  EXPECT_EQ(finder_start_file(),
            "import _pyenvlaunch; _pyenvlaunch.site_packages(sitedir, locals())\n");
}

TEST(StartFiles, HiddenOnesAreForToolsOnly) {
  InterpreterFacts interpreter;
  const auto passes_over = [&](int minor, int micro) {
    interpreter.major = 3;
    interpreter.minor = minor;
    interpreter.micro = micro;
    return passes_over_hidden_start_files(interpreter);
  };
  for (const auto& [minor, first] : {std::pair{9, 19}, {10, 14}, {11, 8}, {12, 2}}) {
    EXPECT_TRUE(passes_over(minor, first)) << minor;
    EXPECT_FALSE(passes_over(minor, first - 1)) << minor;
  }
  EXPECT_TRUE(passes_over(13, 0));
  EXPECT_TRUE(passes_over(15, 1));
}

TEST(StartFiles, OfPlainPaths) {
  const std::vector<std::string> paths{"/a b", "/\xff"};
  const std::string text = plain_paths_file(paths);
  EXPECT_EQ(text, "/a b\nimport sys; p = '/\\udcff'; p in sys.path or sys.path.append(p)\n");
  EXPECT_EQ(plain_paths_of(text), (std::vector<std::string>{"/a b"}));
  EXPECT_EQ(plain_paths_of("# /c\r\n/d \r\nrelative\nimport x\n\n/e"),
            (std::vector<std::string>{"/d", "/e"}));
  EXPECT_TRUE(plain_paths_of("").empty());
}

TEST(StartFiles, StayWhatTheyAreWhenNothingAsksWhereTheyAre) {
  for (const char* const text :
       {"", "import x; x.start()\n", "# a comment\n\nimport\tx\r\nimport y",
        "import sys; exec('import os\\n\\nif os.getenv(\"X\"): pass')\n"}) {
    EXPECT_EQ(one_by_one(text).text, text);
    EXPECT_FALSE(one_by_one(text).needs_finder) << text;
  }
  for (const char* const text :
       {"win32\n", "import x\n./lib", " import x\n", "importlib\n",
        "import sys; p = sys._getframe(1).f_locals['sitedir']\n", "import x; x.add(fullname)\n",
        "import x; x.add(**locals())\n", "import x; x.add(vars())\n", "import x; x.open(f.name)\n",
        "import sys; sys.path.append(sys.path[-1] + '/more')\n"}) {
    EXPECT_EQ(one_by_one(text).text, kForward);
    EXPECT_TRUE(one_by_one(text).needs_finder) << text;
  }
}

TEST(StartFiles, InStepsDirectoriesComeBeforeTheCode) {
  EXPECT_EQ(in_steps(""), "");
  EXPECT_EQ(in_steps("# no\n\n  \n"), "");
  EXPECT_EQ(in_steps("import x; x.start()\n"), "import x; x.start()\n");
  EXPECT_EQ(in_steps(" import x\r\nwin32\r\n/abs/dir\n\timport\ty"),
            "/s/site-packages/win32\n/abs/dir\nimport x\nimport\ty\n");
  EXPECT_EQ(in_steps("lib\nimport sys; p = sys._getframe(1).f_locals['sitedir']\nimport z\n"),
            std::string("/s/site-packages/lib\n") + kForwardSince315);
  EXPECT_EQ(in_steps("import x; x.add(filename)\n"), kForwardSince315);
}

// What Python may decode or split in another way is left to it.
TEST(StartFiles, InStepsOnlyPlainTextIsTakenApart) {
  for (const char* const text : {"\xef\xbb\xbflib\n", "l\xc3\xbc\n",
                                 "a\x0c"
                                 "b\n",
                                 "a\x1d\n"}) {
    EXPECT_EQ(in_steps(text), kForwardSince315) << text;
  }
  EXPECT_EQ(in_steps("lib\n", "/\xff"),
            "import site; site.addpackage('/\\udcff', 'a.pth', "
            "getattr(locals().get('self'), '_known_paths', None))\n");
}

}  // namespace
}  // namespace pel
