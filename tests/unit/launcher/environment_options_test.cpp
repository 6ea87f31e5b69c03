#include "launcher/environment_options.hpp"

#include <unistd.h>

#include <climits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace pel {
namespace {

std::string here() {
  char buffer[PATH_MAX];
  return ::getcwd(buffer, sizeof buffer);
}

Settings sample_settings() {
  Settings settings;
  settings.locations = [] { return StoreLocations{"/home", "/cache"}; };
  settings.python = "3.12";
  settings.python_source = "PYENVLAUNCH_PYTHON";
  settings.path = "/bin";
  return settings;
}

TEST(EnvironmentOptions, BecomeARequest) {
  EnvironmentOptions options;
  options.python = ">=3.11";
  options.extras = {"x"};
  options.no_default_groups = true;
  options.find_links = {"wheels", "/abs", "https://example.org/wheels/", "file:///w"};
  const EnvironmentRequest request = options.request(sample_settings(), "./app.lock");
  EXPECT_EQ(request.lock_path, here() + "/app.lock");
  EXPECT_EQ(request.python_spec, ">=3.11");
  EXPECT_EQ(request.env_python, "3.12");
  EXPECT_EQ(request.configured_python, "");
  EXPECT_EQ(request.path_variable, "/bin");
  EXPECT_EQ(request.selection.extras, std::vector<std::string>{"x"});
  EXPECT_FALSE(request.selection.default_groups);
  EXPECT_FALSE(request.offline);
  EXPECT_EQ(request.find_links,
            (std::vector<std::string>{here() + "/wheels", "/abs", "https://example.org/wheels/",
                                      "file:///w"}));
  EXPECT_EQ(request.locations.home, "/home");
}

TEST(EnvironmentOptions, OfflineComesFromTheOptionOrTheVariable) {
  Settings settings = sample_settings();
  settings.offline = true;
  EXPECT_TRUE(EnvironmentOptions().request(settings, "x").offline);
  EnvironmentOptions options;
  options.offline = true;
  EXPECT_TRUE(options.request(sample_settings(), "x").offline);
}

TEST(EnvironmentOptions, LimitsComeFromTheSettings) {
  Settings settings = sample_settings();
  settings.limits = [] { return UnpackLimits{.max_files = 7}; };
  EXPECT_EQ(EnvironmentOptions().request(settings, "x").limits.max_files, 7U);
  settings.limits = nullptr;
  EXPECT_EQ(EnvironmentOptions().request(settings, "x").limits.max_files, UnpackLimits().max_files);
}

TEST(HumanText, SizesTimesAndCounts) {
  EXPECT_EQ(human_size(0), "0 bytes");
  EXPECT_EQ(human_size(999), "999 bytes");
  EXPECT_EQ(human_size(1'000), "1.0 kB");
  EXPECT_EQ(human_size(1'272'000'000), "1.3 GB");
  EXPECT_EQ(human_size(5'000'000'000'000'000), "5000.0 TB");
  EXPECT_EQ(human_time(12.34), "12.3 ms");
  EXPECT_EQ(human_time(2345), "2.3 s");
  EXPECT_EQ(counted(1, "wheel"), "1 wheel");
  EXPECT_EQ(counted(0, "wheel"), "0 wheels");
}

}  // namespace
}  // namespace pel
