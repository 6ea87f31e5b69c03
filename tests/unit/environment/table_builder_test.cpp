#include "store/environment/table_builder.hpp"

#include <gtest/gtest.h>

#include "store/format/table_view.hpp"
#include "tests/support/sample_interpreter.hpp"
#include "tests/support/sample_tree.hpp"

namespace pel {
namespace {

class TableBuilderTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string bytes() {
    const auto scripts = environment_scripts(trees_.trees(), lock_.scripts).scripts;
    return write_table(build_table({.trees = trees_.trees(),
                                    .scripts = scripts,
                                    .interpreter = &interpreter_,
                                    .lock = &lock_,
                                    .environment_id = "id",
                                    .build_id = "build"}));
  }

  InterpreterFacts interpreter_ = test::sample_interpreter();
  Lock lock_;
  test::SampleTrees trees_;
};

TEST_F(TableBuilderTest, SaysAllThatTheFinderNeeds) {
  trees_.add("a", {{"pkg/__init__.py"}}, {{"console_scripts", "tool", "a:main"}});
  trees_.add("b", {{"pkg/other.py"}, {"/bin/native", "x"}});
  lock_.env = {{"NAME", "value"}};
  lock_.source_paths = {"/project/src"};
  const std::string table = bytes();
  const char* reason = nullptr;
  const auto view = TableView::open(std::as_bytes(std::span(table)), reason);
  ASSERT_TRUE(view) << reason;
  const auto environment = view->environment();
  EXPECT_EQ(view->text(environment.id), "id");
  EXPECT_EQ(view->text(environment.build_id), "build");
  EXPECT_EQ(view->text(environment.python_version), "3.11.7");
  EXPECT_EQ(view->text(environment.base_executable), interpreter_.executable);
  EXPECT_EQ(view->text(environment.libpython), interpreter_.libpython);
  EXPECT_EQ(environment.bytecode_magic, interpreter_.bytecode_magic);
  ASSERT_EQ(view->trees().size(), 2U);
  EXPECT_EQ(view->text(view->trees()[1].id), trees_.trees()[1].id);
  ASSERT_EQ(view->distributions().size(), 2U);
  EXPECT_EQ(view->text(view->distributions()[1].dist_info), "b-1.0.dist-info");
  EXPECT_EQ(view->distributions()[1].tree, 1U);
  const auto pkg = view->find("pkg");
  ASSERT_TRUE(pkg);
  EXPECT_EQ(pkg->kind, table_format::NameKind::package);
  EXPECT_EQ(view->owner(*pkg, 1), 1U);
  EXPECT_EQ(view->script("tool")->kind, table_format::ScriptKind::python);
  EXPECT_EQ(view->script("native")->kind, table_format::ScriptKind::program);
  EXPECT_EQ(view->text(view->variables()[0].value), "value");
  EXPECT_EQ(view->text(view->source_paths()[0]), "/project/src");
}

// The winner of a top-level name is decided between wheels, wherever the composite stands.
TEST_F(TableBuilderTest, ACompositeStandsForItsWheels) {
  trees_.add("a", {{"pkg/__init__.py"}, {"of_b.py"}, {"of_c.py"}, {"ns/a.py"}});
  trees_.add("b", {{"of_b.py"}, {"of_c.py"}, {"ns/b.py"}});
  trees_.add("c", {{"pkg/c.py"}, {"of_c.py"}, {"ns/c.py"}});
  trees_.trees()[0].composite = trees_.trees()[2].composite = "0123";
  const std::string table = bytes();
  const char* reason = nullptr;
  const auto view = TableView::open(std::as_bytes(std::span(table)), reason);
  ASSERT_TRUE(view) << reason;
  ASSERT_EQ(view->trees().size(), 2U);
  EXPECT_EQ(view->text(view->trees()[0].id), "0123");
  EXPECT_EQ(view->trees()[0].kind, table_format::TreeKind::composite);
  EXPECT_EQ(view->text(view->trees()[1].id), trees_.trees()[1].id);
  EXPECT_EQ(view->trees()[1].kind, table_format::TreeKind::wheel);
  ASSERT_EQ(view->distributions().size(), 3U);
  EXPECT_EQ(view->text(view->distributions()[2].dist_info), "c-1.0.dist-info");
  EXPECT_EQ(view->distributions()[0].tree, 0U);
  EXPECT_EQ(view->distributions()[1].tree, 1U);
  EXPECT_EQ(view->distributions()[2].tree, 0U);
  const auto pkg = view->find("pkg");
  EXPECT_EQ(view->owner(*pkg, 0), 0U);
  EXPECT_EQ(pkg->owner_count, 1U);
  EXPECT_EQ(view->owner(*view->find("of_b"), 0), 1U);
  EXPECT_EQ(view->owner(*view->find("of_c"), 0), 0U);
  EXPECT_EQ(view->find("ns")->owner_count, 2U);
}

TEST_F(TableBuilderTest, EqualInputGivesEqualBytes) {
  for (int i = 0; i < 30; ++i) {
    trees_.add("wheel" + std::to_string(i), {{"pkg" + std::to_string(i) + "/__init__.py"}});
  }
  EXPECT_EQ(bytes(), bytes());
}

// A few dozen kilobytes for a hundred wheels.
TEST_F(TableBuilderTest, IsSmall) {
  for (int i = 0; i < 100; ++i) {
    const std::string name = "distribution_number_" + std::to_string(i);
    std::vector<test::SampleTrees::File> files = {{name + "/__init__.py"}};
    for (int j = 0; j < 50; ++j) {
      files.push_back({name + "/module" + std::to_string(j) + ".py"});
    }
    trees_.add(name, files);
  }
  EXPECT_LT(bytes().size(), 32U * 1024);
}

}  // namespace
}  // namespace pel
