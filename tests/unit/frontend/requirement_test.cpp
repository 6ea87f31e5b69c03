#include "frontend/requirement.hpp"

#include <gtest/gtest.h>

#include "frontend/requirements_file.hpp"

namespace pel {
namespace {

TEST(Requirement, IsTakenApart) {
  const auto found = parse_requirement(" Foo.Bar [A_b, c] >=1,<2 ; python_version < '3.9' ");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "foo-bar");
  EXPECT_EQ(found->extras, (std::vector<std::string>{"a-b", "c"}));
  EXPECT_EQ(found->specifier, ">=1,<2");
  EXPECT_EQ(found->marker, "python_version < '3.9'");
  EXPECT_EQ(found->pinned_version(), "");
}

TEST(Requirement, OfAUrl) {
  const auto found = parse_requirement("foo @ https://h/foo-1.whl ; os_name == 'nt'");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->url, "https://h/foo-1.whl");
  EXPECT_EQ(found->marker, "os_name == 'nt'");
}

TEST(Requirement, KnowsWhatPinsAVersion) {
  const auto pinned = [](std::string_view text) {
    return parse_requirement(text)->pinned_version();
  };
  EXPECT_EQ(pinned("a==1.0"), "1.0");
  EXPECT_EQ(pinned("a (== 1.0+local)"), "1.0+local");
  EXPECT_EQ(pinned("a===1.0"), "1.0");
  EXPECT_EQ(pinned("a==1.*"), "");
  EXPECT_EQ(pinned("a==1.0,!=2"), "");
  EXPECT_EQ(pinned("a>=1.0"), "");
  EXPECT_EQ(pinned("a"), "");
}

TEST(Requirement, PathsAndOptionsAreNone) {
  for (const char* const text : {"./foo", "/x/y", "-e .", "foo/bar", "foo bar", "", "foo[a"}) {
    EXPECT_FALSE(parse_requirement(text)) << text;
  }
}

TEST(RequirementsFile, IsReadAsPipReadsIt) {
  const RequirementsFile file = parse_requirements_file(
      "# a comment\r\n"
      "--index-url https://h/simple\n"
      "-r more.txt\n"
      "-cconstraints.txt\n"
      "--find-links=wheels\n"
      "foo==1.0 \\\n"
      "    --hash=sha256:AB \\\n"
      "    --hash sha512:cd  # why\n"
      "-e ./project\n"
      "--no-binary :all:\n"
      "\n"
      "bar @ https://h/bar#egg=bar\n");
  EXPECT_EQ(file.index_url, "https://h/simple");
  EXPECT_EQ(file.requirement_files, std::vector<std::string>{"more.txt"});
  EXPECT_EQ(file.constraint_files, std::vector<std::string>{"constraints.txt"});
  EXPECT_EQ(file.find_links, std::vector<std::string>{"wheels"});
  ASSERT_EQ(file.requirements.size(), 3U);
  EXPECT_EQ(file.requirements[0].text, "foo==1.0");
  EXPECT_EQ(file.requirements[0].line, 6U);
  const std::vector<std::pair<std::string, std::string>> hashes{{"sha256", "ab"}, {"sha512", "cd"}};
  EXPECT_EQ(file.requirements[0].hashes, hashes);
  EXPECT_TRUE(file.requirements[1].editable);
  EXPECT_EQ(file.requirements[1].text, "./project");
  EXPECT_EQ(file.requirements[2].text, "bar @ https://h/bar#egg=bar");
}

}  // namespace
}  // namespace pel
