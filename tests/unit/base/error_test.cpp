#include "store/base/error.hpp"

#include <cerrno>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/base/text.hpp"

namespace pel {
namespace {

TEST(Error, CarriesCodeMessageAndHint) {
  const Error error =
      Error(ErrorCode::corrupt, "cannot read lock /x/app.lock: line 1").with_hint("write one");
  EXPECT_EQ(error.code(), ErrorCode::corrupt);
  EXPECT_EQ(error.message(), "cannot read lock /x/app.lock: line 1");
  EXPECT_EQ(error.hint(), "write one");
  EXPECT_STREQ(error.what(), "cannot read lock /x/app.lock: line 1");
  EXPECT_TRUE(error.context().empty());
}

TEST(Error, FramesAreAddedOnTheWayOutInnermostFirst) {
  try {
    with_context([] { return std::string("while adding wheel b"); },
                 [] {
                   with_context([] { return std::string("while reading member a"); },
                                [] { throw Error(ErrorCode::io, "cannot read a: broken"); });
                 });
    FAIL() << "no exception";
  } catch (const Error& error) {
    EXPECT_EQ(std::vector<std::string>(error.context().begin(), error.context().end()),
              (std::vector<std::string>{"while reading member a", "while adding wheel b"}));
  }
}

TEST(Error, WithContextReturnsWhatTheBodyReturns) {
  EXPECT_EQ(with_context([] { return std::string("while counting"); }, [] { return 7; }), 7);
}

TEST(Error, ErrnoBecomesASentence) {
  try {
    errno = ENOSPC;
    throw_errno("write", "/x/y");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::io);
    EXPECT_EQ(error.message(), "cannot write /x/y: no space left on device");
  }
  try {
    errno = ENOENT;
    throw_errno("open", "/x/y");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
  }
}

TEST(Error, AHintGivesWayToABetterOne) {
  const auto hint_of = [](int number, std::string_view hint) {
    try {
      errno = number;
      throw_errno("write", "/x/y", hint);
    } catch (const Error& error) {
      return error.hint();
    }
  };
  EXPECT_EQ(hint_of(EACCES, "ask its owner"), "ask its owner");
  EXPECT_EQ(hint_of(ENOSPC, "ask its owner"), "make room there, and run it again");
  EXPECT_EQ(hint_of(EACCES, ""), "");
}

TEST(Concat, JoinsWhatIsLikeAString) {
  const std::string text = "b";
  EXPECT_EQ(concat("a", text, std::string_view("c"), ""), "abc");
}

}  // namespace
}  // namespace pel
