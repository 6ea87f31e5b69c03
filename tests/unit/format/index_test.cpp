#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/format/index_builder.hpp"
#include "store/format/index_view.hpp"

namespace pel {
namespace {

using index_format::EntryKind;
using index_format::kNone;
using index_format::ScriptKind;

IndexedFile file_of(std::uint64_t size, bool executable = false) {
  IndexedFile file;
  file.size = size;
  file.executable = executable;
  file.sha256.bytes[0] = static_cast<std::uint8_t>(size);
  return file;
}

class IndexTest : public ::testing::Test {
 protected:
  IndexTest() {
    const std::string site = "lib/python3/site-packages/";
    builder_.add_file(site + "foo/__init__.py", file_of(1));
    builder_.add_file(site + "foo/data/x.txt", file_of(2));
    builder_.add_file(site + "foo.pth", file_of(3));
    builder_.add_file(site + "foo-1.dist-info/METADATA", file_of(4));
    builder_.add_directory(site + "foo/empty");
    IndexedFile script = file_of(5, true);
    script.script = ScriptKind::python;
    builder_.add_file("bin/foo", script);
    elf_ = {"libfoo.so.1", "$ORIGIN", "$ORIGIN/../lib", {"libc.so.6", "libbar.so"}};
    IndexedFile library = file_of(6);
    library.elf = &elf_;
    builder_.add_file(site + "foo/libfoo.so", library);
    tree_.name = "Foo";
    tree_.normalized_name = "foo";
    tree_.version = "1";
    tree_.wheel_file = "Foo-1-py3-none-any.whl";
    tree_.dist_info = "foo-1.dist-info";
    tree_.requires_python = ">=3.9";
    tree_.entry_points = {{"console_scripts", "foo", "foo:main [x]"}};
    tree_.record = "foo/__init__.py,,\n";
    tree_.warnings = {"something was odd"};
    bytes_ = builder_.finish(tree_);
  }

  IndexView view() const {
    const char* reason = nullptr;
    const auto opened = IndexView::open(std::as_bytes(std::span(bytes_)), reason);
    EXPECT_TRUE(opened) << reason;
    return opened.value_or(IndexView());
  }

