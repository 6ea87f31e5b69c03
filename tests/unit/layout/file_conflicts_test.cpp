#include "store/layout/file_conflicts.hpp"

#include <gtest/gtest.h>

#include "tests/support/sample_tree.hpp"

namespace pel {
namespace {

using Lines = std::vector<std::string>;

TEST(FileConflicts, EqualFilesAndDisjointTreesAreSilent) {
  test::SampleTrees trees;
  trees.add("a", {{"p/__init__.py", "same"}, {"only_a.py", "1"}, {"/share/doc", "d"}});
  trees.add("b", {{"p/__init__.py", "same"}, {"only_b.py", "2"}, {"/share/doc", "d"}});
  EXPECT_EQ(file_conflicts(trees.trees()), Lines{});
}

TEST(FileConflicts, NameAllOwnersAndTheWinner) {
  test::SampleTrees trees;
  trees.add("a", {{"p/q/x.py", "1"}, {"/share/doc", "1"}});
  trees.add("b", {{"p/q/x.py", "2"}});
  trees.add("c", {{"p/q/x.py", "3"}, {"/share/doc", "2"}});
  EXPECT_EQ(file_conflicts(trees.trees()),
            (Lines{"p/q/x.py: from a-1.0, b-1.0 and c-1.0, c's is used",
                   "share/doc: from a-1.0 and c-1.0, c's is used"}));
}

TEST(FileConflicts, AFileWhereAnotherTreeHasADirectory) {
  test::SampleTrees trees;
  trees.add("a", {{"p/x", ""}});
  trees.add("b", {{"p", ""}});
  EXPECT_EQ(file_conflicts(trees.trees()), (Lines{"p: from a-1.0 and b-1.0, b's is used"}));
}

TEST(FileConflicts, ScriptsAreNotTheirBusiness) {
  test::SampleTrees trees;
  trees.add("a", {{"/bin/tool", "1"}});
  trees.add("b", {{"/bin/tool", "2"}});
  EXPECT_EQ(file_conflicts(trees.trees()), Lines{});
}

}  // namespace
}  // namespace pel
