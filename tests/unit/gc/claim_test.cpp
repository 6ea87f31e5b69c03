#include "store/records/claim.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "store/records/root_reader.hpp"
#include "store/tree/store.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

class Claims : public ::testing::Test {
 protected:
  Claims() { store_.prepare(); }

  test::TempDir dir_;
  Store store_{dir_.path().string()};
  const StoreLayout& layout_ = store_.layout();
  std::vector<std::string> wheels_ = {"a-1", "b-1"};
  std::vector<std::string> composites_ = {"c"};
};

TEST_F(Claims, AreRootsWhileTheyLive) {
  {
    Claim claim(layout_, "id", wheels_, "build");
    std::vector<StoredRoot> roots = read_roots(layout_);
    ASSERT_EQ(roots.size(), 1U);
    EXPECT_EQ(roots[0].kind, "add");
    EXPECT_EQ(roots[0].environment_id, "id");
    EXPECT_EQ(roots[0].launcher, "build");
    EXPECT_EQ(roots[0].wheel_ids, wheels_);
    EXPECT_TRUE(is_live_claim(roots[0].file));
    claim.extend(composites_);
    roots = read_roots(layout_);
    ASSERT_EQ(roots.size(), 1U);
    EXPECT_EQ(roots[0].wheel_ids, wheels_);
    EXPECT_EQ(roots[0].composite_ids, composites_);
  }
  EXPECT_TRUE(read_roots(layout_).empty());
}

TEST_F(Claims, OfDeadProcessesSayNothing) {
  const std::string file = layout_.roots() + "/add-1-AbCdEf";
  test::write_file(file, "{\"kind\": \"add\", \"wheels\": [\"a-1\"]}");
  EXPECT_FALSE(is_live_claim(file));
  EXPECT_FALSE(is_live_claim(layout_.roots() + "/none"));
}

// Who may write no root holds the store's lock instead.
TEST_F(Claims, WithoutAFileHoldTheLock) {
  fs::remove_all(layout_.roots());
  constexpr LockPatience kNone{.time = std::chrono::milliseconds(0)};
  {
    Claim claim(layout_, "id", wheels_, "build");
    EXPECT_NO_THROW(claim.extend(composites_));
    EXPECT_THROW(StoreLock(layout_, StoreLock::Mode::exclusive, kNone), Error);
  }
  EXPECT_NO_THROW(StoreLock(layout_, StoreLock::Mode::exclusive, kNone));
}

}  // namespace
}  // namespace pel
