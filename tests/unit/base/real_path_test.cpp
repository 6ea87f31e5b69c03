#include "store/base/real_path.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

TEST(RealPath, LinksAreResolvedAsFarAsThePathIsThere) {
  const test::TempDir dir;
  const std::string real = fs::canonical(dir.path()).string();
  fs::create_directory(dir.path() / "a");
  fs::create_symlink("a", dir.path() / "link");
  fs::create_symlink("nowhere", dir.path() / "dangling");
  EXPECT_EQ(real_path(real), real);
  EXPECT_EQ(real_path(real + "/link"), real + "/a");
  EXPECT_EQ(real_path(real + "/link/x/y"), real + "/a/x/y");
  EXPECT_EQ(real_path(real + "/link/x/../y"), real + "/a/y");
  EXPECT_EQ(real_path(real + "/dangling"), real + "/dangling");
  EXPECT_EQ(real_path("/"), "/");
  EXPECT_EQ(real_path("/no such directory/x"), "/no such directory/x");
}

}  // namespace
}  // namespace pel
