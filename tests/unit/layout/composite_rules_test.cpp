#include "store/layout/composite_rules.hpp"

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "tests/support/sample_tree.hpp"

namespace pel {
namespace {

using Groups = std::vector<std::vector<std::uint32_t>>;
using File = test::SampleTrees::File;

// The groups of trees whose start files have the content that was given to add().
Groups groups_of(test::SampleTrees& trees, const std::map<std::string, std::string>& start = {}) {
  const std::string suffixes[] = {".cpython-311-x86_64-linux-gnu.so", ".abi3.so", ".so"};
  return composite_groups(
      trees.trees(), suffixes,
      [&](const EnvironmentTree&, std::string_view name) { return start.at(std::string(name)); });
}

// Files of ELF, by their dynamic section.
File needs(const std::string& path, std::vector<std::string> needed, const std::string& runpath,
           const std::string& rpath = "") {
  return {path, path, {}, IndexedElf{"", rpath, runpath, std::move(needed)}};
}

File library(const std::string& path, const std::string& soname = "") {
  return {path, path, {}, IndexedElf{soname, "", "", {"libc.so.6"}}};
}

const std::string kUser = "user/_mod.so";

// Rule: packages.

TEST(CompositeRules, TreesOfTheirOwnStayApart) {
  test::SampleTrees trees;
  trees.add("a", {{"a/__init__.py"}, {"a.py"}, {"/bin/tool"}, {"/share/x"}, {"/lib/libx.a"}});
  trees.add("b", {{"b/__init__.py"}, {"a.py", "2"}, {"/bin/tool"}, {"/share/x"}, {"/lib/libx.a"}});
  trees.add("nothing", {});
  EXPECT_EQ(groups_of(trees), Groups{});
}

TEST(CompositeRules, ARegularPackageOfTwoTrees) {
  test::SampleTrees trees;
  trees.add("a", {{"p/__init__.py"}, {"p/a.py"}});
  trees.add("x", {{"x/__init__.py"}});
  trees.add("b", {{"p/b.py"}});
  trees.add("c", {{"p/deep/c.py"}});
  EXPECT_EQ(groups_of(trees), (Groups{{0, 2, 3}}));
}

TEST(CompositeRules, TheSameFilesInTwoTrees) {
  test::SampleTrees trees;
  trees.add("a", {{"p/__init__.py", "1"}, {"p/core.so", "1"}});
  trees.add("b", {{"p/__init__.py", "2"}, {"p/core.so", "2"}});
  EXPECT_EQ(groups_of(trees), (Groups{{0, 1}}));
}

TEST(CompositeRules, NamespacesStayApartUnlessAPackageInThemIsShared) {
  test::SampleTrees trees;
  trees.add("a", {{"ns/a/__init__.py"}, {"ns/deep/a.py"}});
  trees.add("b", {{"ns/b/__init__.py"}, {"ns/deep/b.py"}});
  EXPECT_EQ(groups_of(trees), Groups{});
  trees.add("c", {{"ns/b/c.py"}, {"ns/c.py"}});
  EXPECT_EQ(groups_of(trees), (Groups{{1, 2}}));
}

TEST(CompositeRules, APackageByAnExtensionOfThisInterpreter) {
  test::SampleTrees trees;
  trees.add("a", {{"p/__init__.abi3.so"}});
  trees.add("b", {{"p/b.py"}});
  trees.add("c", {{"q/__init__.cpython-39-x86_64-linux-gnu.so"}});
  trees.add("d", {{"q/d.py"}});
  trees.add("e", {{"stubs/__init__.pyi"}});
  trees.add("f", {{"stubs/f.pyi"}});
  EXPECT_EQ(groups_of(trees), (Groups{{0, 1}}));
}

TEST(CompositeRules, MetadataAndCachesAreNotShared) {
  test::SampleTrees trees;
  trees.add("a", {{"x-1.dist-info/__init__.py"}, {"__pycache__/__init__.py"}});
  trees.add("b", {{"x-1.dist-info/b"}, {"__pycache__/b.pyc"}});
  trees.add("c", {{"ns/__pycache__/__init__.py"}});
  trees.add("d", {{"ns/__pycache__/d.pyc"}});
  EXPECT_EQ(groups_of(trees), Groups{});
}

TEST(CompositeRules, APackageBelowADirectoryWithADotInItsName) {
  test::SampleTrees trees;
  trees.add("a", {{"c.prefix/lib/python3.11/site-packages/p/__init__.py"}});
  trees.add("b", {{"c.prefix/lib/python3.11/site-packages/p/b.so"}});
  trees.add("c", {{"c.prefix/lib/libc.so"}});
  EXPECT_EQ(groups_of(trees), (Groups{{0, 1}}));
}

// Rule: libraries by search path.

TEST(CompositeRules, ALibraryOfAnotherTreeBySearchPath) {
  for (const std::string origin :
       {"$ORIGIN/../provider.libs", "${ORIGIN}/../provider.libs/",
        "$ORIGIN/.././user/../provider.libs", "/usr/lib:$ORIGIN:$ORIGIN/../provider.libs"}) {
    for (const bool is_runpath : {true, false}) {
      test::SampleTrees trees;
      trees.add("other", {library("other.libs/libp.so.1")});
      trees.add("user", {needs(kUser, {"libc.so.6", "libp.so.1"}, is_runpath ? origin : "",
                               is_runpath ? "" : origin)});
      trees.add("provider", {library("provider.libs/libp.so.1")});
      EXPECT_EQ(groups_of(trees), (Groups{{1, 2}})) << origin;
    }
  }
}

TEST(CompositeRules, SearchPathsThatLeadNowhere) {
  for (const std::string origin :
       {"", "$ORIGIN", "/provider.libs", "$ORIGIN/../../../../../../provider.libs", "$LIB",
        "$ORIGIN/../$LIB", "$ORIGINAL/../provider.libs", "$ORIGIN/../provider.libs/sub",
        "$ORIGIN/../provider", "../provider.libs", "provider.libs"}) {
    test::SampleTrees trees;
    trees.add("user", {needs(kUser, {"libp.so.1"}, origin)});
    trees.add("provider", {library("provider.libs/libp.so.1")});
    EXPECT_EQ(groups_of(trees), Groups{}) << origin;
  }
}

TEST(CompositeRules, ARunpathReplacesAnRpath) {
  test::SampleTrees trees;
  trees.add("user", {needs(kUser, {"libp.so.1"}, "$ORIGIN/elsewhere", "$ORIGIN/../provider.libs")});
  trees.add("provider", {library("provider.libs/libp.so.1")});
  EXPECT_EQ(groups_of(trees), Groups{});
}

TEST(CompositeRules, OnesOwnLibraryComesFirst) {
  test::SampleTrees trees;
  trees.add("user", {needs(kUser, {"libp.so.1"}, "$ORIGIN:$ORIGIN/.."), library("user/libp.so.1")});
  trees.add("provider", {library("libp.so.1")});
  EXPECT_EQ(groups_of(trees), Groups{});
}

TEST(CompositeRules, ADirectoryOfASearchPathThatAnotherTreeFills) {
  for (const std::string needed : {"libc.so.6", "libmiddle.so"}) {
    test::SampleTrees trees;
    trees.add("user", {needs(kUser, {needed}, "$ORIGIN/../shared.libs:$ORIGIN/.."),
                       library("shared.libs/libp.so.1"), library("user/libmiddle.so")});
    trees.add("provider", {library("shared.libs/libq.so.1")});
    trees.add("text", {{"shared.libs/README"}});
    trees.add("top", {library("libx.so")});
    EXPECT_EQ(groups_of(trees), (Groups{{0, 1}})) << needed;
  }
}

TEST(CompositeRules, TheFirstDirectoryThatHoldsTheLibraryDecides) {
  test::SampleTrees trees;
  trees.add("user", {needs(kUser, {"libp.so.1"}, "$ORIGIN/../first:$ORIGIN/../second:$ORIGIN"),
                     library("user/libp.so.1")});
  trees.add("second", {library("second/libp.so.1")});
  trees.add("first", {{"first/README"}});
  EXPECT_EQ(groups_of(trees), (Groups{{0, 1}}));
}

TEST(CompositeRules, ASearchPathToSitePackagesItself) {
  test::SampleTrees trees;
  trees.add("user", {needs(kUser, {"libp.so.1"}, "$ORIGIN/..")});
  trees.add("x", {library("libx.so.1")});
  trees.add("provider", {library("libp.so.1")});
  EXPECT_EQ(groups_of(trees), (Groups{{0, 2}}));
}

TEST(CompositeRules, ASearchPathToThePrefix) {
  test::SampleTrees trees;
  trees.add("user", {needs("user/deep/_mod.so", {"libp.so.1"},
                           "$ORIGIN/../../../../..:$ORIGIN/../"
                           "../../../opt/lib")});
  trees.add("provider", {library("/lib/opt/lib/libp.so.1")});
  EXPECT_EQ(groups_of(trees), (Groups{{0, 1}}));
}

TEST(CompositeRules, LibrariesOfThePrefixThatOpenOneAnother) {
  test::SampleTrees trees;
  trees.add("math", {needs("/lib/libmath.so", {}, "$ORIGIN")});
  trees.add("threads", {library("/lib/libthreads.so.5")});
  trees.add("configuration", {{"/lib/threads.conf"}});
  EXPECT_EQ(groups_of(trees), (Groups{{0, 1}}));
}

TEST(CompositeRules, ManyTreesThatShareADirectoryOfLibraries) {
  test::SampleTrees trees;
  trees.add("torch", {needs("torch/lib/libt.so", {"libblas.so.12", "libfft.so.11"},
                            "$ORIGIN/../../nv/blas/lib:$ORIGIN/../../nv/fft/lib:$ORIGIN")});
  trees.add("blas", {library("nv/blas/lib/libblas.so.12")});
  trees.add("rand", {library("nv/rand/lib/librand.so.10")});
  trees.add("fft", {library("nv/fft/lib/libfft.so.11")});
  EXPECT_EQ(groups_of(trees), (Groups{{0, 1, 3}}));
}

TEST(CompositeRules, GroupsAreConnectedComponents) {
  test::SampleTrees trees;
  trees.add("a", {needs("a/x.so", {"libb.so"}, "$ORIGIN/../b")});
  trees.add("c", {library("c/libc.so")});
  trees.add("d", {needs("d/x.so", {"libe.so"}, "$ORIGIN/../e")});
  trees.add("b", {needs("b/libb.so", {"libc.so"}, "$ORIGIN/../c")});
  trees.add("e", {library("e/libe.so")});
  EXPECT_EQ(groups_of(trees), (Groups{{0, 1, 3}, {2, 4}}));
}

// Rule: libraries of the prefix.

TEST(CompositeRules, ALibraryInThePrefixOfAnotherTree) {
  test::SampleTrees trees;
  trees.add("user", {needs(kUser, {"libtbb.so.12"}, "")});
  trees.add("tbb", {library("/lib/libtbb.so.12")});
  EXPECT_EQ(groups_of(trees), (Groups{{0, 1}}));
}

TEST(CompositeRules, ALibraryThatOnesOwnTreeHasByNameOrSoname) {
  test::SampleTrees trees;
  trees.add("by_name", {needs(kUser, {"libtbb.so.12"}, ""), library("by_name/libtbb.so.12")});
  trees.add("by_soname", {needs("by_soname/_mod.so", {"libtbb.so.12"}, ""),
                          library("by_soname/libtbb-1234.so", "libtbb.so.12")});
  trees.add("tbb", {library("/lib/libtbb.so.12")});
  trees.add("deeper", {library("/lib/sub/libother.so")});
  trees.add("needs_deeper", {needs("needs_deeper/_mod.so", {"libother.so"}, "")});
  EXPECT_EQ(groups_of(trees), Groups{});
}

// Rule: start files.

TEST(CompositeRules, ADirectoryThatNothingIsImportedFromBesideThePackageOfThatName) {
  test::SampleTrees trees;
  trees.add("a", {{"a/__init__.py", "text"}});
  trees.add("b", {{"a.prefix/bin/tool"}});
  trees.add("c", {{"a.prefix/lib/data"}, {"c/__init__.py", "text"}});
  trees.add("d", {{"c.libs/data"}, {"none.prefix/data"}, {"d.scripts/d"}, {"d/__init__.py"}});
  trees.add("e", {{"plain/data"}});
  trees.add("f", {{"plain.prefix/data"}, {"c.egg-info/data"}});
  EXPECT_EQ(groups_of(trees), (Groups{{0, 1, 2}}));
}

TEST(CompositeRules, ADirectoryThatAStartFileNames) {
  test::SampleTrees trees;
  trees.add("a", {{"a.pth"}, {"win/lib/a.py"}});
  trees.add("b", {{"win/lib/b.py"}});
  trees.add("c", {{"win/c.py"}});
  for (const std::string text : {"win/lib", "# x\n\n./win/../win/lib \t\nimport os\n",
                                 "\xEF\xBB\xBFwin/lib\r\n", "nothing\nwin//lib/\n"}) {
    EXPECT_EQ(groups_of(trees, {{"a.pth", text}}), (Groups{{0, 1}})) << text;
  }
  for (const std::string text : {"import win/lib", "import\twin/lib", "#win/lib", "/win/lib", "",
                                 ".", "../..", "win/lib2"}) {
    EXPECT_EQ(groups_of(trees, {{"a.pth", text}}), Groups{}) << text;
  }
}

TEST(CompositeRules, AStartFileThatNamesADirectoryOfAnotherTree) {
  test::SampleTrees trees;
  trees.add("a", {{"vendor/x.py"}});
  trees.add("b", {{"b.pth"}});
  EXPECT_EQ(groups_of(trees, {{"b.pth", "vendor\n"}}), (Groups{{0, 1}}));
}

TEST(CompositeRules, ReadStartFileSaysWhatIsMissing) {
  test::SampleTrees trees;
  trees.add("a", {{"a.pth"}});
  EXPECT_THROW(static_cast<void>(composite_groups(trees.trees(), {})), Error);
}

}  // namespace
}  // namespace pel
