#include "store/prefix/prefix_writer.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;
using Kind = PrefixEntry::Kind;

class PrefixWriter : public ::testing::Test {
 protected:
  PrefixWriter() {
    fs::create_directories(tmp_);
    test::write_file(launcher_, "program");
    test::write_file(data_, "data");
    fs::permissions(data_, fs::perms(0444));
    plan_.add("bin/tool", {Kind::text, "#!x\n", 0755});
    plan_.add("bin/python", {Kind::program_link, launcher_});
    plan_.add("bin/python3", {Kind::symlink, "python"});
    plan_.add("share/x/data", {Kind::data_link, data_});
    plan_.add("pyvenv.cfg", {Kind::text, "home = x\n"});
  }

  PrefixChange write() { return write_prefix(plan_, prefix_, tmp_); }

  static ino_t inode(const fs::path& path) {
    struct stat status{};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_ino;
  }

  static unsigned mode(const fs::path& path) {
    struct stat status{};
    EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777U;
  }

  test::TempDir dir_;
  fs::path tmp_ = dir_.path() / "tmp";
  fs::path prefix_ = dir_.path() / "env";
  fs::path launcher_ = dir_.path() / "store/pyenvlaunch";
  fs::path data_ = dir_.path() / "store/data";
  PrefixPlan plan_;
};

TEST_F(PrefixWriter, MakesAllOfIt) {
  const PrefixChange change = write();
  EXPECT_TRUE(change.created);
  EXPECT_EQ(change.repaired, 0U);
  EXPECT_EQ(test::read_file(prefix_ / "pyvenv.cfg"), "home = x\n");
  EXPECT_EQ(mode(prefix_ / "bin/tool"), 0755U);
  EXPECT_EQ(mode(prefix_ / "pyvenv.cfg"), 0644U);
  EXPECT_EQ(mode(prefix_), 0755U);
  EXPECT_EQ(inode(prefix_ / "bin/python"), inode(launcher_));
  EXPECT_EQ(inode(prefix_ / "share/x/data"), inode(data_));
  EXPECT_EQ(fs::read_symlink(prefix_ / "bin/python3"), "python");
  EXPECT_TRUE(fs::is_empty(tmp_));
}

TEST_F(PrefixWriter, FindsNothingToDoTheSecondTime) {
  write();
  const PrefixChange change = write();
  EXPECT_FALSE(change.created);
  EXPECT_EQ(change.repaired, 0U);
}

TEST_F(PrefixWriter, RepairsWhatIsWrongAndTouchesNothingElse) {
  write();
  test::write_file(prefix_ / "lib/site-packages/users_own.py", "mine");
  test::write_file(prefix_ / "share/x/more", "mine");
  test::write_file(prefix_ / "pyvenv.cfg", "home = y\n");
  fs::permissions(prefix_ / "bin/tool", fs::perms(0644));
  fs::remove(prefix_ / "bin/python3");
  fs::create_symlink("/bin/false", prefix_ / "bin/python3");
  fs::remove(prefix_ / "bin/python");
  test::write_file(prefix_ / "bin/python", "another");
  fs::remove_all(prefix_ / "share/x/data");
  const PrefixChange change = write();
  EXPECT_FALSE(change.created);
  EXPECT_EQ(change.repaired, 5U);
  EXPECT_EQ(test::read_file(prefix_ / "pyvenv.cfg"), "home = x\n");
  EXPECT_EQ(mode(prefix_ / "bin/tool"), 0755U);
  EXPECT_EQ(fs::read_symlink(prefix_ / "bin/python3"), "python");
  EXPECT_EQ(inode(prefix_ / "bin/python"), inode(launcher_));
  EXPECT_EQ(inode(prefix_ / "share/x/data"), inode(data_));
  EXPECT_EQ(test::read_file(prefix_ / "lib/site-packages/users_own.py"), "mine");
  EXPECT_EQ(test::read_file(prefix_ / "share/x/more"), "mine");
  for (const auto& entry : fs::recursive_directory_iterator(prefix_)) {
    EXPECT_FALSE(entry.path().filename().string().starts_with(".tmp-")) << entry.path();
  }
}

TEST_F(PrefixWriter, LeavesWhatAProgramHasPutInThePlaceOfData) {
  write();
  fs::remove(prefix_ / "share/x/data");
  test::write_file(prefix_ / "share/x/data", "mine");
  EXPECT_EQ(write().repaired, 0U);
  EXPECT_EQ(test::read_file(prefix_ / "share/x/data"), "mine");
  EXPECT_EQ(test::read_file(data_), "data");
}

