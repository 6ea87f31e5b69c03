#include "store/tree/temporary_tree.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "store/tree/change_mode.hpp"
#include "store/tree/file_system_sync.hpp"
#include "store/tree/move_away.hpp"
#include "store/tree/remove_tree.hpp"
#include "store/tree/store.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

class TemporaryTreeTest : public ::testing::Test {
 protected:
  void SetUp() override { store_.prepare(); }

  [[nodiscard]] bool tmp_is_empty() const { return fs::is_empty(layout_.tmp()); }

  test::TempDir dir_;
  Store store_{dir_.path() / "home"};
  const StoreLayout& layout_ = store_.layout();
};

TEST_F(TemporaryTreeTest, GoesWithAllThatIsInIt) {
  {
    const TemporaryTree tree(layout_, "test");
    struct stat status{};
    ASSERT_EQ(::stat(tree.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0700U);
    test::write_file(fs::path(tree.path()) / "a/b/c", "text");
    fs::create_symlink("/", fs::path(tree.path()) / "a/link");
    ASSERT_EQ(::chmod((tree.path() + "/a/b").c_str(), 0), 0);
  }
  EXPECT_TRUE(tmp_is_empty());
}

TEST_F(TemporaryTreeTest, PublishesOnce) {
  const std::string target = layout_.wheels() + "/x";
  {
    TemporaryTree tree(layout_, "test");
    test::write_file(fs::path(tree.path()) / "file", "first");
    EXPECT_TRUE(tree.publish(target));
  }
  {
    TemporaryTree tree(layout_, "test");
    test::write_file(fs::path(tree.path()) / "file", "second");
    EXPECT_FALSE(tree.publish(target));
  }
  EXPECT_EQ(test::read_file(target + "/file"), "first");
  struct stat status{};
  ASSERT_EQ(::stat(target.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0555U);
  EXPECT_TRUE(tmp_is_empty());
  remove_tree(target);
}

TEST_F(TemporaryTreeTest, OfALivingProcessIsNotReclaimed) {
  const TemporaryTree tree(layout_, "test");
  static_cast<void>(reclaim_temporary_trees(layout_));
  EXPECT_TRUE(fs::exists(tree.path()));
}

TEST_F(TemporaryTreeTest, OfADeadProcessIsReclaimed) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const TemporaryTree tree(layout_, "test");
    test::write_file(fs::path(tree.path()) / "a/b", "text");
    ::chmod((tree.path() + "/a").c_str(), 0555);
    ::_exit(0);  // no destructor runs
  }
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_FALSE(tmp_is_empty());
  EXPECT_FALSE(reclaim_temporary_trees(layout_));
  EXPECT_TRUE(tmp_is_empty());
}

// A removal that was interrupted may not have told anybody.
TEST_F(TemporaryTreeTest, ReclaimedTrashChangesTheGeneration) {
  const std::string before = test::read_file(layout_.generation());
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const TemporaryTree tree(layout_, kTrash);
    ::_exit(0);
  }
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  store_.prepare();
  EXPECT_TRUE(tmp_is_empty());
  EXPECT_NE(test::read_file(layout_.generation()), before);
}

TEST_F(TemporaryTreeTest, WhatOthersPutThereIsLeftAloneWhileItIsNew) {
  fs::create_directory(fs::path(layout_.tmp()) / "theirs");
  EXPECT_FALSE(reclaim_temporary_trees(layout_));
  EXPECT_TRUE(fs::exists(fs::path(layout_.tmp()) / "theirs"));
}

// One that clears up there and is stopped in the middle does not hold up others for ever.
TEST_F(TemporaryTreeTest, NamesWhoIsClearingUp) {
  const UniqueFd gate(::open((layout_.locks() + "/tmp").c_str(), O_RDONLY | O_CREAT, 0644));
  ASSERT_EQ(::flock(gate.get(), LOCK_EX), 0);
  try {
    const TemporaryTree tree(layout_, "test", {.time = std::chrono::milliseconds(0)});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::busy);
    EXPECT_NE(error.message().find("process " + std::to_string(::getpid()) + " ("),
              std::string::npos)
        << error.message();
  }
  EXPECT_TRUE(tmp_is_empty());
}

