#include "store/prefix/prefix_content.hpp"

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "tests/support/sample_interpreter.hpp"
#include "tests/support/sample_tree.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

using Kind = PrefixEntry::Kind;

class PrefixContent : public ::testing::Test {
 protected:
  [[nodiscard]] PrefixPlan plan(const std::string& prefix = "/cache/v1/envs/id") {
    const auto scripts = environment_scripts(trees_.trees(), {}).scripts;
    return prefix_content(
        {.prefix = prefix,
         .store = "/store/v1",
         .launcher = {"/store/v1/launchers/1/pyenvlaunch", "/store/v1/launchers/1/embed.so",
                      "/store/v1/launchers/1/pyenvlaunch-manager"},
         .launcher_id = "1",
         .table = "TABLE",
         .interpreter = &interpreter_,
         .trees = trees_.trees(),
         .scripts = scripts});
  }

  // A tree with start files that can be read.
  void add_with_start_files(const std::string& name,
                            const std::vector<std::pair<std::string, std::string>>& files) {
    std::vector<test::SampleTrees::File> listed;
    for (const auto& [path, content] : files) {
      listed.push_back({path, content});
      test::write_file(dir_.path() / name / index_format::kSitePackages / path, content);
    }
    const std::size_t number = trees_.add(name, std::move(listed));
    trees_.trees()[number].root = (dir_.path() / name).string();
  }

  [[nodiscard]] std::string tree(const std::string& name) const {
    return concat((dir_.path() / name).string(), "/", index_format::kSitePackages);
  }

  InterpreterFacts interpreter_ = test::sample_interpreter();
  test::TempDir dir_;
  test::SampleTrees trees_;
};

TEST_F(PrefixContent, OfNoWheelsHasTheShapeOfAVirtualEnvironment) {
  const PrefixPlan content = plan();
  std::string listing;
  for (const auto& [path, entry] : content.entries()) {
    listing += path + (entry.kind == Kind::directory ? "/" : "") +
               (entry.kind == Kind::symlink ? " -> " + entry.content : "") + "\n";
  }
  EXPECT_EQ(listing,
            "bin/\n"
            "bin/python\n"
            "bin/python3 -> python\n"
            "bin/python3.11 -> python\n"
            "lib/\n"
            "lib/python3.11/\n"
            "lib/python3.11/site-packages/\n"
            "lib64 -> lib\n"
            "pyenvlaunch.table\n"
            "pyvenv.cfg\n");
  EXPECT_EQ(content.entries().at("bin/python"),
            (PrefixEntry{Kind::program_link, "/store/v1/launchers/1/pyenvlaunch", 0644}));
  EXPECT_EQ(content.entries().at("pyvenv.cfg").content,
            "home = /opt/python/bin\n"
            "include-system-site-packages = false\n"
            "version = 3.11.7\n"
            "executable = /opt/python/bin/python3.11\n"
            "pyenvlaunch = 1\n"
            "pyenvlaunch-store = /store/v1\n"
            "pyenvlaunch-launcher = 1\n");
}

TEST_F(PrefixContent, FreeThreadedBuildsHaveALibraryOfTheirOwn) {
  interpreter_.minor = 13;
  interpreter_.gil_disabled = true;
  const PrefixPlan content = plan();
  EXPECT_TRUE(content.has("lib/python3.13t/site-packages"));
  EXPECT_TRUE(content.has("bin/python3.13"));
}

TEST_F(PrefixContent, OneVersionHasAnotherNameOfItsProgram) {
  EXPECT_FALSE(plan().has("bin/𝜋thon"));
  interpreter_.minor = 14;
  EXPECT_EQ(plan().entries().at("bin/𝜋thon").content, "python");
}

TEST_F(PrefixContent, DataOfTreesIsLinkedAtItsPlace) {
  trees_.add("a", {{"pkg/__init__.py"},
                   {"/share/doc/x", "1"},
                   {"/etc/a.conf", "2"},
                   {"/lib/liba.so", "3"},
                   {"/lib64/libb.so", "4"},
                   {"/include/site/python3/a/a.h", "5"},
                   {"/bin/sub/helper", "6"}});
  const PrefixPlan content = plan();
  const auto source = [&](const char* path) { return content.entries().at(path).content; };
  EXPECT_EQ(source("share/doc/x"), "/store/v1/wheels/a/share/doc/x");
  EXPECT_EQ(source("etc/a.conf"), "/store/v1/wheels/a/etc/a.conf");
  EXPECT_EQ(source("lib/liba.so"), "/store/v1/wheels/a/lib/liba.so");
  EXPECT_EQ(source("lib/libb.so"), "/store/v1/wheels/a/lib64/libb.so");
  EXPECT_EQ(source("include/site/python3.11/a/a.h"),
            "/store/v1/wheels/a/include/site/python3/a/a.h");
  EXPECT_EQ(source("bin/sub/helper"), "/store/v1/wheels/a/bin/sub/helper");
  EXPECT_FALSE(content.has("lib/python3"));
  EXPECT_FALSE(content.has("lib/python3.11/site-packages/pkg"));
}

