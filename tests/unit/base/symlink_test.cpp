#include "store/base/symlink.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

TEST(Symlink, SaysWhatWasWrittenWhereverItLeads) {
  const test::TempDir dir;
  const std::string link = (dir.path() / "link").string();
  fs::create_symlink("../no/such", link);
  EXPECT_EQ(read_symlink(link), "../no/such");
  // The longest that the kernel takes.
  const std::string longest(4095, 'x');
  fs::create_symlink(longest, dir.path() / "long");
  EXPECT_EQ(read_symlink((dir.path() / "long").string()), longest);
}

TEST(Symlink, WhatIsNoneSaysWhy) {
  const test::TempDir dir;
  const std::string file = (dir.path() / "file").string();
  std::ofstream(file).put('x');
  EXPECT_EQ(read_symlink(file), std::nullopt);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(read_symlink((dir.path() / "none").string()), std::nullopt);
  EXPECT_EQ(errno, ENOENT);
}

}  // namespace
}  // namespace pel
