#include "launcher/options.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "store/base/error.hpp"

namespace pel {
namespace {

using Words = std::vector<std::string_view>;
using Operands = std::vector<std::string>;

class OptionSetTest : public ::testing::Test {
 protected:
  OptionSetTest() {
    options_.flag("verbose,v", verbose_, "say more");
    options_.value("python", python_, "SPEC", "which interpreter");
    options_.list("extra", extras_, "E", "an extra");
    options_.flag("hidden", hidden_, "");
    options_.optional_value("times", times_, "-", "FILE", "how long it took");
  }

  bool verbose_ = false;
  bool hidden_ = false;
  std::string python_;
  std::string times_;
  std::vector<std::string> extras_;
  OptionSet options_;
};

TEST_F(OptionSetTest, StoresValuesAndReturnsOperands) {
  EXPECT_EQ(options_.parse(Words{"a", "--python=3.12", "-v", "--extra", "x", "--extra=y", "b"}),
            (Operands{"a", "b"}));
  EXPECT_TRUE(verbose_);
  EXPECT_EQ(python_, "3.12");
  EXPECT_EQ(extras_, (Operands{"x", "y"}));
}

TEST_F(OptionSetTest, EverythingBehindTwoDashesIsAnOperand) {
  EXPECT_EQ(options_.parse(Words{"a", "--", "-v", "--python"}), (Operands{"a", "-v", "--python"}));
  EXPECT_FALSE(verbose_);
}

TEST_F(OptionSetTest, AValueMayLookLikeAComparison) {
  EXPECT_EQ(options_.parse(Words{"--python", ">=3.11,<3.13"}), Operands{});
  EXPECT_EQ(python_, ">=3.11,<3.13");
}

TEST_F(OptionSetTest, AValueThatMayBeMissingNeverTakesTheNextWord) {
  EXPECT_EQ(options_.parse(Words{"--times", "a"}), Operands{"a"});
  EXPECT_EQ(times_, "-");
  EXPECT_EQ(options_.first_operand(Words{"--times", "a"}), 1U);
  EXPECT_EQ(options_.parse(Words{"--times=b", "a"}), Operands{"a"});
  EXPECT_EQ(times_, "b");
}

TEST_F(OptionSetTest, TheSameValueTwiceIsAnError) {
  EXPECT_THROW(static_cast<void>(options_.parse(Words{"--python", "3", "--python", "4"})), Error);
}

TEST_F(OptionSetTest, AValueForAFlagIsAnError) {
  EXPECT_THROW(static_cast<void>(options_.parse(Words{"--verbose=yes"})), Error);
}

TEST_F(OptionSetTest, FindsTheFirstOperand) {
  EXPECT_EQ(options_.first_operand(Words{"-v", "--python", "3", "lock", "-v"}), 3U);
  EXPECT_EQ(options_.first_operand(Words{"--python=3", "lock"}), 1U);
  EXPECT_EQ(options_.first_operand(Words{"--unknown", "lock"}), 1U);
  EXPECT_EQ(options_.first_operand(Words{"-v", "--", "lock"}), 1U);
  EXPECT_EQ(options_.first_operand(Words{"-v"}), 1U);
  EXPECT_GE(options_.first_operand(Words{"--python"}), 1U);
}

TEST(OptionSet, OperandsBeginBehindTheLastOption) {
  OptionSet options;
  std::string script;
  options.last_value("script", script, "FILE", "a script");
  EXPECT_EQ(options.first_operand(Words{"--script", "a", "--flag"}), 2U);
  EXPECT_EQ(options.first_operand(Words{"--script=a", "--flag"}), 1U);
  EXPECT_EQ(options.first_operand(Words{"--script"}), 1U);
}

TEST_F(OptionSetTest, HelpShowsWhatIsNotHidden) {
  EXPECT_EQ(options_.help(),
            "  -v, --verbose       say more\n"
            "      --python SPEC   which interpreter\n"
            "      --extra E       an extra\n"
            "      --times[=FILE]  how long it took\n");
}

}  // namespace
}  // namespace pel
