#include "store/environment/environment_removal.hpp"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "store/records/cache_layout.hpp"
#include "store/records/claim.hpp"
#include "store/records/roots.hpp"
#include "store/records/selections.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

class EnvironmentRemoval : public ::testing::Test {
 protected:
  EnvironmentRemoval() {
    cache_.prepare();
    fs::create_directories(layout_.roots());
  }

  // A lock's selection, and the environment that it led to.
  void make(const std::string& key, const std::string& lock, const std::string& id) {
    SelectionRecord record;
    record.prefix = cache_.prefix(id);
    record.store = layout_.root();
    record.lock = lock;
    write_selection(cache_, key, record);
    test::write_file(record.prefix + "/share/data", "x");
    fs::permissions(record.prefix + "/share/data", fs::perms(0444));
    write_root(layout_,
               {.environment_id = id, .prefix = record.prefix, .lock = lock, .wheel_ids = {}});
  }

  [[nodiscard]] bool exists(const std::string& id) const {
    const std::string prefix = cache_.prefix(id);
    EXPECT_EQ(fs::exists(prefix), fs::exists(root_file(layout_, id, prefix)));
    return fs::exists(prefix);
  }

  RemovalResult remove(const std::string& lock) { return remove_environments(locations_, lock); }

  test::TempDir dir_;
  StoreLocations locations_{dir_.path() / "home", dir_.path() / "cache"};
  StoreLayout layout_{locations_.home};
  CacheLayout cache_{locations_.cache};
};

TEST_F(EnvironmentRemoval, ForgetsEverySelectionOfTheLock) {
  make("k1", "/x/app.lock", "environment1");
  make("k2", "/x/app.lock", "environment2");
  make("k3", "/x/other.lock", "environment3");
  const RemovalResult result = remove("/x/app.lock");
  EXPECT_EQ(result.selections, 2U);
  EXPECT_EQ(result.environments, 2U);
  EXPECT_FALSE(exists("environment1"));
  EXPECT_FALSE(exists("environment2"));
  EXPECT_TRUE(exists("environment3"));
  EXPECT_EQ(list_selections(cache_).size(), 1U);
  EXPECT_TRUE(fs::is_empty(cache_.tmp()));
}

TEST_F(EnvironmentRemoval, DoesNotTakeAwayWhatIsBeingMade) {
  make("k1", "/x/app.lock", "environment1");
  make("k2", "/x/other.lock", "environment2");
  fs::create_directories(layout_.locks());
  const Claim other(layout_, "environment2", {}, "launcher");
  std::optional<Claim> claim(std::in_place, layout_, "environment1", std::vector<std::string>{},
                             "launcher");
  try {
    remove_environments(locations_, "/x/app.lock", {.time = std::chrono::milliseconds(20)});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::busy);
    EXPECT_EQ(error.message(), "cannot remove an environment that process " +
                                   std::to_string(::getpid()) + " is making");
  }
  EXPECT_TRUE(exists("environment1"));
  // Its maker writes the record of another selection at its end.
  std::thread maker([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    make("k3", "/x/app.lock", "environment1");
    claim.reset();
  });
  const RemovalResult result = remove("/x/app.lock");
  maker.join();
  EXPECT_EQ(result.selections, 2U);
  EXPECT_EQ(result.environments, 1U);
  EXPECT_FALSE(exists("environment1"));
  EXPECT_TRUE(exists("environment2"));
}

TEST_F(EnvironmentRemoval, KeepsWhatAnotherLockUses) {
  make("k1", "/x/app.lock", "shared");
  make("k2", "/x/other.lock", "shared");
  EXPECT_EQ(remove("/x/app.lock").environments, 0U);
  EXPECT_TRUE(exists("shared"));
  EXPECT_EQ(remove("/x/other.lock").environments, 1U);
  EXPECT_FALSE(exists("shared"));
}

TEST_F(EnvironmentRemoval, NothingToForgetIsNoError) {
  EXPECT_EQ(remove("/x/app.lock").selections, 0U);
  const StoreLocations nowhere{dir_.path() / "no", dir_.path() / "no"};
  EXPECT_EQ(remove_environments(nowhere, "/x/app.lock").selections, 0U);
}

TEST_F(EnvironmentRemoval, ASymlinkToTheLockIsTheLock) {
  const std::string lock = dir_.path() / "app.lock";
  const std::string link = dir_.path() / "link.lock";
  test::write_file(lock, "");
  fs::create_symlink(lock, link);
  make("k1", lock, "environment1");
  EXPECT_EQ(remove(link).environments, 1U);
}

TEST_F(EnvironmentRemoval, NeverLeavesTheCache) {
  const std::string victim = dir_.path() / "victim";
  test::write_file(victim + "/file", "x");
  SelectionRecord record;
  record.prefix = victim;
  record.store = layout_.root();
  record.lock = "/x/app.lock";
  write_selection(cache_, "k1", record);
  record.prefix = cache_.prefix("..");
  write_selection(cache_, "k2", record);
  EXPECT_EQ(remove("/x/app.lock").environments, 0U);
  EXPECT_TRUE(fs::exists(victim + "/file"));
  EXPECT_TRUE(list_selections(cache_).empty());
}

TEST_F(EnvironmentRemoval, ADamagedSelectionIsPassedOver) {
  make("k1", "/x/app.lock", "environment1");
  test::write_file(cache_.selection("broken"), "garbage");
  EXPECT_EQ(remove("/x/app.lock").selections, 1U);
}

}  // namespace
}  // namespace pel
