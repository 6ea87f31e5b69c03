#include "store/tree/composite.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <deque>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "store/base/mapped_file.hpp"
#include "store/tree/composite_queries.hpp"
#include "store/tree/remove_tree.hpp"
#include "store/tree/store.hpp"
#include "store/tree/stored_index.hpp"
#include "store/tree/verify_wheel.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wheel_builder.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;
using test::WheelBuilder;

const std::string kSite = "lib/python3/site-packages/";

struct stat status_of(const fs::path& path) {
  struct stat status{};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
  return status;
}

class CompositeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store_.prepare();
    WheelBuilder first("first");
    first.add("shared/__init__.py", "BOTH = 1\n");
    first.add("shared/first.py", "F = 1\n");
    first.add("shared/winner.py", "W = 'first'\n");
    first.add("first-1.0.data/data/share/first.txt", "first");
    add(first);
    WheelBuilder second("second");
    second.add("shared/__init__.py", "BOTH = 1\n");
    second.add("shared/deep/second.py", "S = 1\n");
    second.add("shared/winner.py", "W = 'second'\n");
    second.add("shared/tool", "#!/bin/sh\n", 0100755);
    add(second);
  }

  void add(const WheelBuilder& wheel) {
    const std::string id =
        store_.add(wheel.write(dir_.path()), wheel.file_name, std::nullopt, Trust::nobody).id;
    indexes_.emplace_back(layout_, id);
    members_.push_back({id, layout_.wheel(id), *indexes_.back().view()});
  }

  [[nodiscard]] bool make() {
    return make_composite(layout_, sync_, composite_id(members_), members_);
  }

  [[nodiscard]] fs::path path() const { return layout_.composite(composite_id(members_)); }

  [[nodiscard]] std::string content(const std::string& name) const {
    return test::read_file(path() / kSite / name);
  }

  [[nodiscard]] bool tmp_is_empty() const { return fs::is_empty(layout_.tmp()); }

  test::TempDir dir_;
  Store store_{dir_.path() / "home"};
  const StoreLayout& layout_ = store_.layout();
  FileSystemSync sync_;
  std::deque<StoredIndex> indexes_;
  std::vector<MergeMember> members_;
};

TEST_F(CompositeTest, ShowsTheFilesOfAllMembersSideBySide) {
  EXPECT_TRUE(make());
  EXPECT_EQ(content("shared/first.py"), "F = 1\n");
  EXPECT_EQ(content("shared/deep/second.py"), "S = 1\n");
  EXPECT_EQ(content("first/__init__.py"), "VERSION = '1.0'\n");
  EXPECT_EQ(test::read_file(path() / "share/first.txt"), "first");
  for (const MergeMember& member : members_) {
    const std::string record =
        kSite + std::string(member.index.text(member.index.tree().dist_info)) + "/RECORD";
    EXPECT_EQ(test::read_file(path() / record), test::read_file(fs::path(member.root) / record));
  }
}

TEST_F(CompositeTest, TheLastInOrderWins) {
  EXPECT_TRUE(make());
  EXPECT_EQ(content("shared/winner.py"), "W = 'second'\n");
  const fs::path other = path();
  std::swap(members_[0], members_[1]);
  EXPECT_NE(path(), other);
  EXPECT_TRUE(make());
  EXPECT_EQ(content("shared/winner.py"), "W = 'first'\n");
}

TEST_F(CompositeTest, OrderWithoutConflictsIsTheSameComposite) {
  members_.pop_back();
  WheelBuilder third("third");
  third.add("shared/__init__.py", "BOTH = 1\n");
  add(third);
  const std::string id = composite_id(members_);
  std::swap(members_[0], members_[1]);
  EXPECT_EQ(composite_id(members_), id);
}

TEST_F(CompositeTest, IsMadeOfLinksAndReadOnly) {
  EXPECT_TRUE(make());
  const fs::path file = fs::path(members_[0].root) / kSite / "shared/first.py";
  EXPECT_EQ(status_of(path() / kSite / "shared/first.py").st_ino, status_of(file).st_ino);
  EXPECT_EQ(status_of(path()).st_mode & 07777U, 0555U);
  for (const auto& entry : fs::recursive_directory_iterator(path())) {
    const mode_t expected =
        entry.is_directory() || entry.path().filename() == "tool" ? 0555U : 0444U;
    EXPECT_EQ(status_of(entry.path()).st_mode & 07777U, expected) << entry.path();
  }
  EXPECT_TRUE(tmp_is_empty());
}

