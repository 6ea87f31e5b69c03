#include "store/gc/disk_meter.hpp"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

class DiskMeters : public ::testing::Test {
 protected:
  DiskMeters() {
    test::write_file(a_ + "/file", "12345");
    test::write_file(b_ + "/file", "123");
    fs::create_hard_link(a_ + "/file", b_ + "/link");
  }

  test::TempDir dir_;
  std::string a_ = dir_.path() / "a";
  std::string b_ = dir_.path() / "b";
};

// What another tree has as well stays on the disk when one of them goes.
TEST_F(DiskMeters, CountLinkedFilesWhenAllNamesAreSeen) {
  DiskMeter meter;
  EXPECT_EQ(meter.add(a_), 5U);
  EXPECT_EQ(meter.bytes(), 0U);
  EXPECT_EQ(meter.inodes(), 1U);
  EXPECT_EQ(meter.add(b_), 8U);
  EXPECT_EQ(meter.bytes(), 8U);
  EXPECT_EQ(meter.inodes(), 4U);
}

TEST_F(DiskMeters, NothingIsNothing) {
  DiskMeter meter;
  EXPECT_EQ(meter.add(dir_.path() / "none"), 0U);
  EXPECT_EQ(meter.inodes(), 0U);
}

}  // namespace
}  // namespace pel
