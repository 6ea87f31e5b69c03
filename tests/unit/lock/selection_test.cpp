#include "lock/selection.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "lock/tag.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

InterpreterFacts facts() {
  InterpreterFacts facts;
  facts.implementation = "cpython";
  facts.major = 3;
  facts.minor = 11;
  facts.full_version = "3.11.7";
  facts.platform = "linux-x86_64";
  facts.glibc_version = "2.36";
  facts.markers = {{"python_version", "3.11"},
                   {"python_full_version", "3.11.7"},
                   {"sys_platform", "linux"},
                   {"os_name", "posix"}};
  return facts;
}

std::string entry(std::string_view file) {
  return concat("{ path = '", file, "', hashes = { sha256 = '", std::string(64, 'a'), "' } }");
}

// A package in three lines: header, name, wheels; `more` behind them.
std::string package(std::string_view name, std::initializer_list<std::string_view> wheels,
                    std::string_view more = "") {
  std::string list;
  for (const std::string_view wheel : wheels) {
    list += concat(list.empty() ? "" : ", ", entry(wheel));
  }
  return concat("[[packages]]\nname = '", name, "'\nwheels = [", list, "]\n", more);
}

// `packages` begins in line 3.
Selection select(std::string_view packages, const SelectionRequest& request = {},
                 std::string_view top = "created-by = 'test'") {
  const std::string text = concat("lock-version = '1.0'\n", top, "\n", packages);
  return select_wheels(parse_lock(text, "/x/app.lock"), facts(), request);
}

std::vector<std::string> files(const Selection& selection) {
  std::vector<std::string> names;
  names.reserve(selection.wheels.size());
  for (const SelectedWheel& selected : selection.wheels) {
    names.push_back(selected.wheel.file_name);
  }
  return names;
}

using Files = std::vector<std::string>;

TEST(Selection, TakesTheWheelWhoseTagComesFirst) {
  EXPECT_EQ(
      files(select(package(
          "a", {"a-1-py3-none-any.whl", "a-1-cp311-abi3-manylinux_2_17_x86_64.whl",
                "a-1-cp311-cp311-manylinux_2_5_x86_64.whl",
                "a-1-cp311-cp311-manylinux_2_28_x86_64.whl", "a-1-cp312-cp312-linux_x86_64.whl"}))),
      Files{"a-1-cp311-cp311-manylinux_2_28_x86_64.whl"});
}

TEST(Selection, TakesTheHighestBuildOfEqualTags) {
  EXPECT_EQ(files(select(package("a", {"a-1-9-py3-none-any.whl", "a-1-10-py3-none-any.whl",
                                       "a-1-py3-none-any.whl", "a-1-10-py3-none-any.whl"}))),
            Files{"a-1-10-py3-none-any.whl"});
}

TEST(Selection, KeepsTheOrderOfTheLock) {
  const Selection selection =
      select(package("b", {"b-1-py3-none-any.whl"}) + package("A", {"a-2.0-py3-none-any.whl"}));
  EXPECT_EQ(files(selection), (Files{"b-1-py3-none-any.whl", "a-2.0-py3-none-any.whl"}));
  EXPECT_EQ(selection.wheels[1].name, "A");
  EXPECT_EQ(selection.wheels[1].normalized_name, "a");
  EXPECT_EQ(selection.wheels[1].version, "2.0");  // of the file name: the lock has none
}

TEST(Selection, LeavesOutWhatItsMarkerExcludes) {
  EXPECT_TRUE(select(package("a", {"a-1-cp27-cp27m-win32.whl"}, "marker = \"os_name == 'nt'\"\n"))
                  .wheels.empty());
}

