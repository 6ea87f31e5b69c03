#include "lock/display.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace pel {
namespace {

TEST(Display, EscapesWhatATerminalWouldObey) {
  EXPECT_EQ(quoted("a\x1b[31m\n\r\t\x7f"), "'a\\x1b[31m\\n\\r\\t\\x7f'");
  EXPECT_EQ(quoted(std::string_view("\0", 1)), "'\\x00'");
  EXPECT_EQ(quoted("\xC2\x9B"), "'\\xc2\\x9b'");           // CSI as one character
  EXPECT_EQ(quoted("\xE2\x80\xAE"), "'\\xe2\\x80\\xae'");  // right-to-left override
  EXPECT_EQ(quoted("x\xC3\xA9 \xE2\x82\xAC"), "'x\xC3\xA9 \xE2\x82\xAC'");
}

TEST(Display, CutsLongTextBetweenCharacters) {
  EXPECT_EQ(escaped(std::string(300, 'x')), std::string(200, 'x') + "...");
  EXPECT_EQ(escaped(std::string(199, 'x') + "\xC3\xA9tail"), std::string(199, 'x') + "...");
  EXPECT_EQ(escaped(std::string(300, '\x80')), "...");
}

TEST(Display, ListsTheFirstWordsAndCountsTheOthers) {
  EXPECT_EQ(listed({}, 2), "");
  EXPECT_EQ(listed({"a", "b\n"}, 2), "a, b\\n");
  EXPECT_EQ(listed({"a", "b", "c", "d"}, 2), "a, b and 2 more");
  EXPECT_EQ(listed({"a", "b", "c"}, 2, Quotes::yes), "'a', 'b' and 1 more");
}

TEST(Display, HidesWhatMayBeSecretInAUrl) {
  EXPECT_EQ(redacted_url("https://user:pass@host/a"), "https://host/a");
  EXPECT_EQ(redacted_url("https://token@host:8080/a?sig=secret#frag"), "https://host:8080/a");
  EXPECT_EQ(redacted_url("https://host:8080/pkg@1.0/a"), "https://host:8080/pkg@1.0/a");
  EXPECT_EQ(redacted_url("file:///a/b@c.whl"), "file:///a/b@c.whl");
  for (const char* const url : {"https://user:pa/ss@host/a", "https:user:pass@host", "user:pass@h",
                                "https://user:p@ss@host/a", "https:/user:pass@host/a"}) {
    EXPECT_EQ(redacted_url(url).find("ss"), std::string::npos) << redacted_url(url);
  }
}

}  // namespace
}  // namespace pel
