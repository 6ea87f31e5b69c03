#include "launcher/cli.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/base/build_id.hpp"
#include "store/base/error.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/launcher/captured_command.hpp"

namespace pel {
namespace {

using Words = std::vector<std::string>;

class Cli : public ::testing::Test {
 protected:
  [[nodiscard]] std::string out(const Words& words) const {
    const auto result = runner_.run(words);
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.err, "");
    return result.out;
  }

  [[nodiscard]] Error failure(const Words& words) const {
    try {
      static_cast<void>(runner_.run(words));
    } catch (const Error& error) {
      return error;
    }
    throw std::logic_error("no exception");
  }

  void expect_usage_error(const Words& words, std::string_view message, std::string_view hint) {
    const Error error = failure(words);
    EXPECT_EQ(error.code(), ErrorCode::usage);
    EXPECT_EQ(error.message(), message);
    EXPECT_EQ(error.hint(), hint);
  }

  test::TempDir dir_;
  test::CommandRunner runner_{dir_.path()};
};

TEST_F(Cli, HelpListsTheCommandsOfThisRelease) {
  const std::string text = out({"help"});
  EXPECT_EQ(out({"--help"}), text);
  EXPECT_EQ(out({"-h"}), text);
  EXPECT_TRUE(text.starts_with("usage: pyenvlaunch COMMAND"));
  for (const char* const command : {"run", "exec", "sync", "env", "store", "python"}) {
    EXPECT_NE(text.find(std::string("\n  ") + command + " "), std::string::npos) << command;
  }
  EXPECT_EQ(text.find("complete-bytecode"), std::string::npos);
}

TEST_F(Cli, EveryCommandHasHelpInThreeSpellings) {
  for (const Words& command : std::vector<Words>{{"run"},
                                                 {"exec"},
                                                 {"sync"},
                                                 {"env", "show"},
                                                 {"env", "remove"},
                                                 {"store", "add"},
                                                 {"store", "list"},
                                                 {"store", "show"},
                                                 {"store", "path"},
                                                 {"store", "verify"},
                                                 {"store", "du"},
                                                 {"python", "list"},
                                                 {"python", "find"}}) {
    Words help = command;
    help.insert(help.begin(), "help");
    Words long_option = command;
    long_option.emplace_back("--help");
    Words short_option = command;
    short_option.emplace_back("-h");
    const std::string text = out(help);
    EXPECT_EQ(out(long_option), text);
    EXPECT_EQ(out(short_option), text);
    EXPECT_NE(text.find("usage: pyenvlaunch " + command.front()), std::string::npos);
    EXPECT_NE(text.find("--color WHEN"), std::string::npos);
    EXPECT_NE(text.find("-v, --verbose"), std::string::npos);
    EXPECT_EQ(text.find("--for-run"), std::string::npos) << "an internal option in the help";
  }
}

TEST_F(Cli, GroupsHaveHelpToo) {
  EXPECT_EQ(out({"help", "store"}), out({"store", "--help"}));
  EXPECT_NE(out({"help", "store"}).find("\n  store add "), std::string::npos);
}

TEST_F(Cli, Version) {
  EXPECT_EQ(out({"--version"}), std::string("pyenvlaunch ") + kVersion + "\n");
}

TEST_F(Cli, MistakesAreUsageErrorsWithAdvice) {
  expect_usage_error({}, "no command given", "try 'pyenvlaunch help'");
  expect_usage_error({"snyc"}, "unknown command 'snyc'", "did you mean 'sync'?");
  expect_usage_error({"frobnicate"}, "unknown command 'frobnicate'", "try 'pyenvlaunch help'");
  expect_usage_error({"store", "frobnicate"}, "unknown command 'store frobnicate'",
                     "try 'pyenvlaunch help store'");
  expect_usage_error({"--offline", "sync"}, "unknown option '--offline'",
                     "the options of a command go behind its name; try 'pyenvlaunch help'");
  expect_usage_error({"store"}, "no command given behind 'store'", "try 'pyenvlaunch help store'");
  expect_usage_error({"store", "lst"}, "unknown command 'store lst'", "did you mean 'store list'?");
  expect_usage_error({"help", "snyc"}, "unknown command 'snyc'", "did you mean 'sync'?");
  expect_usage_error({"-x", "sync"}, "unknown option '-x'",
                     "the options of a command go behind its name; try 'pyenvlaunch help'");
  expect_usage_error({"-", "sync"}, "unknown command '-'", "try 'pyenvlaunch help'");
  expect_usage_error({"--versoin"}, "unknown option '--versoin'", "did you mean '--version'?");
  expect_usage_error({"sync"}, "no lock given", "try 'pyenvlaunch help sync'");
  expect_usage_error({"sync", "--ofline", "x"}, "unknown option '--ofline'",
                     "did you mean '--offline'?");
  expect_usage_error({"sync", "--off", "x"}, "unknown option '--off'",
                     "try 'pyenvlaunch help sync'");
  expect_usage_error({"sync", "x", "--python"},
                     "the required argument for option '--python' is missing",
                     "try 'pyenvlaunch help sync'");
  expect_usage_error({"sync", "--color=blue", "x"}, "bad value 'blue' of --color",
                     "use auto, always or never");
  expect_usage_error({"--color", "blue", "help"}, "bad value 'blue' of --color",
                     "use auto, always or never");
  expect_usage_error({"env", "show", "a", "b"}, "unexpected argument 'b'",
                     "try 'pyenvlaunch help env show'");
  expect_usage_error({"store", "list", "x"}, "unexpected argument 'x'",
                     "try 'pyenvlaunch help store list'");
}

TEST_F(Cli, RunAndExecSayWhatIsMissing) {
  expect_usage_error({"run"}, "no lock given", "try 'pyenvlaunch help run'");
  expect_usage_error({"run", "--", "python"}, "no lock given", "try 'pyenvlaunch help run'");
  expect_usage_error({"run", "app.lock"}, "nothing to run given behind 'app.lock'",
                     "try 'pyenvlaunch help run'");
  expect_usage_error({"exec", "app.lock", "--"}, "nothing to run given behind 'app.lock'",
                     "try 'pyenvlaunch help exec'");
  expect_usage_error({"run", "--report", "f", "app.lock", "x"}, "unknown option '--report'",
                     "try 'pyenvlaunch help run'");
  // What follows the lock belongs to the program.
  expect_usage_error({"run", "--pyton", "3", "app.lock", "x", "--help"}, "unknown option '--pyton'",
                     "did you mean '--python'?");
}

TEST_F(Cli, AnUnknownModeIsRefused) {
  runner_.settings().mode = "upside-down";
  EXPECT_EQ(failure({"sync", "app.lock"}).message(), "bad value 'upside-down' of PYENVLAUNCH_MODE");
}

TEST_F(Cli, AMissingLockIsNamedInFull) {
  const std::string lock = dir_.path() / "app.lock";
  const Error error = failure({"sync", lock});
  EXPECT_EQ(error.code(), ErrorCode::not_found);
  EXPECT_EQ(error.message(), "cannot read lock " + lock + ": no such file");
}

TEST_F(Cli, RemovingWhatIsNotThereSucceedsSilently) {
  EXPECT_EQ(out({"env", "remove", dir_.path() / "app.lock"}), "");
}

TEST_F(Cli, WhatIsNoResultGoesToStandardError) {
  const auto result = runner_.run({"env", "remove", "-v", "x.lock"});
  EXPECT_EQ(result.out, "");
  EXPECT_TRUE(
      result.err.starts_with("pyenvlaunch: removed 0 environments, 0 selections\n"
                             "pyenvlaunch: debug: env remove: "))
      << result.err;
}

}  // namespace
}  // namespace pel