TEST(Selection, HonoursExtrasAndGroups) {
  const std::string top =
      "created-by = 'test'\nextras = ['e']\ndependency-groups = ['g']\ndefault-groups = ['d']";
  const std::string packages =
      package("e", {"e-1-py3-none-any.whl"}, "marker = \"'e' in extras\"\n") +
      package("g", {"g-1-py3-none-any.whl"}, "marker = \"'g' in dependency_groups\"\n") +
      package("d", {"d-1-py3-none-any.whl"}, "marker = \"'d' in dependency_groups\"\n");
  const auto chosen = [&](const SelectionRequest& request) {
    std::string names;
    for (const SelectedWheel& selected : select(packages, request, top).wheels) {
      names += selected.name;
    }
    return names;
  };
  EXPECT_EQ(chosen({}), "d");
  EXPECT_EQ(chosen({.extras = {"E"}, .groups = {}, .default_groups = true}), "ed");
  EXPECT_EQ(chosen({.extras = {}, .groups = {"G"}, .default_groups = false}), "g");
  EXPECT_EQ(chosen({.extras = {"e"}, .groups = {"g", "d"}, .default_groups = false}), "egd");
}

TEST(Selection, TakesAWheelThatIsWrittenAsAnArchive) {
  EXPECT_EQ(files(select("[[packages]]\nname = 'a'\narchive = " + entry("a-1-py3-none-any.whl"))),
            Files{"a-1-py3-none-any.whl"});
}

TEST(Selection, PassesOverNamesThatCannotBeRead) {
  EXPECT_EQ(files(select(
                package("a", {"strange.whl", "a-1.x-py3-none-any.whl", "a-1-py3-none-any.whl"}))),
            Files{"a-1-py3-none-any.whl"});
}

const SelectedWheel& only(const Selection& selection) {
  EXPECT_EQ(selection.wheels.size(), 1U);
  return selection.wheels.at(0);
}

TEST(Selection, SourceWhereNoWheelFits) {
  const Selection unfit =
      select(package("a", {"a-1-cp312-cp312-win32.whl"}, "sdist = " + entry("a-1.tar.gz")), {});
  EXPECT_EQ(only(unfit).wheel.file_name, "");
  ASSERT_TRUE(only(unfit).source);
  EXPECT_EQ(std::get<LockedSdist>(*only(unfit).source).file.file_name, "a-1.tar.gz");
  const Selection fits =
      select(package("a", {"a-1-py3-none-any.whl"}, "sdist = " + entry("a-1.tar.gz")), {});
  EXPECT_FALSE(only(fits).source);
  EXPECT_EQ(only(fits).wheel.file_name, "a-1-py3-none-any.whl");
}

TEST(Selection, SourceOfEachKind) {
  const std::string head = "[[packages]]\nname = 'a'\n";
  EXPECT_TRUE(std::holds_alternative<LockedSdist>(
      *only(select(head + "sdist = " + entry("a-1.tar.gz"), {})).source));
  EXPECT_TRUE(std::holds_alternative<LockedArchive>(
      *only(select(head + "archive = " + entry("a-1.zip"), {})).source));
  EXPECT_EQ(std::get<LockedDirectory>(
                *only(select(head + "directory = { path = 'src', editable = true }", {})).source)
                .path,
            "/x/src");
  EXPECT_EQ(
      std::get<LockedVcs>(
          *only(select(head + "vcs = { type = 'hg', url = 'https://h/r', commit-id = 'c' }", {}))
               .source)
          .commit_id,
      "c");
}

struct Failure {
  const char* label;
  std::string packages;
  SelectionRequest request;
  std::string top;
  std::string message;  // behind "cannot use lock /x/app.lock: "
  std::string hint;
  ErrorCode code = ErrorCode::incompatible;
};

class FailedSelection : public ::testing::TestWithParam<Failure> {};

TEST_P(FailedSelection, SaysWhyAndWhatToDo) {
  const Failure& failure = GetParam();
  try {
    (void)select(failure.packages, failure.request, failure.top);
    FAIL() << "selected";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), failure.code);
    EXPECT_EQ(error.message(), "cannot use lock /x/app.lock: " + failure.message);
    EXPECT_EQ(error.hint(), failure.hint);
  }
}

const std::string plain_top = "created-by = 'test'";
const std::string another_interpreter =
    "choose another interpreter with --python, or lock again for this one";
