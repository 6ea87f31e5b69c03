#include "store/layout/native_view.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/sample_tree.hpp"

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

std::vector<std::string> paths(test::SampleTrees& trees, NativeLinks links = NativeLinks::files) {
  std::vector<std::string> found;
  for (const NativeEntry& entry : native_view(trees.trees(), links)) {
    found.push_back(entry.is_directory ? entry.path + "/" : entry.path);
  }
  return found;
}

// A package that is a prefix, with `count` headers in `directory`.
std::vector<File> headers(const std::string& directory, std::size_t count) {
  std::vector<File> files{{"a/__init__.py", "text"}, {"a/cmake/aConfig.cmake"}};
  for (std::size_t i = 0; i < count; ++i) {
    files.push_back({directory + "/" + std::to_string(i) + ".h"});
  }
  return files;
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
  EXPECT_EQ(native_view(trees.trees(), NativeLinks::files).front().target,
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

TEST(NativeView, HasWhatAProgramInBinMayLookForFromItsPlace) {
  test::SampleTrees trees;
  trees.add("a", {program("/bin/a"),
                  {"a/__init__.py", "text"},
                  {"a/__init__.pyi", "text"},
                  {"a/py.typed"},
                  {"a/data.txt"},
                  {"a/typeshed/stdlib/abc.pyi", "text"},
                  {"a/typeshed/VERSIONS"}});
  trees.add("b", {{"/bin/b", "#!python"}, {"b/__init__.py", "text"}, {"b/data.txt"}});
  trees.add("c", {extension("/bin/c.so"), {"c/__init__.py", "text"}, {"c/data.txt"}});
  EXPECT_EQ(paths(trees),
            (Paths{"a/data.txt", "a/typeshed/VERSIONS", "a/typeshed/stdlib/abc.pyi"}));
  test::SampleTrees large;
  std::vector<File> files{program("/bin/a"), {"a/__init__.py", "text"}};
  for (std::size_t i = 0; i < kManyNativeFiles; ++i) {
    files.push_back({"a/typeshed/m" + std::to_string(i) + ".pyi"});
  }
  large.add("a", files);
  EXPECT_EQ(paths(large, NativeLinks::large_directories), Paths{"a/typeshed/"});
}

TEST(NativeView, HasLargeDirectoriesAsOneLink) {
  test::SampleTrees trees;
  trees.add("a", headers("a/include/deep", kManyNativeFiles));
  EXPECT_EQ(paths(trees, NativeLinks::large_directories),
            (Paths{"a/cmake/aConfig.cmake", "a/include/"}));
  EXPECT_EQ(native_view(trees.trees(), NativeLinks::large_directories).back().target,
            "/store/v1/wheels/a/lib/python3/site-packages/a/include");
  EXPECT_EQ(paths(trees).size(), kManyNativeFiles + 1);
}

TEST(NativeView, HasSmallDirectoriesAndSuchWithModulesFileByFile) {
  test::SampleTrees trees;
  trees.add("a", headers("a/include", kManyNativeFiles - 1));
  EXPECT_EQ(paths(trees, NativeLinks::large_directories).size(), kManyNativeFiles);

  test::SampleTrees mixed;
  auto files = headers("a/include/deep", kManyNativeFiles);
  files.push_back({"a/include/module.py"});
  mixed.add("a", files);
  EXPECT_EQ(paths(mixed, NativeLinks::large_directories),
            (Paths{"a/cmake/aConfig.cmake", "a/include/deep/"}));
}

TEST(NativeView, DividesDirectoriesThatSeveralTreesHave) {
  test::SampleTrees trees;
  trees.add("a", headers("a/include/deep/x", kManyNativeFiles));
  trees.add("b", headers("a/include/deep", kManyNativeFiles));
  trees.add("c", headers("a/other", kManyNativeFiles));
  const Paths found = paths(trees, NativeLinks::large_directories);
  EXPECT_EQ(found.size(), 3 + (2 * kManyNativeFiles) + 1);
  EXPECT_EQ(found.back(), "a/other/");
}

// The first tree's link holds the second's, which the first's files then lie below.
TEST(NativeView, DividesWhatLiesBelowADividedDirectory) {
  test::SampleTrees trees;
  auto files = headers("a/include/deep", kManyNativeFiles);
  files.push_back({"a/include/top.h"});
  trees.add("a", files);
  auto below = headers("a/include/deep", kManyNativeFiles);
  below.push_back({"a/include/module.py"});
  trees.add("b", below);
  for (const std::string& path : paths(trees, NativeLinks::large_directories)) {
    EXPECT_FALSE(path.ends_with("/")) << path;
  }
}

}  // namespace
}  // namespace pel
