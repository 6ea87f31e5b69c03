#include "store/prefix/environment_scripts.hpp"

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "tests/support/sample_tree.hpp"

namespace pel {
namespace {

using index_format::ScriptKind;
using Lines = std::vector<std::string>;
using Source = EnvironmentScript::Source;

TEST(EnvironmentScripts, AllKindsSortedByName) {
  test::SampleTrees trees;
  trees.add("a",
            {{"/bin/native", "elf"}, {"/bin/hg", "text", ScriptKind::python}, {"/bin/sub/x", ""}},
            {{"console_scripts", "tool", "a.cli:main"},
             {"gui_scripts", "gui", "a.gui:App.run"},
             {"other", "plugin", "a.plugin"}});
  const auto found = environment_scripts(trees.trees(), {});
  ASSERT_EQ(found.scripts.size(), 4U);
  EXPECT_EQ(found.scripts[0].name, "gui");
  EXPECT_EQ(found.scripts[0].target.attributes, "App.run");
  EXPECT_EQ(found.scripts[1].name, "hg");
  EXPECT_EQ(found.scripts[1].source, Source::rewritten);
  EXPECT_EQ(found.scripts[1].kind(), table_format::ScriptKind::python);
  EXPECT_EQ(found.scripts[1].file, "/store/v1/wheels/a/bin/hg");
  EXPECT_EQ(found.scripts[2].name, "native");
  EXPECT_EQ(found.scripts[2].source, Source::linked);
  EXPECT_EQ(found.scripts[2].kind(), table_format::ScriptKind::program);
  EXPECT_EQ(found.scripts[3].name, "tool");
  EXPECT_EQ(found.conflicts, Lines{});
}

TEST(EnvironmentScripts, TheLastInLockOrderWinsAndIsReported) {
  test::SampleTrees trees;
  trees.add("a", {}, {{"console_scripts", "tool", "a:main"}, {"console_scripts", "same", "m:f"}});
  trees.add("b", {}, {{"console_scripts", "tool", "b:main"}, {"console_scripts", "same", "m:f"}});
  const auto found = environment_scripts(trees.trees(), {});
  ASSERT_EQ(found.scripts.size(), 2U);
  EXPECT_EQ(found.scripts[1].target.module, "b");
  EXPECT_EQ(found.conflicts, (Lines{"bin/tool: from a-1.0 and b-1.0, b-1.0's is used"}));
}

TEST(EnvironmentScripts, OfOneWheelTheEntryPointWins) {
  test::SampleTrees trees;
  trees.add("a", {{"/bin/tool", "old"}}, {{"console_scripts", "tool", "a:main"}});
  const auto found = environment_scripts(trees.trees(), {});
  ASSERT_EQ(found.scripts.size(), 1U);
  EXPECT_EQ(found.scripts[0].source, Source::entry_point);
  EXPECT_EQ(found.conflicts, Lines{});
}

TEST(EnvironmentScripts, TheLocksOwnWinOverAll) {
  test::SampleTrees trees;
  trees.add("a", {}, {{"console_scripts", "tool", "a:main"}});
  const std::vector<EntryPointSpec> own = {{"tool", "mine:run"}};
  const auto found = environment_scripts(trees.trees(), own);
  ASSERT_EQ(found.scripts.size(), 1U);
  EXPECT_EQ(found.scripts[0].target.module, "mine");
  EXPECT_EQ(found.conflicts, Lines{});
}

TEST(EnvironmentScripts, WhatAWheelHasNoRightToIsLeftOutAndReported) {
  test::SampleTrees trees;
  trees.add(
      "a", {{"/bin/python3", "evil"}},
      {{"console_scripts", "../x", "a:main"}, {"console_scripts", "bad", "a:main; import os"}});
  const auto found = environment_scripts(trees.trees(), {});
  EXPECT_TRUE(found.scripts.empty());
  EXPECT_EQ(found.conflicts,
            (Lines{"bin/python3: from a-1.0 is left out: the name belongs to the interpreter",
                   "bin/../x: from a-1.0 is left out: it is no file name",
                   "bin/bad: from a-1.0 is left out: 'a:main; import os' does not have the form "
                   "'module:function'"}));
}

TEST(EnvironmentScripts, AMistakeInTheLockIsAnError) {
  for (const EntryPointSpec& spec :
       {EntryPointSpec{"python", "m:f"}, EntryPointSpec{"a/b", "m:f"}, EntryPointSpec{"a", "m"}}) {
    EXPECT_THROW(static_cast<void>(environment_scripts({}, std::span(&spec, 1))), Error);
  }
}

}  // namespace
}  // namespace pel
