#include "frontend/tool_process.hpp"

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "store/base/error.hpp"

namespace pel {
namespace {

using Words = std::vector<std::string>;

TEST(ToolProcess, AFailureNamesTheCommandAndPassesOnWhatItSaid) {
  Words told;
  const auto tell = [&](std::string_view line) { told.emplace_back(line); };
  try {
    run_tool({.command = {"sh", "-c", "echo 'no https://u:p@h/x' >&2; exit 3"},
              .purpose = "try",
              .input = {},
              .environment = {},
              .cancelled = nullptr,
              .tell = tell});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(),
              "cannot try: 'sh -c \"echo 'no https://h/x' >&2; exit 3\"' ended with status 3");
  }
  EXPECT_EQ(told, Words{"sh: no https://h/x"});
}

TEST(ToolProcess, WarningsArePassedOn) {
  Words told;
  const auto tell = [&](std::string_view line) { told.emplace_back(line); };
  run_tool({.command = {"sh", "-c", "echo 'warning: of https://u:p@h/x' >&2; echo other >&2"},
            .purpose = "try",
            .input = {},
            .environment = {},
            .cancelled = nullptr,
            .tell = tell});
  EXPECT_EQ(told, Words{"sh: warning: of https://h/x"});
  EXPECT_EQ(warnings_in("Resolved 1 package\nwarning: a\n  cause: b\nResolved\n  x\nwarning: c"),
            "warning: a\n  cause: b\nwarning: c\n");
  EXPECT_EQ(warnings_in("WARNING: pip lock is currently an experimental command. It may\n"
                        "WARNING: a yanked version\nReason: b\n"),
            "WARNING: a yanked version\nReason: b\n");
  EXPECT_EQ(warnings_in(""), "");
}

TEST(ToolProcess, PrintsWithoutColours) {
  ::setenv("FORCE_COLOR", "1", 1);
  Words told;
  const auto tell = [&](std::string_view line) { told.emplace_back(line); };
  EXPECT_TRUE(
      try_tool({.command = {"sh", "-c", "echo \"warning: ${FORCE_COLOR-unset} $NO_COLOR\" >&2"},
                .purpose = "try",
                .input = {},
                .environment = {},
                .cancelled = nullptr,
                .tell = tell}));
  ::unsetenv("FORCE_COLOR");
  EXPECT_EQ(told, Words{"sh: warning: unset 1"});
}

TEST(ToolProcess, IsEndedWhenItIsCancelled) {
  const std::atomic<bool> cancelled{true};
  try {
    run_tool({.command = {"sleep", "1000"},
              .purpose = "sleep",
              .input = {},
              .environment = {},
              .cancelled = &cancelled,
              .tell = {}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::interrupted);
  }
}

TEST(ToolProcess, VersionsAreAskedFor) {
  EXPECT_EQ(ask_version({"sh", "-c", "echo tool 1.2.3 of today"}, "tool")->text(), "1.2.3");
  EXPECT_FALSE(ask_version({"sh", "-c", "echo other 1"}, "tool"));
  EXPECT_FALSE(ask_version({"sh", "-c", "exit 1"}, "tool"));
  EXPECT_FALSE(ask_version({"/nowhere/tool"}, "tool"));
}

}  // namespace
}  // namespace pel
