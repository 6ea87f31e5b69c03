#include "frontend/requirements_file.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

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

TEST(RequirementsFile, HasMarksQuotesAndVariables) {
  const RequirementsFile file = parse_requirements_file(
      "\xEF\xBB\xBF"
      "foo==1 --hash='sha256:ab' --hash=\"sha256:cd\"\n"
      "-r \"two words.txt\"\n"
      "--index-url https://${USER_1}:${NONE}@h/${lower}/simple\n"
      "--find-links two\\ words\n"
      "bar==1 --hash=SHA256:EF --no-such-option --hash\n",
      [](const std::string& name) {
        return name == "USER_1" ? std::optional<std::string>("me") : std::nullopt;
      });
  ASSERT_EQ(file.requirements.size(), 2U);
  const std::vector<std::pair<std::string, std::string>> hashes{{"sha256", "ab"}, {"sha256", "cd"}};
  EXPECT_EQ(file.requirements[0].text, "foo==1");
  EXPECT_EQ(file.requirements[0].hashes, hashes);
  EXPECT_EQ(file.requirements[1].hashes.size(), 1U);
  EXPECT_EQ(file.requirement_files, std::vector<std::string>{"two words.txt"});
  EXPECT_EQ(file.index_url, "https://me:${NONE}@h/${lower}/simple");
  EXPECT_EQ(file.find_links, std::vector<std::string>{"two words"});
}

TEST(RequirementsFile, IsReadWithThoseThatItNames) {
  const test::TempDir dir;
  const std::string folder = dir.path().string();
  std::ofstream(folder + "/a.txt") << "a==1\n-r sub/b.txt\n-r a.txt\n-r https://h/r.txt\n";
  std::filesystem::create_directories(folder + "/sub/wheels");
  std::ofstream(folder + "/sub/b.txt") << "b==1\n-r ../sub/../a.txt\n-f wheels\n-f elsewhere\n";
  const RequirementsFile file = read_requirements(folder + "/a.txt");
  ASSERT_EQ(file.requirements.size(), 2U);
  EXPECT_EQ(file.requirements[1].place(), folder + "/sub/b.txt:1");
  EXPECT_EQ(file.requirement_files, std::vector<std::string>{"https://h/r.txt"});
  EXPECT_EQ(file.find_links, (std::vector<std::string>{folder + "/sub/wheels", "elsewhere"}));
  std::ofstream(folder + "/c.txt") << "c==\xFF\n";
  EXPECT_THROW(static_cast<void>(read_requirements(folder + "/c.txt")), Error);
}

TEST(RequirementsFile, KnowsPathsOfThisMachine) {
  for (const char* const local : {"./a", "a/b.whl", "a @ file:///x", "file:///x/a.whl", "./a[b]"}) {
    EXPECT_TRUE(names_local_path(local)) << local;
  }
  for (const char* const other :
       {"a", "a[b]>=1 ; os_name == 'x'", "a @ https://h/a", "git+https://h/a", "https://h/a"}) {
    EXPECT_FALSE(names_local_path(other)) << other;
  }
}

}  // namespace
}  // namespace pel
