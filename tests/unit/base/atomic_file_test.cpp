#include "store/base/atomic_file.hpp"

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

class AtomicFileTest : public ::testing::Test {
 protected:
  // The names in the test folder: a stray temporary file shows up here.
  [[nodiscard]] std::size_t file_count() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(dir_.path()), fs::directory_iterator()));
  }

  test::TempDir dir_;
  std::string target_ = (dir_.path() / "finder.tbl").string();
};

TEST_F(AtomicFileTest, CommitCreatesTheTargetWithTheModeAskedFor) {
  AtomicFile file(target_, {.mode = 0444});
  file.write("new");
  file.commit();

  struct stat status{};
  ASSERT_EQ(::stat(target_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0444U);
  EXPECT_EQ(test::read_file(target_), "new");
  EXPECT_EQ(file_count(), 1U);
}

TEST_F(AtomicFileTest, TargetKeepsItsContentUntilCommit) {
  test::write_file(target_, "old");
  AtomicFile file(target_, {.durability = AtomicFile::Durability::after_power_loss});
  file.write("new");
  EXPECT_EQ(test::read_file(target_), "old");
  file.commit();
  EXPECT_EQ(test::read_file(target_), "new");
}

TEST_F(AtomicFileTest, WithoutCommitNothingRemains) {
  {
    AtomicFile file(target_);
    file.write("new");
  }
  EXPECT_EQ(file_count(), 0U);
}

TEST_F(AtomicFileTest, SeveralWritesFollowEachOther) {
  AtomicFile file(target_);
  file.write("one ");
  file.write(std::string_view());
  file.write("two");
  file.commit();
  EXPECT_EQ(test::read_file(target_), "one two");
}

TEST_F(AtomicFileTest, MissingFolderIsReportedWithTheTargetsName) {
  const std::string missing = (dir_.path() / "missing" / "finder.tbl").string();
  try {
    const AtomicFile file(missing);
    FAIL() << "no exception";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_EQ(error.message(),
              "cannot create a temporary file for " + missing + ": no such file or directory");
  }
}

// A size limit stands in for a full disk: the write fails part way, as ENOSPC would.
TEST_F(AtomicFileTest, FailedWriteLeavesTheOldContentAndNoTemporaryFile) {
  test::write_file(target_, "old");
  rlimit old_limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old_limit), 0);
  auto* const old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{4096, old_limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  {
    AtomicFile file(target_);
    EXPECT_THROW(file.write(std::string(10'000, 'x')), Error);
  }
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old_limit), 0);
  std::signal(SIGXFSZ, old_handler);

  EXPECT_EQ(test::read_file(target_), "old");
  EXPECT_EQ(file_count(), 1U);
}

TEST_F(AtomicFileTest, FailedRenameLeavesNoTemporaryFile) {
  fs::create_directory(target_);  // rename(2) does not replace a folder by a file
  {
    AtomicFile file(target_);
    file.write("new");
    EXPECT_THROW(file.commit(), Error);
  }
  EXPECT_EQ(file_count(), 1U);
}

TEST_F(AtomicFileTest, SecondCommitIsAProgrammingError) {
  AtomicFile file(target_);
  file.commit();
  EXPECT_THROW(file.commit(), std::logic_error);
}

TEST(AtomicFile, KnowsItsTemporaryNames) {
  EXPECT_TRUE(AtomicFile::is_temporary_name(".tmp-finder.tbl-Ab3xYz"));
  EXPECT_TRUE(AtomicFile::is_temporary_name(".tmp-finder.tbl-Ab3xYz", "finder.tbl"));
  EXPECT_FALSE(AtomicFile::is_temporary_name(".tmp-finder.tbl.old-Ab3xYz", "finder.tbl"));
  EXPECT_FALSE(AtomicFile::is_temporary_name(".tmp-finder", "finder.tbl"));
  EXPECT_FALSE(AtomicFile::is_temporary_name("finder.tbl"));
}

TEST_F(AtomicFileTest, WhatIsTemporaryForAFileIsNoOtherName) {
  EXPECT_TRUE(AtomicFile::is_temporary_name(".tmp-finder.tbl-aB3dE9", "finder.tbl"));
  EXPECT_FALSE(AtomicFile::is_temporary_name(".tmp-finder.tbl", "finder.tbl"));
  EXPECT_FALSE(AtomicFile::is_temporary_name(".tmp-finder.tbl-notes-2024", "finder.tbl"));
  EXPECT_FALSE(AtomicFile::is_temporary_name(".tmp-finder-aB3dE9", "finder.tbl"));
  EXPECT_FALSE(AtomicFile::is_temporary_name("finder.tbl", "finder.tbl"));
}

TEST_F(AtomicFileTest, ALongNameHasATemporaryOneToo) {
  const std::string name(255, 'n');
  AtomicFile file((dir_.path() / name).string());
  file.write("new");
  const std::string temporary = fs::directory_iterator(dir_.path())->path().filename().string();
  EXPECT_TRUE(AtomicFile::is_temporary_name(temporary, name));
  file.commit();
  EXPECT_EQ(test::read_file((dir_.path() / name).string()), "new");
}

}  // namespace
}  // namespace pel
