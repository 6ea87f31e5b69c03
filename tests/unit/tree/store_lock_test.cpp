#include "store/tree/store_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "store/tree/store.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

using Mode = StoreLock::Mode;

constexpr LockPatience kNone{.time = std::chrono::milliseconds(0)};

class StoreLocks : public ::testing::Test {
 protected:
  StoreLocks() { store_.prepare(); }

  test::TempDir dir_;
  Store store_{dir_.path().string()};
  const StoreLayout& layout_ = store_.layout();
};

TEST_F(StoreLocks, AreSharedOrHeldAlone) {
  {
    const StoreLock first(layout_, Mode::shared, kNone);
    const StoreLock second(layout_, Mode::shared, kNone);
    EXPECT_TRUE(second.is_held());
    EXPECT_THROW(StoreLock(layout_, Mode::exclusive, kNone), Error);
  }
  const StoreLock alone(layout_, Mode::exclusive, kNone);
  EXPECT_THROW(StoreLock(layout_, Mode::shared, kNone), Error);
}

// A process that hangs does not block others for ever, and they say who it is.
TEST_F(StoreLocks, NameTheProcessThatHoldsThem) {
  const StoreLock held(layout_, Mode::exclusive, kNone);
  try {
    const StoreLock lock(layout_, Mode::shared, kNone);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::busy);
    EXPECT_TRUE(error.message().starts_with("cannot lock " + layout_.locks() + "/gc: "))
        << error.message();
    EXPECT_NE(error.message().find("process " + std::to_string(::getpid()) + " ("),
              std::string::npos)
        << error.message();
    EXPECT_FALSE(error.hint().empty());
  }
}

TEST_F(StoreLocks, WaitingIsInterrupted) {
  const StoreLock held(layout_, Mode::exclusive, kNone);
  const std::atomic<bool> cancelled{true};
  try {
    const StoreLock lock(layout_, Mode::shared, {.cancelled = &cancelled});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::interrupted);
  }
}

TEST_F(StoreLocks, OfNoStore) {
  const StoreLayout nowhere(dir_.path().string() + "/nowhere");
  EXPECT_FALSE(StoreLock(nowhere, Mode::shared, kNone).is_held());
  EXPECT_THROW(StoreLock(nowhere, Mode::exclusive, kNone), Error);
}

}  // namespace
}  // namespace pel