TEST_F(CompositeTest, HasAnIndexOfAllItsFiles) {
  EXPECT_TRUE(make());
  const std::string id = composite_id(members_);
  int error = 0;
  const MappedFile file =
      MappedFile::open((path() / "INDEX").c_str(), MappedFile::Trust::own_or_root, error);
  const char* reason = nullptr;
  const auto index = IndexView::open(file.bytes(), reason);
  ASSERT_TRUE(index) << reason;
  EXPECT_TRUE(index->cold_is_intact());
  const auto shared = index->directory(index->tree().site_packages, "shared");
  ASSERT_TRUE(shared);
  std::vector<std::string> names;
  for (const IndexView::EntryRecord entry : index->entries(*shared)) {
    names.emplace_back(index->text(entry.name));
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"__init__.py", "deep", "first.py", "tool", "winner.py"}));
  std::vector<std::string> ids{members_[0].id, members_[1].id};
  std::ranges::sort(ids);
  EXPECT_EQ(composite_members(layout_, id), ids);
}

TEST_F(CompositeTest, ElfDataIsThatOfTheMembers) {
  IndexBuilder builder;
  const IndexedElf elf{"libx.so.1", "/rpath", "$ORIGIN", {"libc.so.6", "liby.so"}};
  builder.add_file("lib/libx.so.1", {.size = 3, .sha256 = {}, .elf = &elf});
  const std::string bytes = builder.finish({});
  const char* reason = nullptr;
  test::write_file(dir_.path() / "elf/lib/libx.so.1", "elf");
  members_.push_back(
      {"elf", dir_.path() / "elf", *IndexView::open(std::as_bytes(std::span(bytes)), reason)});
  EXPECT_TRUE(make());
  int error = 0;
  const MappedFile file =
      MappedFile::open((path() / "INDEX").c_str(), MappedFile::Trust::own_or_root, error);
  const auto index = IndexView::open(file.bytes(), reason);
  ASSERT_TRUE(index);
  ASSERT_EQ(index->elf_files().size(), 1U);
  const auto record = index->elf_files()[0];
  EXPECT_EQ(index->cold_text(record.soname), "libx.so.1");
  EXPECT_EQ(index->cold_text(record.rpath), "/rpath");
  EXPECT_EQ(index->cold_text(record.runpath), "$ORIGIN");
  ASSERT_EQ(record.needed_count, 2U);
  EXPECT_EQ(index->cold_text(index->elf_needed()[record.first_needed + 1]), "liby.so");
}

TEST_F(CompositeTest, VerifyHoldsItAgainstItsIndex) {
  EXPECT_TRUE(make());
  const std::string id = composite_id(members_);
  EXPECT_EQ(composite_ids(layout_), std::vector<std::string>{id});
  EXPECT_TRUE(verify_composite(layout_, id, HashFiles::yes).empty());
  const fs::path file = path() / kSite / "shared/first.py";
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  test::write_file(file, "F = 2\n");
  ASSERT_EQ(::chmod(file.c_str(), 0444), 0);
  EXPECT_TRUE(verify_composite(layout_, id, HashFiles::no).empty());
  const std::vector<Finding> findings = verify_composite(layout_, id, HashFiles::yes);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, FindingKind::content);
  EXPECT_EQ(findings[0].path, file);
}

// What links share with wheels is not counted twice.
TEST_F(CompositeTest, TakesLittleBesideItsMembers) {
  EXPECT_TRUE(make());
  const WheelUsage usage = composite_usage(layout_, composite_id(members_));
  EXPECT_EQ(usage.bytes, fs::file_size(path() / "INDEX"));
  EXPECT_EQ(usage.bytecode_inodes, 0U);
}

TEST_F(CompositeTest, IsMadeOnce) {
  EXPECT_TRUE(make());
  const ino_t inode = status_of(path()).st_ino;
  EXPECT_FALSE(make());
  EXPECT_EQ(status_of(path()).st_ino, inode);
}

TEST_F(CompositeTest, ManyThreadsMakeOne) {
  std::atomic<int> made{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { made += make() ? 1 : 0; });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(made, 1);
  EXPECT_EQ(content("shared/first.py"), "F = 1\n");
  EXPECT_TRUE(tmp_is_empty());
}

TEST_F(CompositeTest, AMissedChmodIsCompleted) {
  EXPECT_TRUE(make());
  ASSERT_EQ(::chmod(path().c_str(), 0755), 0);
  EXPECT_FALSE(make());
  EXPECT_EQ(status_of(path()).st_mode & 07777U, 0555U);
}

TEST_F(CompositeTest, ADamagedOneIsReplaced) {
  EXPECT_TRUE(make());
  const fs::path index = path() / "INDEX";
  ASSERT_EQ(::chmod(index.c_str(), 0644), 0);
  test::write_file(index, "damaged");
  EXPECT_TRUE(make());
  EXPECT_EQ(content("shared/first.py"), "F = 1\n");
}

