#include "frontend/project_file.hpp"

#include <fstream>
#include <functional>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

using Words = std::vector<std::string>;

constexpr const char* kProject = R"(
[project]
name = "My_App"
requires-python = ">=3.9"
dependencies = ["a>=1"]

[project.optional-dependencies]
one = ["b"]
all = ["my-app[one]", "c"]

[dependency-groups]
base = ["t"]
dev = [{include-group = "base"}, "my.app[all]", {include-group = "base"}]
odd = [{other = 1}]
circle = [{include-group = "round"}]
round = [{include-group = "Circle"}]
Twice = []
twice = []
wrong = ["t =="]
)";

Words requirements(const ProjectSelection& selection) {
  return read_project_requirements(kProject, "p.toml", selection).requirements;
}

std::string failure(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.hint().empty() ? error.message() : error.message() + " | " + error.hint();
  }
  return "no error";
}

TEST(ProjectFile, GivesDependenciesExtrasAndGroups) {
  EXPECT_EQ(requirements({}), (Words{"a>=1"}));
  EXPECT_EQ(requirements({.extras = {"ALL"}, .all_extras = false, .groups = {}}),
            (Words{"a>=1", "b", "c"}));
  EXPECT_EQ(requirements({.extras = {}, .all_extras = true, .groups = {}}),
            (Words{"a>=1", "b", "c"}));
  EXPECT_EQ(requirements({.extras = {}, .all_extras = false, .groups = {"dev"}}),
            (Words{"a>=1", "t", "b", "c"}));
  EXPECT_EQ(read_project_requirements(kProject, "p.toml", {}).requires_python, ">=3.9");
  EXPECT_EQ(read_requires_python(kProject, "p.toml"), ">=3.9");
}

TEST(ProjectFile, NeedsNoProjectForGroups) {
  const char* const groups = "[dependency-groups]\ndev = ['t']\n";
  const ProjectSelection dev{.extras = {}, .all_extras = false, .groups = {"dev"}};
  EXPECT_EQ(read_project_requirements(groups, "p.toml", dev).requirements, Words{"t"});
  EXPECT_FALSE(is_project(groups, "/none/pyproject.toml"));
  EXPECT_TRUE(is_project("[project]\n", "/none/pyproject.toml"));
  EXPECT_TRUE(is_project("[build-system]\n", "/none/pyproject.toml"));
}

TEST(ProjectFile, SaysWhatIsWrongInGroups) {
  const auto of = [](const char* group) {
    return failure([=] { requirements({.extras = {}, .all_extras = false, .groups = {group}}); });
  };
  EXPECT_EQ(of("circle"),
            "cannot read p.toml: dependency group 'Circle' includes itself | take out one "
            "include-group of the circle (PEP 735)");
  EXPECT_EQ(of("twice"),
            "cannot read p.toml: line 18: a second dependency group of the name 'twice'");
  EXPECT_EQ(of("wrong").find("cannot read p.toml: line 19: "), 0U) << of("wrong");
  EXPECT_EQ(of("zzzzzz"),
            "cannot lock p.toml: it has no dependency group 'zzzzzz' | it has base, dev, odd, "
            "circle, round, Twice, twice, wrong");
  EXPECT_EQ(
      failure([] {
        static_cast<void>(read_requires_python("[project]\nrequires-python = '3.11'\n", "p.toml"));
      }),
      "cannot read p.toml: line 2: key 'requires-python' is wrong: '3.11' is no version "
      "specifier | it has the form '>=3.9' or '==1.4.*'; several are joined by commas");
}

TEST(ProjectFile, SaysWhatIsWrong) {
  EXPECT_EQ(failure([] { requirements({.extras = {"al"}, .all_extras = false, .groups = {}}); }),
            "cannot lock p.toml: it has no extra 'al' | did you mean 'all'?");
  EXPECT_EQ(failure([] { requirements({.extras = {}, .all_extras = false, .groups = {"devs"}}); }),
            "cannot lock p.toml: it has no dependency group 'devs' | did you mean 'dev'?");
  EXPECT_EQ(
      failure([] { requirements({.extras = {}, .all_extras = false, .groups = {"odd"}}); }),
      "cannot read p.toml: line 14: dependency group 'odd' holds neither a requirement nor an "
      "include-group");
  EXPECT_EQ(
      failure([] { static_cast<void>(read_project_requirements("[tool.x]\n", "p.toml", {})); }),
      "cannot read p.toml: it has no table [project] | lock with the tool that the project is "
      "made for, and convert that: --from");
  EXPECT_EQ(failure([] {
              static_cast<void>(read_project_requirements(
                  "[project]\nname='x'\ndynamic=['dependencies']\n", "p.toml", {}));
            }),
            "cannot read p.toml: its dependencies are dynamic: only its build backend knows them | "
            "install uv, which asks the backend");
}

class ScriptBlock : public ::testing::Test {
 protected:
  [[nodiscard]] std::string script(std::string_view text) const {
    std::string path = (dir_.path() / "s.py").string();
    std::ofstream(path) << text;
    return path;
  }

  test::TempDir dir_;
};

TEST_F(ScriptBlock, SaysWhatIsNeededAndWhereTheLockIs) {
  const std::string path = script(
      "# /// script\n# requires-python = \">=3.11\"\n# dependencies = [\"rich >1\"]\n# ///\n");
  const ScriptRequirements found = read_script_requirements(path);
  EXPECT_EQ(found.requirements, Words{"rich >1"});
  EXPECT_EQ(found.requires_python, ">=3.11");
  EXPECT_EQ(found.lock, path + ".lock");
  const std::string other =
      script("# /// script\n# [tool.pyenvlaunch]\n# lock = \"x.lock\"\n# ///\n");
  EXPECT_EQ(read_script_requirements(other).lock, (dir_.path() / "x.lock").string());
}

TEST_F(ScriptBlock, MustBeThere) {
  const std::string path = script("print(1)\n");
  EXPECT_TRUE(failure([&] {
                static_cast<void>(read_script_requirements(path));
              }).starts_with("cannot read " + path + ": it has no block"));
}

}  // namespace
}  // namespace pel
