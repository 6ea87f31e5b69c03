#include "launcher/config_file.hpp"

#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "store/base/error.hpp"

namespace pel {
namespace {

std::vector<ConfiguredValue> parse(std::string_view text) {
  return parse_config(text, "/c/config.toml", "/home/u");
}

TEST(ConfigFile, ReadsEveryKey) {
  ConfigFiles files;
  files.add(parse(R"(home = "/h"
cache = "~/cache"
python = ">=3.11"
mode = "hosted"
offline = true
log = "debug"
max-wheel-size = "2GiB"
max-wheel-files = 12
max-wheel-ratio = 3
max-download-size = 5
http-timeout = 90
find-links = ["~/wheels", "https://h/simple/"]
)"));
  EXPECT_EQ(files.find("cache")->value, "/home/u/cache");
  EXPECT_EQ(files.find("offline")->value, "1");
  EXPECT_EQ(files.find("max-wheel-files")->value, "12");
  EXPECT_EQ(files.find("max-wheel-files")->source, "/c/config.toml:8");
  EXPECT_EQ(files.find("find-links")->items,
            (std::vector<std::string>{"/home/u/wheels", "https://h/simple/"}));
  EXPECT_EQ(files.find("http-timeout")->value, "90");
  EXPECT_EQ(files.find("else"), nullptr);
  EXPECT_EQ(files.compiled().text(),
            "home=/h\ncache=/home/u/cache\npython=>=3.11\nmode=hosted\nlog=debug\n");
}

TEST(ConfigFile, TheFirstFileThatHasAKeyWins) {
  ConfigFiles files;
  files.add(parse("mode = 'hosted'"));
  files.add(parse("mode = 'embedded'\npython = '3.12'"));
  EXPECT_EQ(files.find("mode")->value, "hosted");
  EXPECT_EQ(files.find("python")->value, "3.12");
}

TEST(ConfigFile, SaysWhatIsWrongAndWhere) {
  const std::pair<const char*, const char*> cases[] = {
      {"\nhme = '/h'", "cannot use settings /c/config.toml: line 2: unknown key 'hme'"},
      {"home = 1", "line 1: 'home' must be a string, not an integer"},
      {"home = 'h'", "line 1: 'home' must be an absolute path, not 'h'"},
      {"home = ''", "line 1: 'home' is empty"},
      {"home = \"/a\\nb\"", "line 1: 'home' is empty, or holds control characters"},
      {"offline = 'yes'", "line 1: 'offline' must be true or false, not a string"},
      {"mode = 'fast'", "line 1: 'mode' must be 'embedded' or 'hosted', not 'fast'"},
      {"log = 'all'", "line 1: 'log' must be 'debug', not 'all'"},
      {"max-wheel-files = 0", "line 1: 'max-wheel-files' must be greater than zero"},
      {"max-wheel-files = '1'", "line 1: 'max-wheel-files' must be a whole number, not a string"},
      {"max-wheel-size = 'big'", "line 1: "},
      {"find-links = '/w'", "line 1: 'find-links' must be an array of strings, not a string"},
      {"find-links = [1]", "line 1: 'find-links' must be a string, not an integer"},
      {"find-links = ['w']", "line 1: 'find-links' must be an absolute path, not 'w'"},
      {"home = ", "cannot read settings /c/config.toml: line 1"},
      {"[home]", "line 1: 'home' must be a string, not a table"},
  };
  for (const auto& [text, message] : cases) {
    try {
      static_cast<void>(parse(text));
      ADD_FAILURE() << "no error: " << text;
    } catch (const Error& error) {
      EXPECT_NE(error.message().find(message), std::string::npos) << error.message();
      EXPECT_EQ(error.code(), ErrorCode::corrupt);
    }
  }
}

TEST(ConfigFile, NamesTheNearestKey) {
  try {
    static_cast<void>(parse("find-link = []"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.hint(), "did you mean 'find-links'?");
  }
}

TEST(Configuration, ComesBackAsItWasWritten) {
  Configuration values;
  values.set("home", "/a=b c");
  values.set("mode", "hosted");
  const Configuration read = Configuration::parse(values.text());
  EXPECT_EQ(read.get("home"), "/a=b c");
  EXPECT_EQ(read.get("mode"), "hosted");
  EXPECT_EQ(read.get("cache"), "");
  EXPECT_EQ(Configuration::parse("\nx\n=\nhome").get("home"), "");
}

}  // namespace
}  // namespace pel
