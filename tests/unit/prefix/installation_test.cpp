#include "store/prefix/installation.hpp"

#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

class InstallationTest : public ::testing::Test {
 protected:
  InstallationTest() {
    test::write_file(root_ / "bin/pyenvlaunch", "launcher");
    test::write_file(root_ / "libexec/pyenvlaunch/embed.so", "embed");
    test::write_file(manager_, "manager");
    fs::create_directories(layout_.launchers());
  }

  [[nodiscard]] Installation copy() {
    return copy_to_store(find_installation(manager_), layout_, "1");
  }

  test::TempDir dir_;
  fs::path root_ = dir_.path() / "usr";
  std::string manager_ = root_ / "libexec/pyenvlaunch/pyenvlaunch-manager";
  StoreLayout layout_{(dir_.path() / "home").string()};
};

TEST_F(InstallationTest, IsFoundFromTheManager) {
  const Installation found = find_installation(manager_);
  EXPECT_EQ(found.launcher, (root_ / "bin/pyenvlaunch").string());
  EXPECT_EQ(found.embed, (root_ / "libexec/pyenvlaunch/embed.so").string());
}

TEST_F(InstallationTest, TheCopyWorksByItself) {
  const Installation copied = copy();
  EXPECT_EQ(copied.launcher, layout_.launchers() + "/1/pyenvlaunch");
  fs::remove_all(root_);
  const Installation found = find_installation(copied.manager);
  EXPECT_EQ(found.launcher, copied.launcher);
  EXPECT_EQ(found.embed, copied.embed);
  EXPECT_EQ(copy_to_store(found, layout_, "1").launcher, copied.launcher);
  EXPECT_EQ(test::read_file(copied.launcher), "launcher");
  struct stat status{};
  ASSERT_EQ(::stat(copied.embed.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0555U);
}

TEST_F(InstallationTest, AFileOfTheCopyThatDiffersIsReplaced) {
  const Installation copied = copy();
  fs::remove(copied.embed);
  fs::remove(copied.launcher);
  test::write_file(copied.launcher, "damaged!");
  static_cast<void>(copy());
  EXPECT_EQ(test::read_file(copied.launcher), "launcher");
  EXPECT_EQ(test::read_file(copied.embed), "embed");
}

TEST_F(InstallationTest, AGoodCopyIsLeftAlone) {
  const Installation copied = copy();
  const auto time = fs::last_write_time(layout_.launchers() + "/1");
  static_cast<void>(copy());
  EXPECT_EQ(fs::last_write_time(layout_.launchers() + "/1"), time);
}

TEST_F(InstallationTest, ACopyOfTheSameContentGetsTheTimeOfItsSource) {
  const Installation copied = copy();
  const auto later = fs::last_write_time(manager_) + std::chrono::hours(1);
  fs::last_write_time(manager_, later);
  static_cast<void>(copy());
  EXPECT_EQ(fs::last_write_time(copied.manager), later);
}

TEST_F(InstallationTest, AMissingPartIsNamed) {
  fs::remove(root_ / "libexec/pyenvlaunch/embed.so");
  try {
    static_cast<void>(find_installation(manager_));
    FAIL() << "no exception";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_EQ(error.message(), "cannot find " + (root_ / "libexec/pyenvlaunch/embed.so").string() +
                                   ", a part of this program");
  }
}

}  // namespace
}  // namespace pel
