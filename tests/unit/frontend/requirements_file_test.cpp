#include "frontend/requirements_file.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace pel
