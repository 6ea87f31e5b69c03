#include "store/venv/venv_manifest.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

class VenvManifest : public testing::Test {
 protected:
  void write(const std::string& path, const std::string& text = "x") const {
    const fs::path full = dir_.path() / path;
    fs::create_directories(full.parent_path());
    std::ofstream(full) << text;
  }

  [[nodiscard]] bool has(const std::string& path) const {
    return fs::exists(fs::symlink_status(dir_.path() / path));
  }

  [[nodiscard]] std::string root() const { return dir_.path().string(); }

  test::TempDir dir_;
};

TEST_F(VenvManifest, ListsEveryPathOfThePlan) {
  PrefixPlan plan;
  plan.add("bin/go", {PrefixEntry::Kind::text, "x"});
  plan.add("share", {});
  write(kVenvManifest, venv_manifest_of(plan));
  const auto paths = read_venv_manifest(root());
  EXPECT_EQ(paths, (std::set<std::string, std::less<>>{"bin", "bin/go", "share"}));
}

TEST_F(VenvManifest, LeavesOutWhatCouldLeadElsewhere) {
  write(kVenvManifest, "/etc/passwd\n../up\na/../../up\n./here\na//b\n\ngood/file\n..\nlast");
  EXPECT_EQ(read_venv_manifest(root()), (std::set<std::string, std::less<>>{"good/file", "last"}));
}

TEST_F(VenvManifest, NoneIsEmpty) {
  EXPECT_TRUE(read_venv_manifest(root()).empty());
}

TEST_F(VenvManifest, RemovesOnlyWhatThePlanDoesNotHave) {
  write("bin/kept");
  write("bin/gone");
  write("share/gone/a.txt");
  write("share/gone/mine.txt");
  PrefixPlan plan;
  plan.add("bin/kept", {PrefixEntry::Kind::text, "x"});
  const std::set<std::string, std::less<>> before = {
      "bin", "bin/gone", "bin/kept", "share", "share/gone", "share/gone/a.txt", "never/was"};
  EXPECT_EQ(remove_what_is_gone(root(), before, plan), 2U);
  EXPECT_TRUE(has("bin/kept"));
  EXPECT_FALSE(has("bin/gone"));
  EXPECT_FALSE(has("share/gone/a.txt"));
  EXPECT_TRUE(has("share/gone/mine.txt"));
}

TEST_F(VenvManifest, RemovesDirectoriesThatAreEmptyThen) {
  write("share/gone/a.txt");
  const std::set<std::string, std::less<>> before = {"share", "share/gone", "share/gone/a.txt"};
  EXPECT_EQ(remove_what_is_gone(root(), before, PrefixPlan()), 3U);
  EXPECT_FALSE(has("share"));
}

TEST_F(VenvManifest, DoesNotFollowLinks) {
  write("outside/precious");
  fs::create_directories(dir_.path() / "venv");
  fs::create_directory_symlink(dir_.path() / "outside", dir_.path() / "venv/link");
  const std::set<std::string, std::less<>> before = {"link/precious"};
  EXPECT_EQ(remove_what_is_gone(root() + "/venv", before, PrefixPlan()), 0U);
  EXPECT_TRUE(has("outside/precious"));
}

}  // namespace
}  // namespace pel