TEST_F(PrefixContent, OfDataWithOnePathTheLastTreesWins) {
  trees_.add("a", {{"/share/x", "1"}});
  trees_.add("b", {{"/share/x", "2"}});
  EXPECT_EQ(plan().entries().at("share/x").content, "/store/v1/wheels/b/share/x");
}

TEST_F(PrefixContent, FilesOfOursWinOverData) {
  trees_.add("a",
             {{"/pyvenv.cfg", "home = /evil"}, {"/pyenvlaunch.table/x", "1"}, {"/lib64", "2"}});
  const PrefixPlan content = plan();
  EXPECT_EQ(content.entries().at("pyvenv.cfg").kind, Kind::text);
  EXPECT_EQ(content.entries().at("pyenvlaunch.table").content, "TABLE");
  EXPECT_FALSE(content.has("pyenvlaunch.table/x"));
  EXPECT_EQ(content.entries().at("lib64").kind, Kind::symlink);
}

TEST_F(PrefixContent, OurStartFileWinsOverData) {
  trees_.add("a", {{"/lib/python3.11/site-packages/!pyenvlaunch.pth", "3"}});
  add_with_start_files("b", {{"x.pth", "more\n"}});
  EXPECT_EQ(plan().entries().at("lib/python3.11/site-packages/!pyenvlaunch.pth").kind, Kind::text);
}

TEST_F(PrefixContent, StartFilesForwardToTheTree) {
  add_with_start_files("a", {{"x.pth", "more\n"}, {"sub/y.pth", ""}, {"z.start", "a:go\n"}});
  add_with_start_files("b", {{"x.pth", "more\n"}});
  const PrefixPlan content = plan();
  EXPECT_EQ(content.entries().at("lib/python3.11/site-packages/x.pth").content,
            concat("import site; site.addpackage('", tree("b"), "', 'x.pth', known_paths)\n"));
  EXPECT_FALSE(content.has("lib/python3.11/site-packages/y.pth"));
  EXPECT_FALSE(content.has("lib/python3.11/site-packages/z.start"));
  EXPECT_TRUE(content.has("lib/python3.11/site-packages/!pyenvlaunch.pth"));
}

// PEP 829: entry points say the same wherever they lie, and directories come before all code.
TEST_F(PrefixContent, Since315StartFilesAreReadInSteps) {
  interpreter_.minor = 15;
  add_with_start_files("a", {{"x.pth", "more\nimport x\n"}, {"y.start", "a:go\n"}});
  add_with_start_files("b", {{"sub/z.start", "b:go\n"}, {"y.start", "b:go\n"}});
  const PrefixPlan content = plan();
  EXPECT_EQ(content.entries().at("lib/python3.15/site-packages/x.pth").content,
            concat(tree("a"), "/more\nimport x\n"));
  EXPECT_EQ(content.entries().at("lib/python3.15/site-packages/y.start").content, "b:go\n");
  EXPECT_FALSE(content.has("lib/python3.15/site-packages/z.start"));
  EXPECT_FALSE(content.has("lib/python3.15/site-packages/!pyenvlaunch.pth"));
}

TEST_F(PrefixContent, AStartFileThatIsGoneIsAnError) {
  trees_.add("a", {{"x.pth", "more\n"}});
  EXPECT_THROW(static_cast<void>(plan()), Error);
}

TEST_F(PrefixContent, ScriptsRunThePrefixesOwnPython) {
  const test::TempDir dir;
  const auto number = trees_.add(
      "a", {{"/bin/hg", "#!python\nbody", index_format::ScriptKind::python}, {"/bin/elf", "x"}},
      {{"console_scripts", "tool", "a:main"}});
  trees_.trees()[number].root = dir.path();
  test::write_file(dir.path() / "bin/hg", "#!python\nbody");
  const PrefixPlan content = plan();
  EXPECT_EQ(content.entries().at("bin/hg"),
            (PrefixEntry{Kind::text, "#!/cache/v1/envs/id/bin/python\nbody", 0755}));
  EXPECT_EQ(content.entries().at("bin/elf").kind, Kind::data_link);
  EXPECT_TRUE(
      content.entries().at("bin/tool").content.starts_with("#!/cache/v1/envs/id/bin/python\n"));
  EXPECT_EQ(content.entries().at("bin/tool").mode, 0755U);
}

TEST_F(PrefixContent, APathThatWouldBreakPyvenvCfgIsRefused) {
  EXPECT_THROW(static_cast<void>(plan("/cache\nhome = /evil/id")), Error);
}

}  // namespace
}  // namespace pel
