#include "frontend/python_range.hpp"

#include <gtest/gtest.h>

#include "lock/marker.hpp"

namespace pel {
namespace {

using Words = std::vector<std::string>;

TEST(PythonRange, SpeaksTheLanguageOfPoetry) {
  EXPECT_EQ(plain_versions(">=3.9,<4"), ">=3.9,<4");
  EXPECT_EQ(plain_versions(">= 3.9, < 4"), ">=3.9,<4");
  EXPECT_EQ(plain_versions(">=3.9 <4"), ">=3.9,<4");
  EXPECT_EQ(plain_versions("^3.9"), ">=3.9,<4");
  EXPECT_EQ(plain_versions("~3.11"), ">=3.11,<3.12");
  EXPECT_EQ(plain_versions("~3.11.4"), ">=3.11.4,<3.12");
  EXPECT_EQ(plain_versions("~3"), ">=3,<4");
  EXPECT_EQ(plain_versions("~=3.11"), "~=3.11");
  EXPECT_EQ(plain_versions("3.11.*"), "==3.11.*");
  EXPECT_EQ(plain_versions("3.11"), "==3.11");
  EXPECT_EQ(plain_versions("*"), "");
  EXPECT_EQ(plain_versions(""), "");
  EXPECT_EQ(plain_versions("^3.9,!=3.10.*"), ">=3.9,<4,!=3.10.*");
}

TEST(PythonRange, KnowsAlternatives) {
  EXPECT_EQ(python_ranges("~2.7 || ^3.9"), (Words{">=2.7,<2.8", ">=3.9,<4"}));
  EXPECT_EQ(python_ranges("~2.7|^3.9"), (Words{">=2.7,<2.8", ">=3.9,<4"}));
  EXPECT_EQ(plain_versions("~2.7 || ^3.9"), "");
}

TEST(PythonRange, RefusesWhatIsInNoLanguage) {
  for (const char* const text : {"rubbish", ">=3.9,rubbish", "^x", "~", ">=3.9 ||| x", ">"}) {
    EXPECT_FALSE(python_ranges(text)) << text;
    EXPECT_EQ(plain_versions(text), "") << text;
  }
}

LockDraft head_of(const std::vector<LockTarget>& targets) {
  LockDraft head;
  set_targets(head, targets);
  for (const std::string& environment : head.environments) {
    static_cast<void>(Marker::parse(environment));
  }
  return head;
}

TEST(Targets, OfOneRangeAreRequiresPython) {
  EXPECT_EQ(head_of({}).requires_python, "");
  const LockDraft one = head_of({{.python = ">=3.9"}});
  EXPECT_EQ(one.requires_python, ">=3.9");
  EXPECT_TRUE(one.environments.empty());
}

TEST(Targets, OfSeveralAreEnvironments) {
  const LockDraft systems = head_of({{.python = ">=3.9", .platform = "manylinux_2_17_x86_64"},
                                     {.python = ">=3.9", .platform = "windows_amd64"},
                                     {.python = ">=3.9", .platform = "macos_arm64"}});
  EXPECT_EQ(systems.requires_python, ">=3.9");
  EXPECT_EQ(systems.environments, (Words{"sys_platform == 'linux'", "sys_platform == 'win32'",
                                         "sys_platform == 'darwin'"}));
  const LockDraft versions =
      head_of({{.python = ">=2.7,<2.8"}, {.python = ">=3.9", .implementation = "cpython"}});
  EXPECT_EQ(versions.requires_python, "");
  EXPECT_EQ(versions.environments,
            (Words{"python_full_version >= '2.7' and python_full_version < '2.8'",
                   "python_full_version >= '3.9' and implementation_name == 'cpython'"}));
  EXPECT_TRUE(head_of({{.python = ">=3.9"}, {}}).environments.empty());
}

}  // namespace
}  // namespace pel
