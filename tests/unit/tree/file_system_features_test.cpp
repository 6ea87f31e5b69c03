#include "store/tree/file_system_features.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

TEST(FileSystemFeatures, AreFoundOutAndNothingIsLeft) {
  const test::TempDir dir;
  const FileSystemFeatures features = file_system_features(dir.path().string());
  EXPECT_FALSE(features.type.empty());
  EXPECT_FALSE(features.read_only);
  EXPECT_GT(features.free_bytes, 0U);
  EXPECT_TRUE(fs::is_empty(dir.path()));
  // What the features say is what happens.
  test::write_file(dir.path() / "a", "x");
  std::error_code error;
  fs::create_hard_link(dir.path() / "a", dir.path() / "b", error);
  EXPECT_EQ(features.hard_links, !error);
  EXPECT_TRUE(features.tried);
}

TEST(FileSystemFeatures, OfNoDirectoryAreAnError) {
  EXPECT_THROW(static_cast<void>(file_system_features("/nonexistent/x")), Error);
}

// The kernel's own file systems take no files.
TEST(FileSystemFeatures, OfOneThatTakesNoFiles) {
  const FileSystemFeatures features = file_system_features("/proc");
  EXPECT_FALSE(features.tried);
  EXPECT_FALSE(features.hard_links);
  EXPECT_FALSE(features.reflinks);
}

}  // namespace
}  // namespace pel
