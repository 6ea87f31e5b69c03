#include "store/environment/native_view.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/environment/sample_tree.hpp"

namespace pel {
namespace {

using File = test::SampleTrees::File;

File library(const std::string& path) {
  return {path, path, {}, IndexedElf{"libx.so.1", "", "", {}}};
}

File extension(const std::string& path) {
  return {path, path, {}, IndexedElf{"", "", "", {}}};
}

File program(const std::string& path) {
  return {path, path, {}, IndexedElf{"", "", "", {}}, true};
}

std::vector<std::string> paths(test::SampleTrees& trees) {
  std::vector<std::string> found;
  for (const NativeFile& file : native_view(trees.trees())) {
    found.push_back(file.path);
  }
  return found;
}

using Paths = std::vector<std::string>;

TEST(NativeView, IsEmptyForPackagesAndTheirLibraries) {
  test::SampleTrees trees;
  trees.add("a", {{"a/__init__.py", "text"}, library("a/libx.so.1"), program("a/bin/tool")});
  trees.add("b", {extension("b/__init__.abi3.so"), library("b/libx.so.1")});
  trees.add("c", {{"c/__init__.pyc"}, library("c/libx.so.1"), library("c.libs/libx.so.1")});
  trees.add("ns", {{"ns/a/__init__.py", "text"}, extension("ns/a/_mod.abi3.so"), {"ns/a/x.txt"}});
  trees.add("top", {library("libx.so.1"), {"x-1.0.dist-info/x"}, {"d.prefix/bin/text"}});
  trees.add("deep", {program("d.prefix/bin/tool"), library("d.prefix/lib/libx.so.1")});
  EXPECT_EQ(paths(trees), Paths{});
}

TEST(NativeView, HasDirectoriesOfLibrariesThatAreNoPackages) {
  test::SampleTrees trees;
  trees.add("a", {{"nv/a/__init__.py", "text"},
                  {"nv/a/include/a.h"},
                  library("nv/a/lib/libx.so.1"),
                  extension("nv/a/_mod.so")});
  trees.add("b", {{"nv/__init__.py", ""}, program("nv/b/bin/tool"), {"nv/b/module.pyi"}});
  trees.add("c", {{"nv/c/data.txt"}, extension("nv/c/_mod.so")});
  EXPECT_EQ(paths(trees), (Paths{"nv/a/include/a.h", "nv/a/lib/libx.so.1", "nv/b/bin/tool"}));
  EXPECT_EQ(native_view(trees.trees()).front().file,
            "/store/v1/wheels/a/lib/python3/site-packages/nv/a/include/a.h");
}

TEST(NativeView, HasPackagesThatArePrefixesButNotTheirModules) {
  test::SampleTrees trees;
  trees.add("a", {{"a/__init__.py", "text"},
                  {"a/py.typed"},
                  {"a/stub.pyi", "text"},
                  {"a/include/a.h"},
                  {"a/share/cmake/a/aConfig.cmake"},
                  {"a/tools/data.txt"},
                  extension("a/_mod.so")});
  trees.add("b", {{"b/__init__.py", "text"}, library("b/lib64/libx.so.1"), {"b/lib64/mod.py"}});
  trees.add("c", {{"c/__init__.py", "text"}, {"c/cmake/c-config.cmake"}});
  trees.add("d", {{"d/__init__.py", "text"}, {"d/lib/pkgconfig/d.pc"}});
  trees.add("e", {{"e/__init__.py", "text"}, {"e/lib/e/CMake/eConfig.cmake"}});
  EXPECT_EQ(paths(trees), (Paths{"a/include/a.h", "a/share/cmake/a/aConfig.cmake",
                                 "a/tools/data.txt", "b/lib64/libx.so.1", "c/cmake/c-config.cmake",
                                 "d/lib/pkgconfig/d.pc", "e/lib/e/CMake/eConfig.cmake"}));
}

TEST(NativeView, HasNoPackageBecauseOfNamesAlone) {
  test::SampleTrees trees;
  trees.add("a", {{"a/__init__.py", "text"},
                  {"a/lib/__init__.py", "text"},
                  {"a/lib/mod.py"},
                  {"a/lib/inner/data.txt"},
                  extension("a/lib/_mod.so"),
                  {"a/cmake/rules.cmake"},
                  {"a/share/a/data.txt"},
                  {"a/share/pkgconfig/README"},
                  {"a/other/cmake/a/aConfig.cmake"}});
  EXPECT_EQ(paths(trees), Paths{});
}

TEST(NativeView, HasProgramsInDirectoriesThatCannotBeImportedWithTheirLibraries) {
  test::SampleTrees trees;
  trees.add("a", {program("a.scripts/tool"), {"a.scripts/data"}, library("a.libs/libx.so.1")});
  trees.add("b", {library("b.libs/libx.so.1"), library("b.more/libx.so.1")});
  EXPECT_EQ(paths(trees), (Paths{"a.scripts/data", "a.scripts/tool", "a.libs/libx.so.1"}));
}

}  // namespace
}  // namespace pel
