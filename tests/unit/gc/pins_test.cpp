#include "store/gc/pins.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "store/records/roots.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

class Pins : public ::testing::Test {
 protected:
  Pins() {
    store_.prepare();
    for (const char* const id : {"a-1.0-x-0", "a-2.0-x-1", "b-1.0-x-2"}) {
      fs::create_directories(store_.layout().wheel(id));
    }
  }

  test::TempDir dir_;
  Store store_{dir_.path().string()};
};

TEST_F(Pins, AreOfNamesAndIds) {
  EXPECT_EQ(pin_wheels(store_, "a").wheel_ids,
            (std::vector<std::string>{"a-1.0-x-0", "a-2.0-x-1"}));
  EXPECT_EQ(pin_wheels(store_, "b-1.0-x-2").wheel_ids, std::vector<std::string>{"b-1.0-x-2"});
  EXPECT_THROW(static_cast<void>(pin_wheels(store_, "c")), Error);
  const std::vector<Pin> pins = list_pins(store_);
  ASSERT_EQ(pins.size(), 2U);
  EXPECT_EQ(pins[0].target, "a");
  EXPECT_FALSE(pins[0].is_lock);
  EXPECT_EQ(pins[1].wheel_ids, std::vector<std::string>{"b-1.0-x-2"});
  EXPECT_TRUE(unpin(store_, "a"));
  EXPECT_FALSE(unpin(store_, "a"));
  EXPECT_EQ(list_pins(store_).size(), 1U);
}

TEST_F(Pins, OfALockAreWhatItsEnvironmentsNeed) {
  EXPECT_THROW(static_cast<void>(pin_lock(store_, "/app.lock")), Error);
  const std::vector<std::string> first = {"a-1.0-x-0"};
  const std::vector<std::string> second = {"b-1.0-x-2", "a-1.0-x-0"};
  write_root(store_.layout(),
             {.environment_id = "e1", .prefix = "/p/e1", .lock = "/app.lock", .wheel_ids = first});
  write_root(store_.layout(),
             {.environment_id = "e2", .prefix = "/p/e2", .lock = "/app.lock", .wheel_ids = second});
  const Pin pin = pin_lock(store_, "/app.lock");
  EXPECT_TRUE(pin.is_lock);
  EXPECT_EQ(pin.wheel_ids, (std::vector<std::string>{"a-1.0-x-0", "b-1.0-x-2"}));
  EXPECT_TRUE(list_pins(store_).front().is_lock);
}

}  // namespace
}  // namespace pel
