#include "store/base/terminal_text.hpp"

#include <string_view>

#include <gtest/gtest.h>

#include "store/base/error_text.hpp"

namespace pel {
namespace {

TEST(TerminalText, EscapesOrdersAndKeepsLayoutAndBytes) {
  EXPECT_EQ(terminal_text("a\x1b[31m\r\x7f\b"), "a\\x1b[31m\\x0d\\x7f\\x08");
  EXPECT_EQ(terminal_text("first\n\tsecond"), "first\n\tsecond");
  EXPECT_EQ(terminal_text("\xC2\x9B\xE2\x80\xAE\xE2\x81\xA6"),
            "\\xc2\\x9b\\xe2\\x80\\xae\\xe2\\x81\\xa6");
  EXPECT_EQ(terminal_text("\xC3\xA9 \xFF \xE2\x82\xAC \xC2"), "\xC3\xA9 \xFF \xE2\x82\xAC \xC2");
  EXPECT_EQ(terminal_text(std::string_view("\0", 1)), "\\x00");
}

TEST(TerminalText, IsWhatErrorsAreRenderedAs) {
  Error error = Error(ErrorCode::io, "cannot read \x1b]0;x\a").with_hint("rm \x1b[2J");
  error.add_context("reading \xC2\x9B");
  EXPECT_EQ(render_error(error),
            "pyenvlaunch: error: cannot read \\x1b]0;x\\x07\n  while reading \\xc2\\x9b\n"
            "  hint: rm \\x1b[2J\n");
}

}  // namespace
}  // namespace pel
