#include "lock/script_metadata.hpp"

#include <string>

#include <gtest/gtest.h>

#include "store/base/error.hpp"

namespace pel {
namespace {

const ScriptPlace kPlace{"/p/s.py", "/p", 10};

std::string message_of(std::string_view toml) {
  try {
    static_cast<void>(parse_script_metadata(toml, kPlace));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::corrupt);
    return error.message();
  }
  return "accepted";
}

TEST(ScriptMetadata, HasWhatTheBlockSays) {
  const ScriptMetadata metadata = parse_script_metadata(
      "requires-python = '>=3.11'\ndependencies = [\n  'rich>=13',\n  'black'\n]\n"
      "[tool.uv]\nx = 1\n[tool.pyenvlaunch]\nlock = '../l.lock'\n",
      kPlace);
  ASSERT_TRUE(metadata.requires_python);
  EXPECT_EQ(metadata.requires_python->text(), ">=3.11");
  ASSERT_EQ(metadata.dependencies.size(), 2U);
  EXPECT_EQ(metadata.dependencies[1].requirement.name, "black");
  EXPECT_EQ(metadata.dependencies[0].line, 12U);
  EXPECT_EQ(metadata.lock, "/l.lock");
}

TEST(ScriptMetadata, MayBeEmpty) {
  const ScriptMetadata metadata = parse_script_metadata("", kPlace);
  EXPECT_FALSE(metadata.requires_python);
  EXPECT_TRUE(metadata.dependencies.empty());
  EXPECT_EQ(metadata.lock, "");
}

TEST(ScriptMetadata, MessagesHaveTheScriptsLines) {
  EXPECT_EQ(message_of("x = 1\nrequires-python = 3\n"),
            "cannot read script /p/s.py: line 11: key 'requires-python' is an integer, not a "
            "string");
  EXPECT_EQ(message_of("[tool.pyenvlaunch]\nlok = 'x'\n"),
            "cannot read script /p/s.py: line 11: key 'tool.pyenvlaunch.lok' is unknown");
  EXPECT_TRUE(message_of("a = \n").starts_with("cannot read script /p/s.py: line 10, column 7: "));
}

}  // namespace
}  // namespace pel
