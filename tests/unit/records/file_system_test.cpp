#include "store/records/file_system.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

class FileSystem : public ::testing::Test {
 protected:
  test::TempDir dir_;
  std::string source_ = dir_.path() / "source";
  std::string target_ = dir_.path() / "target";
};

TEST_F(FileSystem, ACopyHasContentTimeAndTheModeAskedFor) {
  const std::string content(300'000, 'x');
  test::write_file(source_, content);
  const timespec times[2] = {{1'000'000'000, 5}, {1'000'000'001, 7}};
  ASSERT_EQ(::utimensat(AT_FDCWD, source_.c_str(), times, 0), 0);
  copy_file(source_, target_, 0444);
  struct stat status{};
  ASSERT_EQ(::stat(target_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0444U);
  EXPECT_EQ(status.st_mtim.tv_sec, 1'000'000'001);
  EXPECT_EQ(test::read_file(target_), content);
}

TEST_F(FileSystem, NewFilesNeverOverwrite) {
  write_new_file(target_, "first", 0600);
  EXPECT_THROW(write_new_file(target_, "second", 0600), Error);
  EXPECT_EQ(test::read_file(target_), "first");
}

TEST_F(FileSystem, AMissingFileIsNoError) {
  EXPECT_EQ(read_file_if_any(target_), std::nullopt);
  EXPECT_EQ(read_file_if_any(source_ + "/below"), std::nullopt);
  EXPECT_NO_THROW(remove_file(target_));
  EXPECT_THROW(static_cast<void>(read_file_if_any(dir_.path())), Error);
}

TEST_F(FileSystem, LargeAndEmptyFilesAreReadWhole) {
  const std::string content(200'000, 'y');
  test::write_file(source_, content);
  EXPECT_EQ(read_file_if_any(source_), content);
  test::write_file(target_, "");
  EXPECT_EQ(read_file_if_any(target_), "");
}

TEST_F(FileSystem, ATemporaryDirectoryGoesUnlessItIsPublished) {
  std::string path;
  {
    const TemporaryDirectory temporary(dir_.path(), "t");
    path = temporary.path();
    test::write_file(path + "/a/b", "x");
  }
  EXPECT_FALSE(fs::exists(path));
  {
    TemporaryDirectory temporary(dir_.path(), "t");
    test::write_file(temporary.path() + "/a", "x");
    EXPECT_TRUE(temporary.publish(target_));
  }
  EXPECT_TRUE(fs::exists(target_ + "/a"));
  TemporaryDirectory second(dir_.path(), "t");
  EXPECT_FALSE(second.publish(target_));
}

}  // namespace
}  // namespace pel
