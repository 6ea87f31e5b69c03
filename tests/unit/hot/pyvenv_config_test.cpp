#include "launcher/hot/pyvenv_config.hpp"

#include <string>

#include <gtest/gtest.h>

#include "store/format/config_path.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

TEST(PyvenvConfig, ReadsTheKeysThatMatter) {
  const PyvenvConfig config = PyvenvConfig::parse(
      "home = /usr/bin\nversion = 3.11.2\npyenvlaunch = 1\n"
      "pyenvlaunch-store = /a b/store/v1\npyenvlaunch-launcher = 0.1.0-abc\n");
  EXPECT_EQ(config.home, "/usr/bin");
  EXPECT_TRUE(config.ours);
  EXPECT_EQ(config.store, "/a b/store/v1");
  EXPECT_EQ(config.launcher_id, "0.1.0-abc");
}

TEST(PyvenvConfig, TheStoresPathMayBeAnyBytes) {
  for (const std::string path :
       {"/a b/100%/store", "/\xff\xfe/%20", "/gr\xc3\xb6\xc3\x9f", "/%", "/a "}) {
    const std::string text = encode_config_path(path);
    for (const char c : text) {
      EXPECT_TRUE(c >= ' ' && c <= '~') << text;
    }
    EXPECT_EQ(PyvenvConfig::parse("pyenvlaunch-store = " + text).store, path);
  }
  EXPECT_EQ(decode_config_path("/a%2/%zz%"), "/a%2/%zz%");
}

TEST(PyvenvConfig, KeysInAnyCaseAndAnySpace) {
  const PyvenvConfig config = PyvenvConfig::parse("  HOME=/x/bin\t\r\nnot a line\n=\nhome2 = /y");
  EXPECT_EQ(config.home, "/x/bin");
  EXPECT_FALSE(config.ours);
}

TEST(PyvenvConfig, AnythingElseIsNotOurs) {
  for (const char* text : {"", "\n\n", "home", "pyenvlaunch", "[pyenvlaunch]\n", "\xff\xfe = 1"}) {
    EXPECT_FALSE(PyvenvConfig::parse(text).ours) << text;
  }
}

TEST(PyvenvConfig, NoFileIsNoConfiguration) {
  const test::TempDir dir;
  EXPECT_FALSE(PyvenvConfig::read((dir.path() / "pyvenv.cfg").string()));
}

TEST(PyvenvConfig, AHugeFileIsForeign) {
  const test::TempDir dir;
  const auto path = dir.path() / "pyvenv.cfg";
  test::write_file(path, "pyenvlaunch = 1\n" + std::string(100'000, '#'));
  const auto config = PyvenvConfig::read(path.string());
  ASSERT_TRUE(config);
  EXPECT_FALSE(config->ours);
}

}  // namespace
}  // namespace pel