TEST_F(CompositeTest, IsRebuiltOfTheFilesOfNow) {
  EXPECT_TRUE(make());
  const std::string id = composite_id(members_);
  const fs::path source = fs::path(members_[0].root) / kSite / "shared/first.py";
  fs::permissions(source.parent_path(), fs::perms::owner_all);
  fs::remove(source);  // an editor's way to write; the composite has the old file
  test::write_file(source, "F = 1\n");
  const fs::path target = dir_.path() / "fresh";
  ASSERT_TRUE(rebuild_composite(layout_, id, target));
  EXPECT_EQ(status_of(target / kSite / "shared/first.py").st_ino, status_of(source).st_ino);
  EXPECT_NE(status_of(path() / kSite / "shared/first.py").st_ino, status_of(source).st_ino);
  EXPECT_EQ(test::read_file(target / "INDEX"), test::read_file(path() / "INDEX"));
  EXPECT_EQ(test::read_file(target / kSite / "shared/winner.py"), "W = 'second'\n");
}

TEST_F(CompositeTest, IsNotRebuiltWhereItsOrderIsNotKnown) {
  std::swap(members_[0], members_[1]);  // INDEX has them sorted
  EXPECT_TRUE(make());
  EXPECT_FALSE(rebuild_composite(layout_, composite_id(members_), dir_.path() / "fresh"));
  EXPECT_FALSE(fs::exists(dir_.path() / "fresh"));
}

TEST_F(CompositeTest, IsNotRebuiltWithoutAMember) {
  EXPECT_TRUE(make());
  EXPECT_TRUE(store_.remove(members_[1].id));
  EXPECT_FALSE(rebuild_composite(layout_, composite_id(members_), dir_.path() / "fresh"));
  EXPECT_FALSE(fs::exists(dir_.path() / "fresh"));
}

TEST_F(CompositeTest, NothingIsLeftOfAFailure) {
  remove_tree(members_[1].root);
  EXPECT_THROW(static_cast<void>(make()), Error);
  EXPECT_FALSE(fs::exists(path()));
  EXPECT_TRUE(tmp_is_empty());
}

TEST_F(CompositeTest, OutlivesItsMembers) {
  EXPECT_TRUE(make());
  const fs::path composite = path();
  EXPECT_TRUE(store_.remove(members_[0].id));
  EXPECT_EQ(test::read_file(composite / kSite / "shared/first.py"), "F = 1\n");
}

TEST_F(CompositeTest, AFileWhereAnotherMemberHasADirectory) {
  WheelBuilder third("third");
  third.add("shared/deep", "a file");
  add(third);
  EXPECT_TRUE(make());
  EXPECT_EQ(content("shared/deep"), "a file");
  std::swap(members_[0], members_[2]);
  EXPECT_TRUE(make());
  EXPECT_EQ(content("shared/deep/second.py"), "S = 1\n");
}

TEST_F(CompositeTest, ALinkInItsPlaceIsReplacedAndNotFollowed) {
  const fs::path outside = dir_.path() / "outside";
  fs::create_directory(outside);
  ASSERT_EQ(::chmod(outside.c_str(), 0700), 0);
  for (const fs::path& target : {outside, dir_.path() / "nowhere"}) {
    fs::create_directory_symlink(target, path());
    EXPECT_TRUE(make());
    EXPECT_EQ(content("shared/first.py"), "F = 1\n");
    EXPECT_EQ(status_of(outside).st_mode & 07777U, 0700U);
    remove_tree(path());
  }
}

TEST_F(CompositeTest, FilesOfAnotherFileSystemAreCopied) {
  const fs::path elsewhere = fs::path("/dev/shm") / dir_.path().filename();
  if (::access("/dev/shm", W_OK) != 0 ||
      status_of("/dev/shm").st_dev == status_of(dir_.path()).st_dev) {
    GTEST_SKIP() << "there is no second file system";
  }
  fs::copy(members_[0].root, elsewhere, fs::copy_options::recursive);
  members_[0].root = elsewhere;
  EXPECT_TRUE(make());
  const fs::path copy = path() / kSite / "shared/first.py";
  const struct stat source = status_of(elsewhere / kSite / "shared/first.py");
  EXPECT_EQ(test::read_file(copy), "F = 1\n");
  EXPECT_EQ(status_of(copy).st_mode & 07777U, 0444U);
  EXPECT_EQ(status_of(copy).st_mtim.tv_sec, source.st_mtim.tv_sec);
  remove_tree(elsewhere);
}

}  // namespace
}  // namespace pel
