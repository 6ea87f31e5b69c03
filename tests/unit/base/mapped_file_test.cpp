#include "store/base/mapped_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "store/base/file_identity.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

using Trust = MappedFile::Trust;

std::string_view text_of(const MappedFile& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

class MappedFileTest : public ::testing::Test {
 protected:
  MappedFileTest() {
    test::write_file(path_, "content");
    EXPECT_EQ(::chmod(path_.c_str(), 0644), 0);
  }

  test::TempDir dir_;
  std::string path_ = (dir_.path() / "file").string();
  int error_ = -1;
};

TEST_F(MappedFileTest, ShowsTheContent) {
  const MappedFile file = MappedFile::open(path_.c_str(), Trust::own_or_root, error_);
  EXPECT_EQ(error_, 0);
  EXPECT_EQ(text_of(file), "content");
}

TEST_F(MappedFileTest, KeepsTheContentOfAFileThatWasReplaced) {
  const MappedFile file = MappedFile::open(path_.c_str(), Trust::own_or_root, error_);
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  test::write_file(path_, "another");
  EXPECT_EQ(text_of(file), "content");
}

TEST_F(MappedFileTest, MoveTakesTheMapping) {
  MappedFile file = MappedFile::open(path_.c_str(), Trust::anybody, error_);
  MappedFile other = std::move(file);
  EXPECT_EQ(text_of(other), "content");
}

// A fifo would have its reader wait for ever.
TEST_F(MappedFileTest, DoesNotWaitForAWriter) {
  const std::string fifo = (dir_.path() / "fifo").string();
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_FALSE(MappedFile::open(fifo.c_str(), Trust::anybody, error_));
  EXPECT_EQ(error_, EINVAL);
}

TEST_F(MappedFileTest, RefusesWhatCannotBeMapped) {
  test::write_file(path_, "");
  EXPECT_FALSE(MappedFile::open(path_.c_str(), Trust::anybody, error_));
  EXPECT_EQ(error_, EINVAL);
  EXPECT_FALSE(MappedFile::open(dir_.path().c_str(), Trust::anybody, error_));
  EXPECT_EQ(error_, EINVAL);
  EXPECT_FALSE(MappedFile::open("/dev/zero", Trust::anybody, error_));
  EXPECT_EQ(error_, EINVAL);
  EXPECT_FALSE(MappedFile::open((path_ + ".missing").c_str(), Trust::anybody, error_));
  EXPECT_EQ(error_, ENOENT);
}

TEST_F(MappedFileTest, RefusesWhatSomebodyElseCouldHaveWritten) {
  for (const mode_t mode : {0664U, 0646U}) {
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
    EXPECT_FALSE(MappedFile::open(path_.c_str(), Trust::own_or_root, error_));
    EXPECT_EQ(error_, EPERM);
    EXPECT_TRUE(MappedFile::open(path_.c_str(), Trust::anybody, error_));
  }
}

TEST_F(MappedFileTest, IdentityChangesWithTheFile) {
  const auto before = identify(path_.c_str());
  ASSERT_TRUE(before);
  EXPECT_EQ(before->size, 7U);
  EXPECT_EQ(identify(path_.c_str()), before);
  test::write_file(path_ + ".new", "content");
  ASSERT_EQ(::rename((path_ + ".new").c_str(), path_.c_str()), 0);
  EXPECT_NE(identify(path_.c_str()), before);
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  EXPECT_EQ(identify(path_.c_str()), std::nullopt);
}

}  // namespace
}  // namespace pel