TEST(RemoveTree, IsSilentAboutWhatIsNotThere) {
  const test::TempDir dir;
  EXPECT_NO_THROW(remove_tree(dir.path() / "missing"));
}

TEST(RemoveTree, RemovesVeryDeepTrees) {
  const test::TempDir dir;
  fs::path path = dir.path() / "top";
  for (int i = 0; i < 400; ++i) {
    path /= "d";
  }
  fs::create_directories(path);
  remove_tree(dir.path() / "top");
  EXPECT_FALSE(fs::exists(dir.path() / "top"));
}

// Deeper than any path that the system takes.
TEST(RemoveTree, RemovesTreesThatHaveNoPath) {
  const test::TempDir dir;
  const std::string name(100, 'd');
  UniqueFd at(::open(dir.path().c_str(), O_RDONLY | O_DIRECTORY));
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(::mkdirat(at.get(), name.c_str(), 0755), 0);
    UniqueFd next(::openat(at.get(), name.c_str(), O_RDONLY | O_DIRECTORY));
    ASSERT_EQ(::fchmod(at.get(), i == 0 ? 0755 : 0555), 0);
    at = std::move(next);
  }
  remove_tree(dir.path() / name);
  EXPECT_FALSE(fs::exists(dir.path() / name));
}

TEST(RemoveTree, RemovesWhatItsOwnerCannotRead) {
  const test::TempDir dir;
  fs::create_directories(dir.path() / "top/closed/inner");
  ASSERT_EQ(::chmod((dir.path() / "top/closed").c_str(), 0000), 0);
  ASSERT_EQ(::chmod((dir.path() / "top").c_str(), 0000), 0);
  remove_tree(dir.path() / "top");
  EXPECT_FALSE(fs::exists(dir.path() / "top"));
}

TEST(RemoveTree, FollowsNoLink) {
  const test::TempDir dir;
  test::write_file(dir.path() / "outside/file", "text");
  ASSERT_EQ(::chmod((dir.path() / "outside").c_str(), 0755), 0);
  fs::create_directories(dir.path() / "top");
  fs::create_directory_symlink(dir.path() / "outside", dir.path() / "top/link");
  remove_tree(dir.path() / "top");
  EXPECT_FALSE(fs::exists(dir.path() / "top"));
  EXPECT_TRUE(fs::exists(dir.path() / "outside/file"));
}

TEST(ChangeMode, LeavesWhatALinkLeadsTo) {
  const test::TempDir dir;
  fs::create_directory(dir.path() / "outside");
  fs::create_directory_symlink(dir.path() / "outside", dir.path() / "link");
  ASSERT_TRUE(change_mode(dir.path() / "outside", 0711));
  EXPECT_FALSE(change_mode(dir.path() / "link", 0777));
  EXPECT_EQ(errno, EOPNOTSUPP);
  EXPECT_EQ(static_cast<unsigned>(fs::status(dir.path() / "outside").permissions()), 0711U);
}

TEST(MoveAway, TakesALinkAndNotWhatItLeadsTo) {
  const test::TempDir dir;
  fs::create_directory(dir.path() / "outside");
  ASSERT_TRUE(change_mode(dir.path() / "outside", 0500));
  fs::create_directory_symlink(dir.path() / "outside", dir.path() / "link");
  fs::create_directory(dir.path() / "trash");
  EXPECT_TRUE(move_away(dir.path() / "link", dir.path() / "trash/link"));
  EXPECT_FALSE(move_away(dir.path() / "link", dir.path() / "trash/again"));
  EXPECT_TRUE(fs::is_symlink(dir.path() / "trash/link"));
  EXPECT_EQ(static_cast<unsigned>(fs::status(dir.path() / "outside").permissions()), 0500U);
}

TEST(FileSystemSync, FlushesAndReportsABadDescriptor) {
  const test::TempDir dir;
  FileSystemSync sync;
  const UniqueFd fd(::open(dir.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  EXPECT_TRUE(sync.flush(fd.get()));
  EXPECT_FALSE(sync.flush(-1));
  EXPECT_EQ(errno, EBADF);
  EXPECT_TRUE(sync.flush(fd.get()));
}

}  // namespace
}  // namespace pel
