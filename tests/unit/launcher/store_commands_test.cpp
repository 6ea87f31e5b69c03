#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/launcher/captured_command.hpp"

namespace pel {
namespace {

class StoreCommands : public ::testing::Test {
 protected:
  test::TempDir dir_;
  test::CommandRunner runner_{dir_.path()};
};

TEST_F(StoreCommands, AStoreThatDoesNotExistIsEmptyAndInOrder) {
  for (const char* const command : {"list", "verify"}) {
    const auto result = runner_.run({"store", command});
    EXPECT_EQ(result.status, 0) << command;
    EXPECT_EQ(result.out, "") << command;
    EXPECT_EQ(result.err, "") << command;
    EXPECT_EQ(runner_.run({"store", command, "--json"}).out, "[]\n") << command;
  }
  EXPECT_EQ(runner_.run({"store", "du"}).out, "0 wheels  0 bytes, bytecode 0 bytes\n");
}

TEST_F(StoreCommands, AnUnknownWheelIsAnError) {
  for (const char* const command : {"show", "path", "verify", "du"}) {
    try {
      static_cast<void>(runner_.run({"store", command, "nothing"}));
      FAIL() << command;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::not_found);
      EXPECT_EQ(error.message(), "no wheel 'nothing' in the store");
    }
  }
}

TEST_F(StoreCommands, AddNamesEachFileThatCannotBeAdded) {
  const std::string missing = dir_.path() / "six-1.0-py3-none-any.whl";
  const std::string no_wheel = dir_.path() / "notes.txt";
  const auto result = runner_.run({"store", "add", missing, no_wheel});
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_NE(result.err.find(missing), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("notes.txt"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace pel
