#include "frontend/lock_draft.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "frontend/lock_text.hpp"
#include "lock/lockfile.hpp"
#include "store/base/error.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

constexpr const char* kSum = "ae74fb96c20a0277a1d615f1e4d73c8414f5a98db8b799a7931d1582f3344c28";

std::string lock_with(std::string_view packages) {
  return std::string("lock-version = \"1.0\"\ncreated-by = \"x\"\n") + std::string(packages);
}

constexpr const char* kHost = "127.0.0.1";

std::string rewritten(std::string_view text) {
  return lock_text(read_lock_draft(text, "lock", {"/from", "/to"}));
}

TEST(LockText, HasNoTimeNoCredentialsAndOneOrder) {
  const std::string text = rewritten(lock_with(
      std::string(R"(
[[packages]]
name = "Zoo"
version = "1"
index = "https://me:secret@127.0.0.1/simple"
sdist = { url = "https://me:se@cret@)" +
                  std::string(kHost) +
                  R"(/zoo-1.tar.gz", upload-time = 2024-01-01T00:00:00Z, hashes = { sha256 = ")") +
      kSum + R"(" } }

[[packages]]
name = "app"
version = "2"
marker = "os_name == \"posix\""
wheels = [
  { url = "https://127.0.0.1/app-2-py3-none-any.whl?x=1", size = 3, hashes = { sha512 = "00", sha256 = ")" +
      kSum + R"(" } },
  { path = "app-2-cp311-cp311-linux_x86_64.whl", hashes = { sha256 = ")" +
      kSum + R"(" } },
]
)"));
  const std::string sum = kSum;
  EXPECT_EQ(
      text,
      "lock-version = \"1.0\"\ncreated-by = \"pyenvlaunch\"\n"
      "\n[[packages]]\nname = \"app\"\nversion = \"2\"\nmarker = \"os_name == \\\"posix\\\"\"\n"
      "wheels = [\n"
      "    { path = \"../from/app-2-cp311-cp311-linux_x86_64.whl\", hashes = { sha256 = \"" +
          sum +
          "\" } },\n"
          "    { url = \"https://127.0.0.1/app-2-py3-none-any.whl?x=1\", size = 3, hashes = { "
          "sha256 = \"" +
          sum +
          "\", sha512 = \"00\" } },\n"
          "]\n"
          "\n[[packages]]\nname = \"zoo\"\nversion = \"1\"\nindex = \"https://127.0.0.1/simple\"\n"
          "sdist = { url = \"https://127.0.0.1/zoo-1.tar.gz\", hashes = { sha256 = \"" +
          sum + "\" } }\n");
  EXPECT_EQ(rewritten(text).find("secret"), std::string::npos);
  EXPECT_EQ(lock_text(read_lock_draft(text, "lock", {"/to", "/to"})), text);
  EXPECT_EQ(parse_lock(text, "/to/app.lock").packages.size(), 2U);
}

TEST(LockText, KeepsSourcesAndOwnTable) {
  const std::string text = rewritten(lock_with(R"(
requires-python = ">=3.9"
dependency-groups = ["b", "a"]
[[packages]]
name = "d"
directory = { path = "src", editable = true }
[[packages]]
name = "v"
vcs = { type = "git", url = "ssh://git:pw@127.0.0.1/r.git", commit-id = "abc" }
[tool.pyenvlaunch]
python = "3.11"
[tool.pyenvlaunch.scripts]
"a.b" = "m:f"
)"));
  EXPECT_NE(text.find("directory = { path = \"../from/src\", editable = true }\n"),
            std::string::npos);
  EXPECT_NE(text.find("vcs = { type = \"git\", url = \"ssh://git@127.0.0.1/r.git\", "
                      "commit-id = \"abc\" }\n"),
            std::string::npos);
  EXPECT_NE(text.find("dependency-groups = [\"a\", \"b\"]\n"), std::string::npos);
  EXPECT_TRUE(
      text.ends_with("\n[tool.pyenvlaunch]\npython = \"3.11\"\nscripts = { \"a.b\" = \"m:f\" }\n"))
      << text;
}

TEST(LockText, AnArchiveThatIsAWheelIsOne) {
  const std::string text = rewritten(
      lock_with(std::string("[[packages]]\nname = \"a\"\nversion = \"1\"\narchive = { url = "
                            "\"file:///to/w/a-1-py3-none-any.whl\", hashes = { sha256 = \"") +
                kSum + "\" } }\n"));
  EXPECT_NE(text.find("wheels = [\n    { path = \"w/a-1-py3-none-any.whl\""), std::string::npos);
}

TEST(LockText, OfNothingIsALock) {
  const std::string text = lock_text({});
  EXPECT_EQ(parse_lock(text, "/x").packages.size(), 0U);
}

TEST(LockText, StringsOfAnyBytesAreRead) {
  EXPECT_EQ(toml_string("a\"\\\n\x7f"), "\"a\\\"\\\\\\u000A\\u007F\"");
}

TEST(LockDraft, OtherKindsAreRefusedWithTheirLine) {
  try {
    static_cast<void>(rewritten("packages = [1]\n"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(),
              "cannot read lock: line 1: key 'packages' is an integer, not a table");
  }
}

TEST(MovedPath, StaysAbsoluteElsewhere) {
  EXPECT_EQ(moved_path("/x/a.whl", {"/from", "/to"}), "/x/a.whl");
  EXPECT_EQ(moved_path("/to/w/a.whl", {"/from", "/to"}), "w/a.whl");
  EXPECT_EQ(moved_path("/together/a.whl", {"/from", "/to"}), "/together/a.whl");
  EXPECT_EQ(moved_path("../to/a.whl", {"/from", "/to"}), "a.whl");
}

// "../" leads out of where a folder really is.
TEST(MovedPath, StartsFromWhereTheLockReallyIs) {
  const test::TempDir root;
  const std::string top = std::filesystem::canonical(root.path()).native();
  std::filesystem::create_directories(top + "/deep/down");
  std::filesystem::create_directory_symlink("deep/down", top + "/link");
  EXPECT_EQ(moved_path("../lib", {top + "/deep", top + "/link"}), "../../lib");
  EXPECT_EQ(moved_path(top + "/lib", {"", top + "/link", {top + "/lib"}}), "../../lib");
  EXPECT_EQ(moved_path(top + "/deep/lib", {"", top + "/deep/down/.."}), "lib");
  EXPECT_EQ(moved_path(top + "/link/lib", {"", top + "/link"}), "lib");
  EXPECT_EQ(moved_path(top + "/deep/down", {"", top + "/deep/down", {top + "/deep/down"}}), ".");
}

TEST(LockDraft, PathsThatNoLockCanHold) {
  for (const char* const path : {"a/\xff", "/p/\xff.whl"}) {
    try {
      ADD_FAILURE() << moved_path(path, {"/from", "/to"});
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::corrupt);
      EXPECT_NE(error.message().find("\\xff"), std::string::npos) << error.message();
      EXPECT_NE(error.message().find("its path is not UTF-8"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace pel
