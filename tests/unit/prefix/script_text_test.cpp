#include "store/prefix/script_text.hpp"

#include <sys/stat.h>

#include <cstdio>
#include <string>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

TEST(ScriptHead, AShebangLineWhereTheKernelTakesIt) {
  EXPECT_EQ(script_head("/env/bin/python"), "#!/env/bin/python\n");
  // "#!", the path and the line end are 127 bytes: the most that every kernel reads.
  const std::string longest = "/" + std::string(123, 'x');
  EXPECT_EQ(script_head(longest), "#!" + longest + "\n");
}

TEST(ScriptHead, AFormThatShellAndPythonReadOtherwise) {
  const std::string too_long = "/" + std::string(124, 'x');
  EXPECT_EQ(script_head(too_long),
            "#!/bin/sh\n'''exec' \"" + too_long + "\" \"$0\" \"$@\"\n' '''\n");
  EXPECT_EQ(script_head("/my env/bin/python"),
            "#!/bin/sh\n'''exec' \"/my env/bin/python\" \"$0\" \"$@\"\n' '''\n");
}

TEST(ScriptHead, APathThatFitsNeitherFormIsRefused) {
  EXPECT_EQ(script_head("/back\\slash/python"), "#!/back\\slash/python\n");
  EXPECT_THROW(static_cast<void>(script_head("/my back\\slash/python")), Error);
}

TEST(ConsoleScript, IsWhatInstallersWrite) {
  EXPECT_EQ(console_script("/env/bin/python", {"black", "patched_main"}),
            "#!/env/bin/python\n"
            "# -*- coding: utf-8 -*-\n"
            "import sys\n"
            "from black import patched_main\n"
            "if __name__ == \"__main__\":\n"
            "    if sys.argv[0].endswith(\"-script.pyw\"):\n"
            "        sys.argv[0] = sys.argv[0][:-11]\n"
            "    elif sys.argv[0].endswith(\".exe\"):\n"
            "        sys.argv[0] = sys.argv[0][:-4]\n"
            "    sys.exit(patched_main())\n");
}

TEST(ConsoleScript, NestedAttributesAreResolvedFromTheFirst) {
  const std::string text = console_script("/p", {"a.b", "App.sub.launch"});
  EXPECT_NE(text.find("\nfrom a.b import App\n"), std::string::npos);
  EXPECT_NE(text.find("sys.exit(App.sub.launch())\n"), std::string::npos);
}

TEST(RewrittenScript, TheFirstLineIsReplacedWithItsArguments) {
  EXPECT_EQ(rewritten_script("/env/bin/python", "#!python -u\nprint(1)\r\nlast"),
            "#!/env/bin/python\nprint(1)\r\nlast");
  EXPECT_EQ(rewritten_script("/env/bin/python", "#!pythonw\r\nx\n"), "#!/env/bin/python\nx\n");
  EXPECT_EQ(rewritten_script("/env/bin/python", "#!python"), "#!/env/bin/python\n");
}

// The shell and Python must agree on where the interpreter is, whatever its path holds.
class AwkwardPath : public ::testing::TestWithParam<std::string> {};

TEST_P(AwkwardPath, IsExecutedByTheShellForm) {
  const test::TempDir dir;
  const std::string folder = dir.path() / GetParam();
  const std::string python = folder + "/bin/python";
  test::write_file(python, "#!/bin/sh\necho \"$0|$1|$2\"\n");
  ASSERT_EQ(::chmod(python.c_str(), 0755), 0);
  const std::string script = dir.path() / "script";
  test::write_file(script, console_script(python, {"m", "f"}));
  ASSERT_EQ(::chmod(script.c_str(), 0755), 0);

  std::FILE* const out = ::popen((script + " 'a b' c").c_str(), "r");
  ASSERT_NE(out, nullptr);
  std::string printed;
  for (int c = std::fgetc(out); c != EOF; c = std::fgetc(out)) {
    printed += static_cast<char>(c);
  }
  EXPECT_EQ(::pclose(out), 0);
  EXPECT_EQ(printed, python + "|" + script + "|a b\n");
}

INSTANTIATE_TEST_SUITE_P(Paths, AwkwardPath,
                         ::testing::Values("plain", "with space", "dollar $HOME x", "quote \" x",
                                           "apostrophe ' x", "three ''' x", "tick `true` x",
                                           "line\nbreak", std::string(150, 'l')));

}  // namespace
}  // namespace pel
