#include "launcher/hot/run_options.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace pel {
namespace {

class RunOptionsTest : public ::testing::Test {
 protected:
  std::optional<RunOptions> parse(std::vector<std::string> words) {
    words_ = std::move(words);
    pointers_.clear();
    for (std::string& word : words_) {
      pointers_.push_back(word.data());
    }
    return parse_run_options(pointers_);
  }

  static std::vector<std::string> command(const RunOptions& options) {
    return {options.command.begin(), options.command.end()};
  }

  std::vector<std::string> words_;
  std::vector<char*> pointers_;
};

using Words = std::vector<std::string>;

TEST_F(RunOptionsTest, LockThenTarget) {
  const auto options = parse({"app.lock", "black", "--version"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->lock, "app.lock");
  EXPECT_EQ(command(*options), (Words{"black", "--version"}));
  EXPECT_TRUE(options->default_groups);
}

TEST_F(RunOptionsTest, OneDoubleDashBehindTheLockIsTakenAway) {
  const auto options = parse({"app.lock", "--", "--", "x"});
  ASSERT_TRUE(options);
  EXPECT_EQ(command(*options), (Words{"--", "x"}));
}

TEST_F(RunOptionsTest, WhatFollowsTheLockIsTheTargetsOwn) {
  const auto options = parse({"app.lock", "-m", "pytest", "--python", "3"});
  ASSERT_TRUE(options);
  EXPECT_EQ(command(*options), (Words{"-m", "pytest", "--python", "3"}));
  EXPECT_EQ(options->python, "");
}

TEST_F(RunOptionsTest, ValuesComeSeparateOrGlued) {
  const auto options =
      parse({"--python", "3.12", "--extra=a", "--extra", "b", "--group=g", "--no-default-groups",
             "--offline", "--find-links", "d", "-v", "app.lock", "python"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->python, "3.12");
  EXPECT_EQ(options->extras, (Words{"a", "b"}));
  EXPECT_EQ(options->groups, (Words{"g"}));
  EXPECT_FALSE(options->default_groups);
  EXPECT_EQ(options->option_words,
            (Words{"--python", "3.12", "--extra=a", "--extra", "b", "--group=g",
                   "--no-default-groups", "--offline", "--find-links", "d", "-v"}));
}

// Each of these is the manager's: to explain, or to know better.
TEST_F(RunOptionsTest, LeavesWhatItDoesNotKnowToTheManager) {
  for (const Words& words :
       {Words{}, Words{"app.lock"}, Words{"app.lock", "--"}, Words{"--help"},
        Words{"--pyton", "3", "app.lock", "x"}, Words{"--python"}, Words{"--extra"},
        Words{"--", "app.lock", "x"}, Words{"-x", "app.lock", "x"}, Words{"", "x"},
        Words{"--report", "f", "app.lock", "x"}, Words{"--script"}, Words{"--script="},
        Words{"--script", ""}, Words{"app.lock", "--extra", "e", "--", "x"},
        Words{"app.lock", "--group=g", "x"}, Words{"app.lock", "--", "--offline", "x"}}) {
    EXPECT_FALSE(parse(words)) << ::testing::PrintToString(words);
  }
}

TEST_F(RunOptionsTest, WhatFollowsTheScriptIsTheScripts) {
  for (const Words& words : {Words{"--offline", "--script", "f.py", "--python", "--", "x"},
                             Words{"--offline", "--script=f.py", "--python", "--", "x"}}) {
    const auto options = parse(words);
    ASSERT_TRUE(options);
    EXPECT_EQ(options->script, "f.py");
    EXPECT_EQ(options->lock, "");
    EXPECT_EQ(options->option_words, (Words{"--offline"}));
    EXPECT_EQ(command(*options), (Words{"--python", "--", "x"}));
  }
}

TEST_F(RunOptionsTest, ScriptCallHasOptionsThenAFile) {
  words_ = {"--python=3.12", "./f.py", "--offline"};
  pointers_.clear();
  for (std::string& word : words_) {
    pointers_.push_back(word.data());
  }
  const auto options = parse_script_call(pointers_);
  ASSERT_TRUE(options);
  EXPECT_EQ(options->script, "./f.py");
  EXPECT_EQ(options->python, "3.12");
  EXPECT_EQ(command(*options), (Words{"--offline"}));
}

}  // namespace
}  // namespace pel
