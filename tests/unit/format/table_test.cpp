#include <string>

#include <gtest/gtest.h>

#include "store/format/table_view.hpp"
#include "store/format/table_writer.hpp"

namespace pel {
namespace {

using table_format::NameKind;
using table_format::ScriptKind;
using table_format::TreeKind;

TableContent sample() {
  TableContent content;
  content.environment.id = "0123";
  content.environment.python_version = "3.11.7";
  content.environment.bytecode_magic = 7;
  content.trees = {{"foo-1-py3-none-any-00", TreeKind::wheel}, {"bar", TreeKind::composite}};
  content.distributions = {{"foo", "1", "foo-1.dist-info", 0}};
  content.names = {{"foo", NameKind::package, {0}},
                   {"ns", NameKind::name_space, {1, 0}},
                   {"85cae__mypyc", NameKind::module, {1}}};
  content.scripts = {{"zed", ScriptKind::program}, {"foo", ScriptKind::python}};
  content.variables = {{"KEY", "value"}};
  content.source_paths = {"/src"};
  return content;
}

class TableTest : public ::testing::Test {
 protected:
  TableView open(const TableContent& content) {
    bytes_ = write_table(content);
    const char* reason = nullptr;
    const auto view = TableView::open(std::as_bytes(std::span(bytes_)), reason);
    EXPECT_TRUE(view) << reason;
    return view.value_or(TableView());
  }

  std::string bytes_;
};

TEST_F(TableTest, FindsTopLevelNames) {
  const TableView table = open(sample());
  const auto package = table.find("foo");
  ASSERT_TRUE(package);
  EXPECT_EQ(package->kind, NameKind::package);
  EXPECT_EQ(table.owner(*package, 0), 0U);
  EXPECT_EQ(table.owner(*package, 1), TableView::kNoTree);
  const auto name_space = table.find("ns");
  ASSERT_TRUE(name_space);
  EXPECT_EQ(name_space->owner_count, 2U);
  EXPECT_EQ(table.owner(*name_space, 0), 1U);
  EXPECT_EQ(table.owner(*name_space, 1), 0U);
  EXPECT_TRUE(table.find("85cae__mypyc"));
  EXPECT_FALSE(table.find("fo"));
  EXPECT_FALSE(table.find(""));
}

TEST_F(TableTest, TellsTheEnvironment) {
  const TableView table = open(sample());
  EXPECT_EQ(table.text(table.environment().id), "0123");
  EXPECT_EQ(table.text(table.environment().python_version), "3.11.7");
  EXPECT_EQ(table.environment().bytecode_magic, 7U);
  ASSERT_EQ(table.trees().size(), 2U);
  EXPECT_EQ(table.text(table.trees()[1].id), "bar");
  EXPECT_EQ(table.trees()[1].kind, TreeKind::composite);
  ASSERT_EQ(table.distributions().size(), 1U);
  EXPECT_EQ(table.text(table.distributions()[0].dist_info), "foo-1.dist-info");
  ASSERT_EQ(table.variables().size(), 1U);
  EXPECT_EQ(table.text(table.variables()[0].value), "value");
  ASSERT_EQ(table.source_paths().size(), 1U);
  EXPECT_EQ(table.text(table.source_paths()[0]), "/src");
}

TEST_F(TableTest, FindsScripts) {
  const TableView table = open(sample());
  ASSERT_EQ(table.scripts().size(), 2U);
  ASSERT_TRUE(table.script("foo"));
  EXPECT_EQ(table.script("foo")->kind, ScriptKind::python);
  EXPECT_EQ(table.script("zed")->kind, ScriptKind::program);
  EXPECT_FALSE(table.script("fo"));
  EXPECT_FALSE(table.script("zzz"));
}

TEST_F(TableTest, EmptyEnvironmentHasATableToo) {
  const TableView table = open({});
  EXPECT_FALSE(table.find("anything"));
  EXPECT_FALSE(table.script("anything"));
  EXPECT_EQ(table.names().size(), 0U);
}

TEST_F(TableTest, EveryOneOfManyNamesIsFoundAndNoOther) {
  TableContent content;
  content.trees = {{"all", TreeKind::wheel}};
  for (int i = 0; i < 5000; ++i) {
    content.names.push_back({"name" + std::to_string(i), NameKind::module, {0}});
  }
  const TableView table = open(content);
  for (int i = 0; i < 5000; ++i) {
    EXPECT_TRUE(table.find("name" + std::to_string(i)));
    EXPECT_FALSE(table.find("other" + std::to_string(i)));
  }
}

TEST_F(TableTest, OrderOfTheInputDoesNotMatter) {
  TableContent turned = sample();
  std::swap(turned.names[0], turned.names[2]);
  std::swap(turned.scripts[0], turned.scripts[1]);
  // Owners and strings are numbered in the order of the sorted names, so the bytes are the same.
  EXPECT_EQ(write_table(turned), write_table(sample()));
}

TEST_F(TableTest, DamageIsRefusedWithAReason) {
  std::string bytes = write_table(sample());
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  const char* reason = nullptr;
  EXPECT_FALSE(TableView::open(std::as_bytes(std::span(bytes)), reason));
  EXPECT_STREQ(reason, "its checksum is wrong");
}

}  // namespace
}  // namespace pel
