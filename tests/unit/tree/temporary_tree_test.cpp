#include "store/tree/temporary_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "store/tree/file_system_sync.hpp"
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
