#include "store/wheel/unpack.hpp"

#include <sys/stat.h>

#include <clocale>
#include <filesystem>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "store/format/index_view.hpp"
#include "tests/support/elf_writer.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wheel_builder.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;
using index_format::ScriptKind;
using test::WheelBuilder;

constexpr const char* kSite = "lib/python3/site-packages";

class UnpackTest : public ::testing::Test {
 protected:
  // Only as far as needed for the next test to delete the tree.
  void TearDown() override {
    for (const auto& [path, mode] : modes()) {
      if (fs::is_directory(target_ / path)) {
        fs::permissions(target_ / path, fs::perms::owner_all);
      }
    }
  }

  UnpackedWheel unpack(const WheelBuilder& wheel, Trust trust = Trust::nobody) {
    fs::create_directory(target_);
    const std::string bytes = wheel.bytes();
    return unpack_wheel({.path = "/x/" + wheel.file_name,
                         .name = WheelName::parse(wheel.file_name),
                         .sha256 = sha256_of(std::as_bytes(std::span(bytes))),
                         .bytes = std::as_bytes(std::span(bytes))},
                        target_, trust);
  }

  // Every path below the target with its mode.
  [[nodiscard]] std::map<std::string, mode_t> modes() const {
    std::map<std::string, mode_t> found;
    for (const auto& entry : fs::recursive_directory_iterator(target_)) {
      struct stat status{};
      EXPECT_EQ(::lstat(entry.path().c_str(), &status), 0);
      found[fs::relative(entry.path(), target_)] = status.st_mode & 07777U;
    }
    return found;
  }

  [[nodiscard]] std::string content(const std::string& path) const {
    return test::read_file(target_ / path);
  }

  [[nodiscard]] std::string content_of_site(const std::string& path) const {
    return content(std::string(kSite) + "/" + path);
  }

  test::TempDir dir_;
  fs::path target_ = dir_.path() / "tree";
};

TEST_F(UnpackTest, GivesTheShapeOfAPrefix) {
  WheelBuilder wheel;
  wheel.add("foo/tool.sh", "#!/bin/sh\n", 0100777);
  wheel.add("foo/private.py", "", 0100600);
  wheel.add("foo/open.py", "", 0100666);
  wheel.add("foo/empty/");
  wheel.add("foo-1.0.data/scripts/run", "#!python\nimport foo\n", 0100644);
  wheel.add("foo-1.0.data/purelib/pure.py", "pure");
  wheel.add("foo-1.0.data/headers/foo.h", "h");
  wheel.add("foo-1.0.data/data/share/foo/doc", "doc");
  wheel.add("foo-1.0.data/data/lib/python3.11/site-packages/folded.py", "folded");
  static_cast<void>(unpack(wheel));
  const std::string site = kSite;
  const std::map<std::string, mode_t> expected{
      {"INDEX", 0444},
      {"bin", 0555},
      {"bin/run", 0555},
      {"include", 0555},
      {"include/site", 0555},
      {"include/site/python3", 0555},
      {"include/site/python3/foo", 0555},
      {"include/site/python3/foo/foo.h", 0444},
      {"lib", 0555},
      {"lib/python3", 0555},
      {site, 0555},
      {site + "/folded.py", 0444},
      {site + "/foo", 0555},
      {site + "/foo/__init__.py", 0444},
      {site + "/foo/empty", 0555},
      {site + "/foo/open.py", 0444},
      {site + "/foo/private.py", 0444},
      {site + "/foo/tool.sh", 0555},
      {site + "/foo-1.0.dist-info", 0555},
      {site + "/foo-1.0.dist-info/INSTALLER", 0444},
      {site + "/foo-1.0.dist-info/METADATA", 0444},
      {site + "/foo-1.0.dist-info/RECORD", 0444},
      {site + "/foo-1.0.dist-info/WHEEL", 0444},
      {site + "/pure.py", 0444},
      {"share", 0555},
      {"share/foo", 0555},
      {"share/foo/doc", 0444},
  };
  EXPECT_EQ(modes(), expected);
  EXPECT_EQ(content("bin/run"), "#!python\nimport foo\n");
}

