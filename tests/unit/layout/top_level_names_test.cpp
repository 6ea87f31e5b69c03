#include "store/layout/top_level_names.hpp"

#include <algorithm>
#include <optional>

#include <gtest/gtest.h>

#include "tests/support/sample_interpreter.hpp"
#include "tests/support/sample_tree.hpp"

namespace pel {
namespace {

using table_format::NameKind;
using Owners = std::vector<std::uint32_t>;

class TopLevelNames : public ::testing::Test {
 protected:
  void expect(std::string_view name, NameKind kind, const Owners& owners) {
    const auto names =
        top_level_names(trees_.trees(), test::sample_interpreter().extension_suffixes);
    const auto found = std::ranges::find(names, name, &TableContent::Name::name);
    ASSERT_NE(found, names.end()) << name;
    EXPECT_EQ(found->kind, kind) << name;
    EXPECT_EQ(found->owners, owners) << name;
  }

  [[nodiscard]] std::vector<std::string> all() {
    std::vector<std::string> result;
    for (const auto& name :
         top_level_names(trees_.trees(), test::sample_interpreter().extension_suffixes)) {
      result.push_back(name.name);
    }
    std::ranges::sort(result);
    return result;
  }

  test::SampleTrees trees_;
};

TEST_F(TopLevelNames, PackagesModulesAndNameSpaces) {
  trees_.add("a",
             {{"pkg/__init__.py"}, {"mod.py"}, {"space/deep/x.py"}, {"a-1.0.dist-info/RECORD"}});
  expect("pkg", NameKind::package, {0});
  expect("mod", NameKind::module, {0});
  expect("space", NameKind::name_space, {0});
  EXPECT_EQ(all(), (std::vector<std::string>{"mod", "pkg", "space"}));
}

TEST_F(TopLevelNames, WhatNoImportCanNameIsLeftOut) {
  trees_.add("a", {{"x.libs/liba.so"},
                   {"__pycache__/m.cpython-311.pyc"},
                   {"old.egg-info/PKG-INFO"},
                   {"m.cpython-312-x86_64-linux-gnu.so"},
                   {"readme.txt"},
                   {"start.pth"},
                   {".py"},
                   {"two.dots.py"}});
  EXPECT_EQ(all(), std::vector<std::string>{});
}

TEST_F(TopLevelNames, NamesNeedNotBeIdentifiers) {
  trees_.add("a", {{"85cae__mypyc.cpython-311-x86_64-linux-gnu.so"}, {"req-stubs/__init__.pyi"}});
  expect("85cae__mypyc", NameKind::module, {0});
  expect("req-stubs", NameKind::name_space, {0});
}

TEST_F(TopLevelNames, APackageGoesBeforeAModule) {
  trees_.add("a", {{"x/__init__.py"}, {"x.cpython-311-x86_64-linux-gnu.so"}, {"x.py"}});
  expect("x", NameKind::package, {0});
}

TEST_F(TopLevelNames, AModuleGoesBeforeADirectoryWithoutInit) {
  trees_.add("a", {{"x/stub.pyi"}});
  trees_.add("b", {{"x.abi3.so"}});
  expect("x", NameKind::module, {1});
}

// The suffix decides first, then the order of the lock.
TEST_F(TopLevelNames, TheBestSuffixWins) {
  trees_.add("a", {{"m.cpython-311-x86_64-linux-gnu.so"}});
  trees_.add("b", {{"m.abi3.so"}});
  trees_.add("c", {{"m.py"}});
  trees_.add("d", {{"m.pyc"}});
  expect("m", NameKind::module, {0});
}

TEST_F(TopLevelNames, OfEqualFileNamesTheLastInLockOrderWins) {
  trees_.add("a", {{"m.py"}, {"p/__init__.py"}});
  trees_.add("b", {{"m.py"}, {"p/__init__.py"}});
  trees_.add("c", {{"m.pyc"}});
  expect("m", NameKind::module, {1});
  expect("p", NameKind::package, {1, 0});
}

TEST_F(TopLevelNames, APackagesWinnerHasTheBestInitFile) {
  trees_.add("a", {{"p/__init__.cpython-311-x86_64-linux-gnu.so"}});
  trees_.add("b", {{"p/__init__.py"}});
  trees_.add("c", {{"p/part.py"}});
  expect("p", NameKind::package, {0, 2, 1});
}

TEST_F(TopLevelNames, DirectoriesOfOtherTreesBelongToAPackage) {
  trees_.add("a", {{"p/data.txt"}});
  trees_.add("b", {{"p/__init__.py"}});
  trees_.add("c", {{"p/more.py"}});
  expect("p", NameKind::package, {1, 2, 0});
}

TEST_F(TopLevelNames, NameSpacesHaveTheLastTreeFirst) {
  trees_.add("a", {{"n/a.py"}});
  trees_.add("b", {{"n/b.py"}});
  trees_.add("c", {{"other.py"}});
  trees_.add("d", {{"n/d/__init__.py"}});
  expect("n", NameKind::name_space, {3, 1, 0});
}

TEST_F(TopLevelNames, AnInitDirectoryMakesNoPackage) {
  trees_.add("a", {{"p/__init__.py/file"}});
  expect("p", NameKind::name_space, {0});
}

TEST_F(TopLevelNames, ATreeWithoutSitePackagesHasNone) {
  trees_.add("a", {{"/share/x/__init__.py"}, {"/bin/tool"}});
  EXPECT_TRUE(all().empty());
}

}  // namespace
}  // namespace pel
