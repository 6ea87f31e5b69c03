#include "frontend/lock_maker.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "frontend/make_lock.hpp"
#include "frontend/scratch_directory.hpp"
#include "store/base/error.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

using Words = std::vector<std::string>;

const std::string kOne(64, '1');
const std::string kTwo(64, '2');

DraftFile file(const std::string& name, const std::string& sum) {
  return {.name = {},
          .url = "https://127.0.0.1/" + name,
          .path = {},
          .size = {},
          .hashes = {{"sha256", sum}}};
}

DraftPackage package(const std::string& name, const std::string& version,
                     std::vector<DraftFile> wheels) {
  DraftPackage result;
  result.name = name;
  result.version = version;
  result.wheels = std::move(wheels);
  return result;
}

LockDraft draft(std::vector<DraftPackage> packages) {
  LockDraft result;
  result.packages = std::move(packages);
  return result;
}

TEST(CompareLocks, NamesWhatCameWentAndChanged) {
  const LockDraft before =
      draft({package("a", "1", {}), package("b", "1", {}), package("c", "1", {})});
  const LockDraft after =
      draft({package("d", "2", {}), package("c", "1", {}), package("b", "2", {})});
  const LockChanges changes = compare_locks(before, after);
  EXPECT_EQ(changes.lines, (Words{"changed b 1 -> 2", "added d 2", "removed a 1"}));
  EXPECT_FALSE(changes.same);
  EXPECT_TRUE(
      compare_locks(before, draft({before.packages[2], before.packages[1], before.packages[0]}))
          .same);
}

TEST(KeepKnownFiles, UnitesFilesOfTheSameVersion) {
  LockDraft after = draft(
      {package("a", "1", {file("a-1-x.whl", kTwo)}), package("b", "2", {file("b-2.whl", kTwo)})});
  keep_known_files(after, draft({package("a", "1", {file("a-1-y.whl", kOne)}),
                                 package("b", "1", {file("b-1.whl", kOne)})}));
  ASSERT_EQ(after.packages[0].wheels.size(), 2U);
  EXPECT_EQ(after.packages[0].wheels[0].url, "https://127.0.0.1/a-1-y.whl");
  ASSERT_EQ(after.packages[1].wheels.size(), 1U);
}

std::vector<RequirementLine> requirements(const std::string& text) {
  std::vector<RequirementLine> lines = parse_requirements_file(text).requirements;
  for (RequirementLine& line : lines) {
    line.file = "r.txt";
  }
  return lines;
}

TEST(KeepHashedFiles, LeavesTheFilesThatTheFileVouchesFor) {
  LockDraft lock = draft({package("a", "1", {file("x.whl", kOne), file("y.whl", kTwo)}),
                          package("b", "1", {file("b.whl", kTwo)})});
  keep_hashed_files(lock, requirements("A==1 --hash=sha256:" + kTwo + "\nb\n"));
  ASSERT_EQ(lock.packages[0].wheels.size(), 1U);
  EXPECT_EQ(lock.packages[0].wheels[0].url, "https://127.0.0.1/y.whl");
  EXPECT_EQ(lock.packages[1].wheels.size(), 1U);
  try {
    keep_hashed_files(lock, requirements("b==1 --hash=sha256:" + kOne + "\n"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(),
              "cannot lock b 1: no file of it has one of the hashes that r.txt:1 gives");
  }
}

class FinishLock : public ::testing::Test {
 protected:
  [[nodiscard]] std::string text() const { return read_file(path_); }

  test::TempDir dir_;
  std::string path_ = (dir_.path() / "app.lock").string();
};

TEST_F(FinishLock, WritesOnceAndKeepsModeLinkAndOwnTable) {
  const LockDraft lock = draft({package("a", "1", {file("a-1-py3-none-any.whl", kOne)})});
  const LockResult made = finish_lock(lock, path_, LockMode::keep, nullptr);
  EXPECT_TRUE(made.created && made.written);
  EXPECT_FALSE(finish_lock(lock, path_, LockMode::keep, nullptr).written);
  std::ofstream(path_, std::ios::app) << "\n[tool.pyenvlaunch]\npython = \"3.11\"\n";
  ASSERT_EQ(::chmod(path_.c_str(), 0600), 0);
  const std::string link = (dir_.path() / "link.lock").string();
  std::filesystem::create_symlink("app.lock", link);
  const LockDraft other = draft({package("a", "2", {file("a-2-py3-none-any.whl", kOne)})});
  EXPECT_EQ(finish_lock(other, link, LockMode::keep, nullptr).changes.lines,
            Words{"changed a 1 -> 2"});
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_TRUE(text().ends_with("[tool.pyenvlaunch]\npython = \"3.11\"\n"));
  struct stat status{};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
}

TEST_F(FinishLock, ChecksWithoutWriting) {
  const LockDraft lock = draft({package("a", "1", {file("a-1-py3-none-any.whl", kOne)})});
  EXPECT_THROW(static_cast<void>(finish_lock(lock, path_, LockMode::check, nullptr)), Error);
  EXPECT_FALSE(std::filesystem::exists(path_));
  static_cast<void>(finish_lock(lock, path_, LockMode::keep, nullptr));
  const std::string before = text();
  EXPECT_TRUE(finish_lock(lock, path_, LockMode::check, nullptr).changes.same);
  try {
    static_cast<void>(finish_lock(draft({}), path_, LockMode::check, nullptr));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "the lock " + path_ + " would change: removed a 1");
  }
  EXPECT_EQ(text(), before);
}

TEST_F(FinishLock, RefusesWhatTheReaderWouldRefuse) {
  LockDraft lock = draft({package("a", "1", {file("a-1-py3-none-any.whl", kOne)})});
  lock.packages[0].wheels[0].hashes.clear();
  EXPECT_THROW(static_cast<void>(finish_lock(lock, path_, LockMode::keep, nullptr)), Error);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(FinishLock, AnInterruptedOneChangesNothing) {
  const std::atomic<bool> cancelled{true};
  EXPECT_THROW(static_cast<void>(finish_lock({}, path_, LockMode::keep, &cancelled)), Error);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

}  // namespace
}  // namespace pel
