#include "frontend/direct_source.hpp"

#include <gtest/gtest.h>

#include "store/base/text.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

const LockFolders kFolders{"/from", "/to"};

DirectSource source_of(const std::string& direct_url) {
  InstalledDistribution installed;
  installed.name = "foo";
  installed.version = "1.0";
  installed.direct_url = direct_url;
  return direct_source_of(installed, kFolders);
}

TEST(DirectSource, OtherTextsSayNothing) {
  for (const char* const text :
       {"", "[]", "{}", "not JSON", R"({"url": 3})", R"({"url": "https://127.0.0.1/x"})",
        R"({"url": "https://127.0.0.1/x", "vcs_info": 1, "dir_info": []})"}) {
    const DirectSource source = source_of(text);
    EXPECT_FALSE(source.known) << text;
    EXPECT_EQ(source.problem, "") << text;
    EXPECT_FALSE(source.wheel) << text;
  }
}

TEST(DirectSource, OfARepository) {
  const std::string commit(40, 'a');
  const DirectSource source = source_of(
      concat(R"({"url": "https://u:p@127.0.0.1/r.git", "subdirectory": "s", "vcs_info": )",
             R"({"vcs": "git", "commit_id": ")", commit, R"("}})"));
  EXPECT_TRUE(source.known);
  EXPECT_EQ(source.package.source_key, "vcs");
  EXPECT_EQ(source.package.version, "1.0");
  EXPECT_EQ(source.package.source_text,
            concat(R"({ type = "git", url = "https://127.0.0.1/r.git", commit-id = ")", commit,
                   R"(", subdirectory = "s" })"));
  EXPECT_EQ(source.note, "the lock has https://127.0.0.1/r.git without user and password");
}

TEST(DirectSource, OfAWheelOnAServer) {
  const std::string digest(64, 'b');
  const std::string place = R"({"url": "https://127.0.0.1/foo-1.0-py3-none-any.whl", )";
  const DirectSource noted =
      source_of(concat(place, R"("archive_info": {"hash": "sha256=)", digest, R"("}})"));
  ASSERT_TRUE(noted.wheel);
  EXPECT_TRUE(noted.wheel_is_certain);
  EXPECT_EQ(noted.wheel->sha256, digest);
  InstalledDistribution installed;
  installed.direct_url = concat(place, R"("archive_info": {}})");
  const DirectSource other = source_of(installed.direct_url);
  EXPECT_FALSE(other.wheel);
  EXPECT_TRUE(other.is_wheel);
  EXPECT_EQ(unhashed_wheel_url(installed), "https://127.0.0.1/foo-1.0-py3-none-any.whl");
}

TEST(DirectSource, OfAFileThatWasChanged) {
  const test::TempDir folder;
  const std::string path = (folder.path() / "foo-1.0.tar.gz").string();
  test::write_file(path, "other");
  const DirectSource source =
      source_of(concat(R"({"url": "file://)", path, R"(", "archive_info": {"hashes": {"sha256": ")",
                       std::string(64, 'c'), R"("}}})"));
  EXPECT_EQ(source.problem,
            concat("the file ", path, " was changed since it was installed from it"));
  EXPECT_EQ(source.package.source_key, "");
}

}  // namespace
}  // namespace pel