TEST_F(UnpackTest, WritesRecordAsInstalledAndKeepsTheOriginalInTheIndex) {
  WheelBuilder wheel;
  wheel.entries.clear();
  wheel.add("foo-1.0.dist-info/METADATA", "Name: foo\nVersion: 1.0\n");
  wheel.add("foo-1.0.dist-info/WHEEL", "Wheel-Version: 1.9\n");
  wheel.add("foo-1.0.dist-info/INSTALLER", "theirs\n");
  wheel.add("foo-1.0.data/scripts/run,me", "binary");
  const UnpackedWheel unpacked = unpack(wheel);
  EXPECT_EQ(content_of_site("foo-1.0.dist-info/INSTALLER"), "pyenvlaunch\n");
  EXPECT_EQ(content_of_site("foo-1.0.dist-info/RECORD"),
            WheelBuilder::row("../../../bin/run,me", "binary") +
                WheelBuilder::row("foo-1.0.dist-info/INSTALLER", "pyenvlaunch\n") +
                WheelBuilder::row("foo-1.0.dist-info/METADATA", "Name: foo\nVersion: 1.0\n") +
                "foo-1.0.dist-info/RECORD,,\n" +
                WheelBuilder::row("foo-1.0.dist-info/WHEEL", "Wheel-Version: 1.9\n"));
  EXPECT_EQ(unpacked.tree.record, wheel.record_text());
}

TEST_F(UnpackTest, WritesAnIndexOfEverything) {
  WheelBuilder wheel("Foo.Bar", "2.0");
  wheel.entry("Foo.Bar-2.0.dist-info/METADATA").content =
      "Name: foo-Bar\nVersion: 2.0.0\nRequires-Python: >=3.9\n";
  wheel.add("start.pth", "import foo\n");
  wheel.add("Foo.Bar-2.0.data/scripts/a", "#!python -u\n");
  wheel.add("Foo.Bar-2.0.data/scripts/b", "#!/bin/sh\n");
  wheel.add("Foo.Bar-2.0.data/data/bin/c", "#!python\n");
  wheel.add("foo/lib.so", test::make_elf<Elf64_Ehdr, Elf64_Phdr, Elf64_Dyn>(ELFCLASS64));
  wheel.add("Foo.Bar-2.0.dist-info/entry_points.txt", "[g]\nn = v\n");
  const UnpackedWheel unpacked = unpack(wheel);
  const std::string bytes = content("INDEX");
  EXPECT_EQ(bytes, unpacked.index_bytes);
  const char* reason = "";
  const auto index = IndexView::open(std::as_bytes(std::span(bytes)), reason);
  ASSERT_TRUE(index.has_value()) << reason;
  ASSERT_TRUE(index->cold_is_intact());
  const auto tree = index->tree();
  EXPECT_EQ(index->text(tree.name), "foo-Bar");
  EXPECT_EQ(index->text(tree.normalized_name), "foo-bar");
  EXPECT_EQ(index->text(tree.version), "2.0.0");
  EXPECT_EQ(index->text(tree.requires_python), ">=3.9");
  EXPECT_EQ(index->text(tree.dist_info), "Foo.Bar-2.0.dist-info");
  EXPECT_EQ(index->text(tree.wheel_file), wheel.file_name);
  ASSERT_EQ(index->entry_points().size(), 1U);
  EXPECT_EQ(index->text(index->entry_points()[0].value), "v");
  ASSERT_EQ(index->scripts().size(), 3U);
  EXPECT_EQ(index->scripts()[0].kind, ScriptKind::python);
  EXPECT_EQ(index->scripts()[1].kind, ScriptKind::other);
  EXPECT_EQ(index->scripts()[2].kind, ScriptKind::other);
  ASSERT_EQ(index->start_files().size(), 1U);
  EXPECT_EQ(index->text(index->start_files()[0]), "start.pth");
  ASSERT_EQ(index->elf_files().size(), 1U);
  EXPECT_EQ(index->cold_text(index->elf_files()[0].soname), "lib.so.1");
  EXPECT_EQ(index->elf_needed().size(), 2U);
  EXPECT_EQ(index->record(), wheel.record_text());
  const auto site = index->directory(0, kSite);
  ASSERT_TRUE(site.has_value());
  EXPECT_TRUE(index->entry(*site, "Foo.Bar").has_value());
}

