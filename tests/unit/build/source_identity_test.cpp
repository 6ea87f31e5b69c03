#include "store/build/source_identity.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "store/build/source_tree.hpp"

namespace pel {
namespace {

class SourceIdentityTest : public ::testing::Test {
 protected:
  SourceIdentityTest() {
    root_ = ::testing::TempDir() + "source_identity_XXXXXX";
    EXPECT_NE(::mkdtemp(root_.data()), nullptr);
    write("pyproject.toml", "[project]\n");
    directory("src");
    write("src/a.py", "x = 1\n");
  }

  void directory(const std::string& name) const {
    EXPECT_EQ(::mkdir((root_ + "/" + name).c_str(), 0755), 0);
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(root_ + "/" + name) << text;
  }

  std::string root_;
};

TEST_F(SourceIdentityTest, EveryChangeOfATreeCounts) {
  std::set<std::string> digests{tree_digest(root_)};
  write("src/a.py", "x = 2\n");
  digests.insert(tree_digest(root_));
  write("src/b.py", "");
  digests.insert(tree_digest(root_));
  ASSERT_EQ(::chmod((root_ + "/src/b.py").c_str(), 0755), 0);
  digests.insert(tree_digest(root_));
  ASSERT_EQ(::symlink("a.py", (root_ + "/src/link").c_str()), 0);
  digests.insert(tree_digest(root_));
  directory("empty");
  digests.insert(tree_digest(root_));
  EXPECT_EQ(digests.size(), 6U);
}

TEST_F(SourceIdentityTest, WhatToolsLeaveBehindDoesNotCount) {
  const std::string before = tree_digest(root_);
  for (const char* const name : {"__pycache__", ".git", "src/__pycache__", ".venv", ".tox"}) {
    directory(name);
    write(std::string(name) + "/pyvenv.cfg", "home = /usr/bin\n");
  }
  EXPECT_EQ(tree_digest(root_), before);
}

TEST_F(SourceIdentityTest, OfAnEditableDirectoryOnlyItsProjectFilesCount) {
  const LockedDirectory source{root_, true, ""};
  const std::string before = source_key(source);
  write("src/a.py", "x = 2\n");
  EXPECT_EQ(source_key(source), before);
  write("setup.cfg", "[metadata]\n");
  EXPECT_NE(source_key(source), before);
}

TEST_F(SourceIdentityTest, KindsAndPlacesDiffer) {
  LockedSdist sdist;
  sdist.file.sha256 = Sha256{};
  LockedArchive archive;
  archive.file = sdist.file;
  archive.file.url = "https://127.0.0.1/a.zip";
  LockedArchive below = archive;
  below.subdirectory = "b";
  LockedArchive elsewhere = archive;
  elsewhere.file.url = "https://127.0.0.1/b.zip";
  const LockedVcs vcs{"git", "https://127.0.0.1/r", "", "", "c1", ""};
  LockedVcs later = vcs;
  later.commit_id = "c2";
  const std::set<std::string> keys{source_key(sdist),
                                   source_key(archive),
                                   source_key(below),
                                   source_key(elsewhere),
                                   source_key(vcs),
                                   source_key(later),
                                   source_key(LockedDirectory{root_, false, ""}),
                                   source_key(LockedDirectory{root_, true, ""}),
                                   source_key(LockedDirectory{root_, false, "src"})};
  EXPECT_EQ(keys.size(), 9U);
  archive.file.url = "https://u:p@127.0.0.1/a.zip";
  EXPECT_TRUE(keys.contains(source_key(archive))) << "who reads it does not matter";
}

TEST_F(SourceIdentityTest, ADirectoryThatIsNotThereIsAnError) {
  try {
    static_cast<void>(source_key(LockedDirectory{root_ + "/gone", false, ""}));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_EQ(error.message(), "cannot read " + root_ + "/gone: there is no such directory");
  }
}

}  // namespace
}  // namespace pel
