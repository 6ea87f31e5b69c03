#include "store/tree/changed_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "store/tree/store.hpp"
#include "store/tree/stored_index.hpp"
#include "store/tree/tree_stamp.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wheel_builder.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

class ChangedFilesOfAWheel : public ::testing::Test {
 protected:
  ChangedFilesOfAWheel() {
    store_.prepare();
    test::WheelBuilder wheel("demo");
    wheel.add("demo/sub/data.txt", "data");
    const std::string file = wheel.write(dir_.path());
    id_ = store_.add(file, wheel.file_name, std::nullopt, Trust::nobody).id;
    root_ = store_.layout().wheel(id_);
    file_ = root_ + "/lib/python3/site-packages/demo/sub/data.txt";
  }

  [[nodiscard]] std::string find() const {
    const StoredIndex index(store_.layout(), id_);
    return ChangedFiles(root_, *index.view()).find();
  }

  // Somebody who may do everything does something to the file.
  void change(const std::function<void()>& action) {
    fs::permissions(fs::path(file_).parent_path(), fs::perms(0755));
    fs::permissions(file_, fs::perms(0644));
    action();
    if (fs::exists(file_)) {
      fs::permissions(file_, fs::perms(0444));
    }
  }

  test::TempDir dir_;
  Store store_{(dir_.path() / "home").string()};
  std::string id_;
  std::string root_;
  std::string file_;
};

TEST_F(ChangedFilesOfAWheel, NoneIsNone) {
  EXPECT_EQ(find(), "");
}

TEST_F(ChangedFilesOfAWheel, OfAnotherSize) {
  change([&] { test::write_file(file_, "longer than it was"); });
  EXPECT_EQ(find(), file_);
}

TEST_F(ChangedFilesOfAWheel, OfTheSameSize) {
  change([&] {
    test::write_file(file_, "atad");
    const timespec times[2] = {{0, UTIME_OMIT}, {1'000'000, 1}};
    ASSERT_EQ(::utimensat(AT_FDCWD, file_.c_str(), times, 0), 0);
  });
  EXPECT_EQ(find(), file_);
}

// A clock of the kernel's goes by milliseconds: what comes behind has another time.
void wait_for_clock() {
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
}

void restore_times(const std::string& file, const struct stat& before) {
  const timespec times[2] = {before.st_atim, before.st_mtim};
  ASSERT_EQ(::utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
}

TEST_F(ChangedFilesOfAWheel, WithSizeAndTimesOfBefore) {
  struct stat before{};
  ASSERT_EQ(::stat(file_.c_str(), &before), 0);
  wait_for_clock();
  change([&] { test::write_file(file_, "atad"); });
  restore_times(file_, before);
  EXPECT_EQ(find(), file_);
  wait_for_clock();
  change([&] { test::write_file(file_, "data"); });
  restore_times(file_, before);
  EXPECT_EQ(find(), "");
}

// As of a clock that was wrong when the wheel was added, and was set back since.
TEST_F(ChangedFilesOfAWheel, BehindAStampOfTheFuture) {
  struct stat before{};
  ASSERT_EQ(::stat(file_.c_str(), &before), 0);
  const std::string stamp = root_ + "/INDEX";
  const timespec future[2] = {{.tv_sec = 0, .tv_nsec = UTIME_OMIT},
                              {.tv_sec = 4'000'000'000, .tv_nsec = 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, stamp.c_str(), future, 0), 0);
  change([&] { test::write_file(file_, "atad"); });
  restore_times(file_, before);
  EXPECT_EQ(find(), file_);
  change([&] { test::write_file(file_, "data"); });
  restore_times(file_, before);
  wait_for_clock();
  const StoredIndex index(store_.layout(), id_);
  const ChangedFiles files(root_, *index.view());
  EXPECT_EQ(files.find(), "");
  files.renew_stamp();
  struct stat renewed{};
  ASSERT_EQ(::stat(stamp.c_str(), &renewed), 0);
  EXPECT_FALSE(TreeStamp::is_in_future(renewed.st_mtim));
  struct stat file{};
  ASSERT_EQ(::stat(file_.c_str(), &file), 0);
  EXPECT_TRUE(TreeStamp(root_).covers(file));
}

TEST_F(ChangedFilesOfAWheel, WithALinkAreReadOnce) {
  wait_for_clock();
  const std::string link = dir_.path() / "link";
  ASSERT_EQ(::link(file_.c_str(), link.c_str()), 0);
  const StoredIndex index(store_.layout(), id_);
  struct stat file{};
  ASSERT_EQ(::stat(file_.c_str(), &file), 0);
  EXPECT_FALSE(TreeStamp(root_).covers(file));
  wait_for_clock();
  const ChangedFiles files(root_, *index.view());
  EXPECT_EQ(files.find(), "");
  files.renew_stamp();
  EXPECT_TRUE(TreeStamp(root_).covers(file));
}

// As in a store that was copied, or restored from a backup, without times.
TEST_F(ChangedFilesOfAWheel, WithAnotherTimeOnlyAreNone) {
  const timespec times[2] = {{.tv_sec = 0, .tv_nsec = UTIME_NOW},
                             {.tv_sec = 1'700'000'000, .tv_nsec = 123'456'789}};
  ASSERT_EQ(::utimensat(AT_FDCWD, file_.c_str(), times, 0), 0);
  EXPECT_EQ(find(), "");
  struct stat file{};
  ASSERT_EQ(::stat(file_.c_str(), &file), 0);
  EXPECT_EQ(file.st_mtim.tv_sec, 1'700'000'000);
  EXPECT_EQ(file.st_mtim.tv_nsec, 0);
}

TEST_F(ChangedFilesOfAWheel, WhileTheyAreLookedAt) {
  struct stat before{};
  ASSERT_EQ(::stat(file_.c_str(), &before), 0);
  wait_for_clock();
  fs::create_hard_link(file_, dir_.path() / "link");  // so that it is read
  wait_for_clock();
  const StoredIndex index(store_.layout(), id_);
  const ChangedFiles files(root_, *index.view());
  EXPECT_EQ(files.find(), "");
  change([&] { test::write_file(file_, "atad"); });
  restore_times(file_, before);
  files.renew_stamp();
  EXPECT_EQ(find(), file_);
}

TEST_F(ChangedFilesOfAWheel, ThatAreGone) {
  change([&] { fs::remove(file_); });
  EXPECT_EQ(find(), file_);
}

TEST_F(ChangedFilesOfAWheel, OfAnotherModeOrKind) {
  fs::permissions(file_, fs::perms(0644));
  EXPECT_EQ(find(), file_);
  change([&] {
    fs::remove(file_);
    fs::create_symlink("/etc/passwd", file_);
  });
  EXPECT_EQ(find(), file_);
}

TEST_F(ChangedFilesOfAWheel, InAPart) {
  change([&] { fs::remove(file_); });
  const StoredIndex index(store_.layout(), id_);
  const ChangedFiles files(root_, *index.view());
  std::size_t found = 0;
  std::uint32_t next = 0;
  for (const ChangedFiles::Part part : files.parts(1)) {
    EXPECT_EQ(part.first, next);
    EXPECT_GT(part.end, part.first);
    next = part.end;
    found += files.find(part).empty() ? 0U : 1U;
  }
  EXPECT_EQ(next, index.view()->directory_count());
  EXPECT_EQ(found, 1U);
  EXPECT_EQ(files.parts(1000).size(), 1U);
}

}  // namespace
}  // namespace pel
