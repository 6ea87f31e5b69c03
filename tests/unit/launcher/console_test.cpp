#include "launcher/console.hpp"

#include <cstdio>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/launcher/captured_command.hpp"

namespace pel {
namespace {

class ConsoleTest : public ::testing::Test {
 protected:
  test::MemoryStream out_;
  test::MemoryStream err_;
  Console console_{out_.file(), err_.file()};
};

TEST_F(ConsoleTest, ResultsAndMessagesGoDifferentWays) {
  console_.print("result\n");
  console_.note("note");
  console_.warn("warning");
  console_.debug("not asked for");
  EXPECT_EQ(out_.text(), "result\n");
  EXPECT_EQ(err_.text(), "pyenvlaunch: note\npyenvlaunch: warning: warning\n");
}

TEST_F(ConsoleTest, AnErrorHasItsFramesAndItsHint) {
  Error error = Error(ErrorCode::io, "cannot write x: disk full").with_hint("free some space");
  error.add_context("adding a wheel");
  error.add_context("making y");
  console_.report(error);
  EXPECT_EQ(err_.text(),
            "pyenvlaunch: error: cannot write x: disk full\n  while adding a wheel\n"
            "  while making y\n  hint: free some space\n");
}

TEST_F(ConsoleTest, NoNameOfOthersOrdersTheTerminal) {
  Error error = Error(ErrorCode::io, "cannot read \x1b[2J").with_hint("see \x1b[1m");
  error.add_context("reading \xC2\x9B");
  console_.report(error);
  console_.warn("\r");
  console_.note("\x1b");
  EXPECT_EQ(err_.text(),
            "pyenvlaunch: error: cannot read \\x1b[2J\n  while reading \\xc2\\x9b\n"
            "  hint: see \\x1b[1m\npyenvlaunch: warning: \\x0d\npyenvlaunch: \\x1b\n");
}

TEST_F(ConsoleTest, NoMessageHasThePasswordOfAUrl) {
  Error error = Error(ErrorCode::io, "'git+https://u:secret@host/r' is not pinned")
                    .with_hint("see https://secret@host");
  error.add_context("reading https://u:a@b@host/x?y");
  console_.report(error);
  console_.note("http://u:secret@host");
  console_.warn("ssh://secret@host");
  EXPECT_EQ(err_.text(),
            "pyenvlaunch: error: 'git+https://host/r' is not pinned\n"
            "  while reading https://host/x?y\n  hint: see https://host\n"
            "pyenvlaunch: http://host\npyenvlaunch: warning: ssh://host\n");
}

TEST_F(ConsoleTest, ColorOnlyOnRequest) {
  console_.set_color(Console::Color::on);
  console_.report(Error(ErrorCode::io, "x"));
  EXPECT_EQ(err_.text(), "pyenvlaunch: \x1b[1;31merror:\x1b[0m x\n");
}

TEST_F(ConsoleTest, DebugOnRequest) {
  console_.set_debug(true);
  console_.debug("phase");
  EXPECT_EQ(err_.text(), "pyenvlaunch: debug: phase\n");
}

TEST(ConsoleFlush, AFullDiskIsNoSuccess) {
  std::FILE* const full = std::fopen("/dev/full", "w");
  ASSERT_NE(full, nullptr);
  Console console(full, stderr);
  console.print("text");
  EXPECT_FALSE(console.flush());
  std::fclose(full);
}

}  // namespace
}  // namespace pel