const std::string wanted_tags =
    ", and this interpreter takes cp311-cp311-linux_x86_64, cp311-cp311-manylinux_2_36_x86_64, "
    "cp311-cp311-manylinux_2_35_x86_64, cp311-cp311-manylinux_2_34_x86_64, "
    "cp311-cp311-manylinux_2_33_x86_64 and 1234 more";

// The count of further tags depends on the list of them alone.
std::string wanted() {
  const std::size_t count = supported_tags(facts()).size() - 5;
  return wanted_tags.substr(0, wanted_tags.find("1234")) + std::to_string(count) + " more";
}

INSTANTIATE_TEST_SUITE_P(
    Reasons, FailedSelection,
    ::testing::Values(
        Failure{"RequiresPython",
                "packages = []",
                {},
                plain_top + "\nrequires-python = '>=3.12'",
                "it requires Python >=3.12, and this is CPython 3.11.7 on linux-x86_64",
                another_interpreter},
        Failure{
            "Environments",
            "packages = []",
            {},
            plain_top + "\nenvironments = [\"sys_platform=='win32'\", \"os_name == 'java'\"]",
            "it is not for CPython 3.11.7 on linux-x86_64, but for 'sys_platform == \"win32\"', "
            "'os_name == \"java\"'",
            another_interpreter},
        Failure{"PackageRequiresPython",
                package("a", {"a-1-py3-none-any.whl"}, "requires-python = '<3'\n"),
                {},
                plain_top,
                "line 3: package 'a': it requires Python <3, and this is CPython 3.11.7 on "
                "linux-x86_64",
                another_interpreter},
        Failure{"Twice",
                package("a", {"a-1-py3-none-any.whl"}) + package("A", {"a-2-py3-none-any.whl"}),
                {},
                plain_top,
                "line 6: package 'A': it is active twice, here and at line 3",
                "the markers of both entries hold for this interpreter and these extras and "
                "groups: lock again, or choose fewer of them"},
        Failure{"NoWheel",
                package("a", {"a-1-cp312-cp312-win32.whl", "a-1-cp310-cp310-win32.whl",
                              "a-1-cp39-cp39-win32.whl", "a-1-cp38-cp38-win32.whl",
                              "a-1-cp37-cp37m-win32.whl", "a-1-cp36-cp36m-win32.whl"}),
                {},
                plain_top,
                "line 3: package 'a': it has no wheel for CPython 3.11.7 on linux-x86_64: the lock "
                "has cp312-cp312-win32, cp310-cp310-win32, cp39-cp39-win32, cp38-cp38-win32, "
                "cp37-cp37m-win32 and 1 more" +
                    wanted(),
                another_interpreter},
        Failure{"Unreadable",
                package("a", {"strange", "other"}),
                {},
                plain_top,
                "line 3: package 'a': no name of its wheels can be read: 'strange', ...",
                another_interpreter},
        Failure{"UnknownExtra",
                "packages = []",
                {.extras = {"tests"}, .groups = {}},
                plain_top + "\nextras = ['test', 'docs']",
                "it has no extra 'tests'",
                "did you mean 'test'?",
                ErrorCode::usage},
        Failure{"FarExtra",
                "packages = []",
                {.extras = {"zzzzz"}, .groups = {}},
                plain_top + "\nextras = ['test', 'docs']",
                "it has no extra 'zzzzz'",
                "it has test, docs",
                ErrorCode::usage},
        Failure{"NoGroups",
                "packages = []",
                {.extras = {}, .groups = {"dev"}},
                plain_top,
                "it has no dependency group 'dev'",
                "it has none at all",
                ErrorCode::usage},
        Failure{"Marker",
                package("a", {"a-1-py3-none-any.whl"}, "marker = \"extra == 'x'\"\n"),
                {},
                plain_top,
                "line 3: package 'a': key 'marker': marker variable 'extra' has no value here",
                ""}),
    [](const auto& test) { return std::string(test.param.label); });

}  // namespace
}  // namespace pel
