#include "store/base/text_file.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

TEST(ReadTextFile, ReadsTheWhole) {
  const test::TempDir dir;
  const std::string path = (dir.path() / "f").string();
  const std::string written(70'000, 'x');
  test::write_file(path, written);
  std::string text;
  EXPECT_EQ(read_text_file(path, 70'000, text), 0);
  EXPECT_EQ(text, written);
  EXPECT_EQ(read_text_file(path, 69'999, text), EFBIG);
}

TEST(ReadTextFile, AnEmptyFileIsFine) {
  const test::TempDir dir;
  const std::string path = (dir.path() / "f").string();
  test::write_file(path, "");
  std::string text = "old";
  EXPECT_EQ(read_text_file(path, 10, text), 0);
  EXPECT_EQ(text, "");
}

TEST(ReadTextFile, RefusesWhatIsNoFileWithoutBlocking) {
  const test::TempDir dir;
  std::string text;
  EXPECT_EQ(read_text_file(dir.path().string(), 10, text), EISDIR);
  EXPECT_EQ(read_text_file((dir.path() / "none").string(), 10, text), ENOENT);
  const std::string fifo = (dir.path() / "fifo").string();
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(read_text_file(fifo, 10, text), EINVAL);
}

// /proc says that its files have size 0.
TEST(ReadTextFile, ReadsFilesThatHideTheirSize) {
  std::string text;
  EXPECT_EQ(read_text_file("/proc/self/status", 1 << 20, text), 0);
  EXPECT_NE(text.find("Name:"), std::string::npos);
}

}  // namespace
}  // namespace pel
