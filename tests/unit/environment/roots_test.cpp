#include "store/environment/roots.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

TEST(Roots, SayWhatTheEnvironmentNeeds) {
  const test::TempDir dir;
  const StoreLayout layout(dir.path().string());
  fs::create_directories(layout.roots());
  const std::vector<std::string> wheels = {"a-1.0-x", "b-2.0-y"};
  const std::vector<std::string> composites = {"0123"};
  write_root(layout, {.environment_id = "id",
                      .prefix = "/c/id",
                      .lock = "/l",
                      .wheel_ids = wheels,
                      .composite_ids = composites});
  const std::string file = root_file(layout, "id", "/c/id");
  EXPECT_EQ(test::read_file(file),
            "{\n \"kind\": \"environment\",\n \"environment\": \"id\",\n \"prefix\": \"/c/id\",\n"
            " \"lock\": \"/l\",\n \"wheels\": [\n  \"a-1.0-x\",\n  \"b-2.0-y\"\n ],\n"
            " \"composites\": [\n  \"0123\"\n ]\n}\n");
  remove_root(layout, "id", "/c/id");
  EXPECT_FALSE(fs::exists(file));
  EXPECT_NO_THROW(remove_root(layout, "id", "/c/id"));
}

// Two cache directories may share a store, and hold environments of the same content.
TEST(Roots, AreToldApartByThePrefix) {
  const StoreLayout layout("/s");
  EXPECT_NE(root_file(layout, "id", "/c1/id"), root_file(layout, "id", "/c2/id"));
  EXPECT_TRUE(root_file(layout, "id", "/c1/id").starts_with("/s/store/v1/roots/env-id-"));
}

}  // namespace
}  // namespace pel
