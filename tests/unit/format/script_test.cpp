#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "store/format/script_block.hpp"
#include "store/format/script_lock.hpp"

namespace pel {
namespace {

std::string content_of(std::string_view source) {
  const auto block = find_script_block(source, "/s.py");
  return block ? block->content : "none";
}

TEST(ScriptBlock, IsWhatTheSpecificationsExpressionFinds) {
  EXPECT_EQ(content_of("# /// script\n# a = 1\n#\n#  b\n# ///\n"), "a = 1\n\n b\n");
  EXPECT_EQ(content_of("x = 1\n# /// script\n# a\n# ///"), "a\n");
  EXPECT_EQ(content_of("# /// other\n# a\n# ///\n# /// script\n# b\n# ///\n"), "none")
      << "one run of comments, which the first block takes";
  EXPECT_EQ(content_of("# /// other\n# a\n# ///\n\n# /// script\n# b\n# ///\n"), "b\n");
  EXPECT_EQ(content_of("# /// script\n# a\n# ///\n# b\n# ///\n"), "a\n///\nb\n");
  EXPECT_EQ(content_of("# /// script\n# ///\n"), "none");
  EXPECT_EQ(content_of("# /// script\n# ///\n# ///\n"), "///\n");
  EXPECT_EQ(content_of("# /// script\n# a\n"), "none");
  EXPECT_EQ(content_of("# /// script\n# a\nx\n# ///\n"), "none");
  EXPECT_EQ(content_of("# /// script\n#a\n# ///\n"), "none");
  EXPECT_EQ(content_of("# /// script \n# a\n# ///\n"), "none");
  EXPECT_EQ(content_of(" # /// script\n# a\n# ///\n"), "none");
  EXPECT_EQ(content_of("#/// script\n# a\n# ///\n"), "none");
  EXPECT_EQ(content_of("# /// scripts\n# a\n# ///\n"), "none");
  EXPECT_EQ(content_of("# /// script\n# a\n# /// \n# ///x\n"), "none");
  EXPECT_EQ(content_of("# /// script"), "none");
  EXPECT_EQ(content_of(""), "none");
}

TEST(ScriptBlock, AnUnendedBlockDoesNotHideALaterOne) {
  EXPECT_EQ(content_of("# /// script\n# a\n\n# /// script\n# b\n# ///\n"), "b\n");
  EXPECT_EQ(content_of("# /// x\n# /// script\n# b\n# ///\n"), "none");
}

TEST(ScriptBlock, LinesEndAsInPythonAndAMarkInFrontIsNoText) {
  EXPECT_EQ(content_of("\xEF\xBB\xBF# /// script\r\n# a\r\n# ///\r\n"), "a\n");
  EXPECT_EQ(content_of("x\r# /// script\r# a\r# ///\r"), "a\n");
  EXPECT_EQ(find_script_block("\n\n# /// script\n# a\n# ///\n", "/s.py")->first_line, 4U);
}

TEST(ScriptBlock, TwoAreRefused) {
  try {
    static_cast<void>(content_of("# /// script\n# a\n# ///\n\n# /// script\n# b\n# ///\n"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::corrupt);
    EXPECT_EQ(error.message(),
              "cannot read script /s.py: line 5: a second '# /// script' block; the first is at "
              "line 1");
  }
}

TEST(ScriptBlock, MentionOfUsIsNeverMissed) {
  EXPECT_FALSE(may_mention_us("dependencies = ['a']\n"));
  EXPECT_TRUE(may_mention_us("[tool.pyenvlaunch]\n"));
  EXPECT_TRUE(may_mention_us("[tool.\"py\\u0065nvlaunch\"]\n"));
}

TEST(ScriptAnswer, IsReadAsItWasWritten) {
  EXPECT_EQ(read_script_answer(write_script_answer("/a b/c.lock")), "/a b/c.lock");
  EXPECT_EQ(read_script_answer(write_script_answer("")), "");
  for (const char* const text : {"", " ", "0123 /a", "x", "0123456789abcdef0123456789abcdef -"}) {
    EXPECT_FALSE(read_script_answer(text)) << text;
  }
  std::string cut = write_script_answer("/a/b.lock");
  cut.pop_back();
  EXPECT_FALSE(read_script_answer(cut));
}

TEST(ScriptAnswer, KeyIsThatOfBlockAndDirectory) {
  const Script script{"/a/s.py", "/a", "x = 1\n", 2};
  Script other = script;
  other.path = "/b/t.py";
  other.first_line = 7;
  EXPECT_EQ(script_answer_key(script), script_answer_key(other));
  other.directory = "/b";
  EXPECT_NE(script_answer_key(script), script_answer_key(other));
  other = script;
  other.block = "x = 2\n";
  EXPECT_NE(script_answer_key(script), script_answer_key(other));
}

TEST(ScriptLock, LiesBesideTheScriptOrBesideWhatItPointsAt) {
  std::string folder = ::testing::TempDir() + "script_lock_XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::string real = folder + "/real.py";
  const std::string link = folder + "/link";
  std::ofstream(real) << "pass\n";
  ASSERT_EQ(::symlink("./real.py", link.c_str()), 0);
  EXPECT_FALSE(lock_beside(link));
  std::ofstream(real + ".lock") << "";
  EXPECT_EQ(lock_beside(link), real + ".lock");
  EXPECT_EQ(lock_beside(real), real + ".lock");
  std::ofstream(link + ".lock") << "";
  EXPECT_EQ(lock_beside(link), link + ".lock");
  const std::string loop = folder + "/loop";
  ASSERT_EQ(::symlink("loop", loop.c_str()), 0);
  EXPECT_FALSE(lock_beside(loop));
}

}  // namespace
}  // namespace pel
