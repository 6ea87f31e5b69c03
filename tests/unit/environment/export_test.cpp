#include "store/environment/export.hpp"

#include <string>

#include <gtest/gtest.h>

namespace pel {
namespace {

std::string relocated(std::string_view path, std::string_view text) {
  return relocatable_text(path, text, "/out dir", "/home/u's/store/v1");
}

TEST(RelocatableText, ScriptsFindTheirInterpreterBesideThem) {
  const std::string text = relocated(
      "bin/go", "#!/bin/sh\n'''exec' \"/out dir/bin/python\" \"$0\" \"$@\"\n' '''\nimport x\n");
  EXPECT_EQ(text.find("/out dir"), std::string::npos);
  EXPECT_NE(text.find("realpath"), std::string::npos);
  EXPECT_TRUE(text.ends_with("' '''\nimport x\n"));
  EXPECT_EQ(relocated("bin/other", "#!/bin/bash\n"), "#!/bin/bash\n");
}

TEST(RelocatableText, StartFilesFindTheStoreByTheirDirectory) {
  EXPECT_EQ(relocated("lib/python3.11/site-packages/a.pth",
                      "import site; site.addpackage('/home/u\\'s/store/v1/wheels/a', 'a.pth', "
                      "known_paths)\n"),
            "import site; site.addpackage(sitedir.rsplit('/', 3)[0] + '/store/v1/wheels/a', "
            "'a.pth', known_paths)\n");
  EXPECT_EQ(relocated("lib/python3.15/site-packages/a.pth",
                      "/home/u's/store/v1/wheels/a/more\n/home/u's/store/v12\nimport x"),
            "../../../store/v1/wheels/a/more\n/home/u's/store/v12\nimport x");
}

TEST(RelocatableText, PathsForToolsAreRelativeToTheirDirectory) {
  EXPECT_EQ(relocated("lib/python3.13/site-packages/.pyenvlaunch.roots.pth",
                      "/home/u's/store/v1/wheels/a\n/home/u's/store/v1/wheels/b\n"),
            "../../../store/v1/wheels/a\n../../../store/v1/wheels/b\n");
}

TEST(RelocatableText, OthersStay) {
  EXPECT_EQ(relocated("share/x", "/home/u's/store/v1"), "/home/u's/store/v1");
}

}  // namespace
}  // namespace pel