  IndexBuilder builder_;
  IndexedTree tree_;
  IndexedElf elf_;
  std::string bytes_;
};

TEST_F(IndexTest, DescribesTheTree) {
  const IndexView index = view();
  const auto tree = index.tree();
  EXPECT_EQ(index.text(tree.name), "Foo");
  EXPECT_EQ(index.text(tree.normalized_name), "foo");
  EXPECT_EQ(index.text(tree.version), "1");
  EXPECT_EQ(index.text(tree.wheel_file), "Foo-1-py3-none-any.whl");
  EXPECT_EQ(index.text(tree.dist_info), "foo-1.dist-info");
  EXPECT_EQ(index.text(tree.requires_python), ">=3.9");
  EXPECT_EQ(tree.installed_size, 1U + 2 + 3 + 4 + 5 + 6);
  EXPECT_EQ(tree.root_is_purelib, 1U);
}

TEST_F(IndexTest, FindsFilesAndDirectories) {
  const IndexView index = view();
  const auto site = index.directory(0, index_format::kSitePackages);
  ASSERT_TRUE(site);
  EXPECT_EQ(index.tree().site_packages, *site);
  const auto package = index.entry(*site, "foo");
  ASSERT_TRUE(package);
  EXPECT_EQ(package->kind, EntryKind::directory);
  EXPECT_TRUE(index.entry(package->target, "__init__.py"));
  EXPECT_FALSE(index.entry(package->target, "missing.py"));
  EXPECT_EQ(index.directory(*site, "foo/data"), index.directory(package->target, "data"));
  EXPECT_EQ(index.directory(*site, ""), site);
  EXPECT_FALSE(index.directory(*site, "foo/__init__.py"));
  const auto empty = index.directory(package->target, "empty");
  ASSERT_TRUE(empty);
  EXPECT_TRUE(index.entries(*empty).empty());
}

TEST_F(IndexTest, EntriesOfADirectoryAreSortedBytewise) {
  const IndexView index = view();
  const auto directory = index.directory(0, "lib/python3/site-packages");
  std::vector<std::string> names;
  for (const IndexView::EntryRecord entry : index.entries(*directory)) {
    names.emplace_back(index.text(entry.name));
  }
  EXPECT_EQ(names, (std::vector<std::string>{"foo", "foo-1.dist-info", "foo.pth"}));
}

TEST_F(IndexTest, ListsScriptsEntryPointsAndStartFiles) {
  const IndexView index = view();
  ASSERT_EQ(index.scripts().size(), 1U);
  EXPECT_EQ(index.text(index.scripts()[0].name), "foo");
  EXPECT_EQ(index.scripts()[0].kind, ScriptKind::python);
  ASSERT_EQ(index.entry_points().size(), 1U);
  EXPECT_EQ(index.text(index.entry_points()[0].value), "foo:main [x]");
  ASSERT_EQ(index.start_files().size(), 1U);
  EXPECT_EQ(index.text(index.start_files()[0]), "foo.pth");
}

TEST_F(IndexTest, ColdPartHoldsWhatVerifyNeeds) {
  const IndexView index = view();
  EXPECT_TRUE(index.cold_is_intact());
  const auto site = index.directory(0, "lib/python3/site-packages/foo");
  const auto library = index.entry(*site, "libfoo.so");
  ASSERT_TRUE(library);
  EXPECT_EQ(index.files()[library->target].size, 6U);
  EXPECT_EQ(index.files()[library->target].sha256[0], 6U);
  ASSERT_EQ(index.elf_files().size(), 1U);
  const auto elf = index.elf_files()[0];
  EXPECT_EQ(elf.file, library->target);
  EXPECT_EQ(index.cold_text(elf.soname), "libfoo.so.1");
  EXPECT_EQ(index.cold_text(elf.rpath), "$ORIGIN");
  EXPECT_EQ(index.cold_text(elf.runpath), "$ORIGIN/../lib");
  ASSERT_EQ(elf.needed_count, 2U);
  EXPECT_EQ(index.cold_text(index.elf_needed()[elf.first_needed + 1]), "libbar.so");
  EXPECT_EQ(index.record(), "foo/__init__.py,,\n");
  ASSERT_EQ(index.warnings().size(), 1U);
  EXPECT_EQ(index.cold_text(index.warnings()[0]), "something was odd");
}

TEST_F(IndexTest, EqualTreesGiveEqualBytesInAnyOrder) {
  IndexBuilder first;
  IndexBuilder second;
  first.add_file("a/b", file_of(1));
  first.add_file("c", file_of(2));
  second.add_file("c", file_of(2));
  second.add_file("a/b", file_of(1));
  EXPECT_EQ(first.finish({}), second.finish({}));
}

TEST_F(IndexTest, TreeWithoutSitePackagesSaysSo) {
  IndexBuilder builder;
  builder.add_file("share/x", file_of(1));
  bytes_ = builder.finish({});
  EXPECT_EQ(view().tree().site_packages, kNone);
}

TEST(IndexBuilder, RefusesWhatIsNoTree) {
  IndexBuilder builder;
  builder.add_file("a", file_of(1));
  builder.add_file("d/x", file_of(1));
  EXPECT_THROW(builder.add_file("a", file_of(1)), std::logic_error);
  EXPECT_THROW(builder.add_file("a/b", file_of(1)), std::logic_error);
  EXPECT_THROW(builder.add_file("d", file_of(1)), std::logic_error);
  EXPECT_THROW(builder.add_file("", file_of(1)), std::logic_error);
  EXPECT_THROW(builder.add_file("x//y", file_of(1)), std::logic_error);
  EXPECT_THROW(builder.add_directory("a"), std::logic_error);
}

TEST(IndexView, ForeignBytesAreRefused) {
  const char* reason = nullptr;
  EXPECT_FALSE(IndexView::open({}, reason));
  EXPECT_STREQ(reason, "it is too short");
}

}  // namespace
}  // namespace pel