// A wheel that was unpacked again has other files than the environment has links to.
TEST_F(PrefixWriter, ALinkToAFileThatWasReplacedIsRenewed) {
  write();
  const auto time = fs::last_write_time(data_);
  fs::permissions(prefix_ / "share/x/data", fs::perms(0644));
  test::write_file(prefix_ / "share/x/data", "atad");
  fs::last_write_time(prefix_ / "share/x/data", time);
  fs::permissions(prefix_ / "share/x/data", fs::perms(0444));
  EXPECT_EQ(test::read_file(data_), "atad");
  fs::remove(data_);
  test::write_file(data_, "data");
  fs::permissions(data_, fs::perms(0444));
  fs::last_write_time(data_, time);
  EXPECT_EQ(write().repaired, 1U);
  EXPECT_EQ(test::read_file(prefix_ / "share/x/data"), "data");
  EXPECT_EQ(inode(prefix_ / "share/x/data"), inode(data_));
}

// Processes of two containers may have one number.
TEST_F(PrefixWriter, TemporaryFilesOfAnotherProcessStay) {
  write();
  std::vector<fs::path> others;
  for (int i = 0; i < 1000; ++i) {
    others.push_back(prefix_ / "bin" /
                     (".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(i)));
    test::write_file(others.back(), "another's");
  }
  fs::remove(prefix_ / "bin/tool");
  EXPECT_EQ(write().repaired, 1U);
  for (const fs::path& other : others) {
    EXPECT_TRUE(fs::exists(other)) << other;
  }
}

TEST_F(PrefixWriter, RepairsAPrefixThatIsAlmostEmpty) {
  fs::create_directories(prefix_ / "bin");
  test::write_file(prefix_ / "note", "mine");
  EXPECT_EQ(write().repaired, plan_.entries().size() - 1);
  EXPECT_EQ(write().repaired, 0U);
  EXPECT_EQ(test::read_file(prefix_ / "note"), "mine");
}

TEST_F(PrefixWriter, AFileWhereADirectoryMustBeIsReported) {
  write();
  fs::remove_all(prefix_ / "share");
  test::write_file(prefix_ / "share", "file");
  try {
    write();
    FAIL() << "no exception";
  } catch (const Error& error) {
    EXPECT_EQ(error.message(),
              "cannot repair " + (prefix_ / "share").string() + ": it is no directory");
    EXPECT_EQ(error.hint(), "remove it and try again");
  }
}

TEST_F(PrefixWriter, AMissingSourceIsAnErrorAndLeavesNothing) {
  fs::remove(data_);
  EXPECT_THROW(write(), Error);
  EXPECT_FALSE(fs::exists(prefix_));
  EXPECT_TRUE(fs::is_empty(tmp_));
}

// Where hard links cannot go, data is copied and the program is a symlink.
TEST_F(PrefixWriter, AcrossFileSystems) {
  struct stat here{};
  struct stat there{};
  if (::stat(dir_.path().c_str(), &here) != 0 || ::stat("/dev/shm", &there) != 0 ||
      here.st_dev == there.st_dev || ::access("/dev/shm", W_OK) != 0) {
    GTEST_SKIP() << "needs a second file system";
  }
  const fs::path far = fs::path("/dev/shm") / dir_.path().filename();
  fs::create_directories(far / "tmp");
  const fs::path prefix = far / "env";
  EXPECT_TRUE(write_prefix(plan_, prefix, far / "tmp").created);
  EXPECT_EQ(test::read_file(prefix / "share/x/data"), "data");
  EXPECT_EQ(mode(prefix / "share/x/data"), 0444U);
  EXPECT_EQ(fs::read_symlink(prefix / "bin/python"), launcher_);
  EXPECT_EQ(write_prefix(plan_, prefix, far / "tmp").repaired, 0U);
  fs::permissions(prefix / "share/x/data", fs::perms(0644));
  test::write_file(prefix / "share/x/data", "other data");
  EXPECT_EQ(write_prefix(plan_, prefix, far / "tmp").repaired, 0U);  // it is a program's own now
  fs::permissions(prefix / "share/x/data", fs::perms(0444));
  EXPECT_EQ(write_prefix(plan_, prefix, far / "tmp").repaired, 1U);
  fs::remove_all(far);
}

TEST_F(PrefixWriter, ManyAtOnceAllSucceed) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { EXPECT_NO_THROW(write()); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(write().repaired, 0U);
  EXPECT_TRUE(fs::is_empty(tmp_));
}

}  // namespace
}  // namespace pel
