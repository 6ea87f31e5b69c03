#include "store/wheel/wheel_name.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "lock/tag.hpp"
#include "store/base/error.hpp"
#include "store/base/terminal_text.hpp"

namespace pel {
namespace {

TEST(WheelName, SplitsItsParts) {
  const WheelName name =
      WheelName::parse("numpy-2.1.0-1abc-cp311-cp311-manylinux_2_17_x86_64.manylinux2014.whl");
  EXPECT_EQ(name.distribution(), "numpy");
  EXPECT_EQ(name.version(), "2.1.0");
  EXPECT_EQ(name.build(), "1abc");
  EXPECT_EQ(name.python_tag(), "cp311");
  EXPECT_EQ(name.abi_tag(), "cp311");
  EXPECT_EQ(name.platform_tag(), "manylinux_2_17_x86_64.manylinux2014");
}

TEST(WheelName, BuildTagIsOptional) {
  EXPECT_EQ(WheelName::parse("six-1.16.0-py2.py3-none-any.whl").build(), "");
}

TEST(WheelName, WritesItsTagsOut) {
  std::vector<std::string> tags;
  for (const Tag& tag : WheelName::parse("a-1-py2.py3-none-any.whl").tags()) {
    tags.push_back(tag.text());
  }
  EXPECT_EQ(tags, (std::vector<std::string>{"py2-none-any", "py3-none-any"}));
}

struct BadName {
  const char* label;
  std::string file_name;
  const char* reason;
};

class BadWheelName : public ::testing::TestWithParam<BadName> {};

TEST_P(BadWheelName, IsRejectedWithItsReason) {
  const BadName& bad = GetParam();
  try {
    const WheelName name = WheelName::parse(bad.file_name);
    FAIL() << "accepted as " << name.file_name();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::corrupt);
    EXPECT_EQ(error.message(),
              "cannot use '" + terminal_text(bad.file_name) + "' as a wheel's name: " + bad.reason);
    EXPECT_FALSE(error.hint().empty());
  }
}

INSTANTIATE_TEST_SUITE_P(
    Names, BadWheelName,
    ::testing::Values(
        BadName{"Empty", "", "does not end in .whl"},
        BadName{"Source", "six-1.16.0.tar.gz", "does not end in .whl"},
        BadName{"FewParts", "six-py3-none-any.whl", "needs five or six parts joined by '-'"},
        BadName{"ManyParts", "a-1-2-3-py3-none-any.whl", "needs five or six parts joined by '-'"},
        BadName{"EmptyPart", "six--py3-none-any.whl", "part 2 is empty or malformed"},
        BadName{"Traversal", "../x-1-py3-none-any.whl", "part 1 is empty or malformed"},
        BadName{"Nul", std::string("s\0x-1-py3-none-any.whl", 22), "part 1 is empty or malformed"},
        BadName{"BuildTag", "six-1-b1-py3-none-any.whl",
                "the build tag does not start with a digit"},
        BadName{"Long", std::string(300, 'a') + "-1-py3-none-any.whl", "longer than 255 bytes"}),
    [](const auto& test) { return std::string(test.param.label); });

}  // namespace
}  // namespace pel
