#include "store/records/roots.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/records/root_reader.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

class RootsOfAStore : public ::testing::Test {
 protected:
  RootsOfAStore() { fs::create_directories(layout_.roots()); }

  [[nodiscard]] EnvironmentRoot root(const std::string& lock) const {
    return {.environment_id = "id",
            .prefix = "/c/id",
            .lock = lock,
            .lock_digest = "d1",
            .launcher = "build",
            .wheel_ids = wheels_,
            .composite_ids = composites_};
  }

  test::TempDir dir_;
  StoreLayout layout_{dir_.path().string()};
  std::vector<std::string> wheels_ = {"a-1.0-x", "b-2.0-y"};
  std::vector<std::string> composites_ = {"0123"};
  std::string file_ = root_file(layout_, "id", "/c/id");
};

TEST_F(RootsOfAStore, SayWhatTheEnvironmentNeeds) {
  write_root(layout_, root("/l"));
  const StoredRoot read = read_root(file_);
  EXPECT_EQ(read.kind, "environment");
  EXPECT_EQ(read.environment_id, "id");
  EXPECT_EQ(read.prefix, "/c/id");
  EXPECT_EQ(read.launcher, "build");
  EXPECT_EQ(read.wheel_ids, wheels_);
  EXPECT_EQ(read.composite_ids, composites_);
  ASSERT_EQ(read.locks.size(), 1U);
  EXPECT_EQ(read.locks[0].path, "/l");
  EXPECT_EQ(read.locks[0].digest, "d1");
  remove_root(layout_, "id", "/c/id");
  EXPECT_FALSE(fs::exists(file_));
  EXPECT_NO_THROW(remove_root(layout_, "id", "/c/id"));
}

// Two locks of the same wheels lead to one environment; when one of them goes, it stays.
TEST_F(RootsOfAStore, KeepTheOtherLocksThatExist) {
  const std::string first = dir_.path() / "first.lock";
  test::write_file(first, "");
  write_root(layout_, root(first));
  write_root(layout_, root("/gone.lock"));
  write_root(layout_, root("/l"));
  const StoredRoot read = read_root(file_);
  ASSERT_EQ(read.locks.size(), 2U);
  EXPECT_EQ(read.locks[0].path, first);
  EXPECT_EQ(read.locks[1].path, "/l");
  write_root(layout_, root(first));
  EXPECT_EQ(read_root(file_).locks.size(), 1U);
}

TEST_F(RootsOfAStore, AreRetiredWithoutTheirLocks) {
  write_root(layout_, root("/l"));
  retire_root(file_);
  const StoredRoot read = read_root(file_);
  EXPECT_TRUE(read.locks.empty());
  EXPECT_EQ(read.wheel_ids, wheels_);
  EXPECT_NO_THROW(retire_root(layout_.roots() + "/none"));
}

TEST_F(RootsOfAStore, HoldPathsThatAreNoUtf8) {
  const std::string lock = dir_.path() / "l\xff.lock";
  test::write_file(lock, "");
  write_root(layout_, root(lock));
  ASSERT_EQ(read_root(file_).locks.size(), 1U);
  EXPECT_EQ(read_root(file_).locks[0].path, lock);
}

TEST_F(RootsOfAStore, SayWhenTheyAreDamaged) {
  for (const char* const text : {"", "{", "[]", "{}", "{\"kind\": \"pin\", \"wheels\": [\"../x\"]}",
                                 "{\"kind\": \"pin\", \"wheels\": \"x\"}"}) {
    test::write_file(file_, text);
    EXPECT_FALSE(read_root(file_).damage.empty()) << text;
    EXPECT_TRUE(read_root(file_).wheel_ids.empty()) << text;
  }
  EXPECT_EQ(read_roots(layout_).size(), 1U);
  EXPECT_TRUE(read_root("/nowhere").damage.empty());
}

// What older versions wrote.
TEST_F(RootsOfAStore, MayNameOneLockWithoutADigest) {
  test::write_file(file_, "{\"kind\": \"environment\", \"lock\": \"/l\", \"wheels\": []}");
  ASSERT_EQ(read_root(file_).locks.size(), 1U);
  EXPECT_EQ(read_root(file_).locks[0].path, "/l");
  EXPECT_EQ(read_root(file_).locks[0].digest, "");
}

// Two cache directories may share a store, and hold environments of the same content.
TEST(Roots, AreToldApartByThePrefix) {
  const StoreLayout layout("/s");
  EXPECT_NE(root_file(layout, "id", "/c1/id"), root_file(layout, "id", "/c2/id"));
  EXPECT_TRUE(root_file(layout, "id", "/c1/id").starts_with("/s/store/v1/roots/env-id-"));
}

}  // namespace
}  // namespace pel