TEST_F(UnpackTest, UnderstandsEveryFormOfMember) {
  WheelBuilder wheel;
  const std::string large(700'000, 'l');
  wheel.add("foo/deflated", large).method = 8;
  wheel.add("foo/stored", large);
  wheel.add("foo/described", "d").descriptor = true;
  test::ZipEntry& both = wheel.add("foo/described64", "d");
  both.descriptor = both.zip64 = true;
  both.method = 8;
  wheel.add("foo/zip64", "z").zip64 = true;
  wheel.add("foo/empty").method = 8;
  wheel.add("foo/nothing");
  test::ZipEntry& bomb = wheel.add("foo/run", std::string(1 + 258 * 100, 'x'));
  bomb.method = 8;
  bomb.data = test::deflate_run(100);
  wheel.shape.zip64 = true;
  wheel.shape.comment = std::string(16'000, 'c');
  static_cast<void>(unpack(wheel));
  for (const test::ZipEntry& entry : wheel.entries) {
    EXPECT_EQ(content_of_site(entry.name), entry.content) << entry.name;
  }
}

TEST_F(UnpackTest, NamesAreThoseOfTheArchiveInAnyLocale) {
  ASSERT_STREQ(std::setlocale(LC_ALL, nullptr), "C");
  WheelBuilder wheel;
  wheel.add("foo/naïve-π.txt", "text");
  wheel.add("foo/Case.py", "1");
  wheel.add("foo/case.py", "2");
  static_cast<void>(unpack(wheel));
  EXPECT_EQ(content_of_site("foo/naïve-π.txt"), "text");
  EXPECT_EQ(content_of_site("foo/Case.py"), "1");
  EXPECT_EQ(content_of_site("foo/case.py"), "2");
}

TEST_F(UnpackTest, TakesTimesFromTheArchive) {
  WheelBuilder wheel;
  test::ZipEntry& dated = wheel.add("foo/dated");
  dated.date = 44U << 9U | 2U << 5U | 29U;        // 2024-02-29
  dated.time = 13U << 11U | 37U << 5U | 30U / 2;  // 13:37:30
  wheel.add("foo/undated").date = 0;
  static_cast<void>(unpack(wheel));
  struct stat status{};
  ASSERT_EQ(::stat((target_ / kSite / "foo/dated").c_str(), &status), 0);
  EXPECT_EQ(status.st_mtime, 1'709'213'850);
  ASSERT_EQ(::stat((target_ / kSite / "foo/undated").c_str(), &status), 0);
  EXPECT_EQ(status.st_mtime, 315'532'800);
}

TEST_F(UnpackTest, MembersMayComeInAnyOrder) {
  WheelBuilder wheel;
  wheel.add("foo/z/deep/x.py", "x");
  wheel.add("foo/a.py", "a");
  wheel.add("foo/z/y.py", "y");
  wheel.add(wheel.record_name(), wheel.record_text());
  std::ranges::reverse(wheel.entries);
  static_cast<void>(unpack(wheel));
  EXPECT_EQ(content_of_site("foo/z/deep/x.py"), "x");
  EXPECT_EQ(content_of_site("foo/a.py"), "a");
}

TEST_F(UnpackTest, RecordMayUseOtherDigests) {
  WheelBuilder wheel;
  std::string record;
  for (const test::ZipEntry& entry : wheel.entries) {
    record += WheelBuilder::row(entry.name, entry.content);
  }
  wheel.add("foo/x", "abc");
  wheel.add("foo/none");
  record +=
      "foo/x,sha384=ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP_W-2AhgcroefMI1i67KE0yCWn,3\n"
      "foo/"
      "none,sha512=z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg_SpIdNs6c5H0NE8XYXysP-DGNKHfuwvY7kxvUdBeoGlODJ6"
      "-SfaPg,0\n";
  wheel.add(wheel.record_name(), record);
  EXPECT_TRUE(unpack(wheel).tree.warnings.empty());
}

TEST_F(UnpackTest, VersionInMetadataMayLackTheLocalPart) {
  WheelBuilder wheel("foo", "1.0+cu118");
  wheel.entry("foo-1.0+cu118.dist-info/METADATA").content = "Name: foo\nVersion: 1.0\n";
  EXPECT_EQ(unpack(wheel).tree.version, "1.0");
}

TEST_F(UnpackTest, ALockTurnsMistakesInRecordIntoWarnings) {
  WheelBuilder wheel;
  wheel.add(wheel.record_name(), "nonsense\n");
  EXPECT_EQ(unpack(wheel, Trust::lock).tree.warnings,
            (std::vector<std::string>{
                "RECORD: line 1: it has 1 fields, not 3",
                "RECORD: 'foo/__init__.py' is in the wheel but not listed",
                "RECORD: 'foo-1.0.dist-info/METADATA' is in the wheel but not listed",
                "RECORD: 'foo-1.0.dist-info/WHEEL' is in the wheel but not listed"}));
}

}  // namespace
}  // namespace pel
