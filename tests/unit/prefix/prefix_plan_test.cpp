#include "store/prefix/prefix_plan.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace pel {
namespace {

using Kind = PrefixEntry::Kind;

std::vector<std::string> paths(const PrefixPlan& plan) {
  std::vector<std::string> result;
  for (const auto& [path, entry] : plan.entries()) {
    result.push_back(path);
  }
  return result;
}

TEST(PrefixPlan, AddsTheDirectoriesAbove) {
  PrefixPlan plan;
  plan.add("a/b/c", {Kind::text, "x"});
  EXPECT_EQ(paths(plan), (std::vector<std::string>{"a", "a/b", "a/b/c"}));
  EXPECT_EQ(plan.entries().at("a/b").kind, Kind::directory);
}

TEST(PrefixPlan, TheLaterEntryWins) {
  PrefixPlan plan;
  plan.add("a", {Kind::text, "old"});
  plan.add("a", {Kind::text, "new"});
  EXPECT_EQ(plan.entries().at("a").content, "new");
}

TEST(PrefixPlan, AFileReplacesADirectoryWithAllInIt) {
  PrefixPlan plan;
  plan.add("a/b/c", {Kind::text, "x"});
  plan.add("a-b", {Kind::text, "stays"});
  plan.add("ab", {Kind::text, "stays"});
  plan.add("a", {Kind::text, "file"});
  EXPECT_EQ(paths(plan), (std::vector<std::string>{"a", "a-b", "ab"}));
}

TEST(PrefixPlan, ADirectoryReplacesAFileAboveAnEntry) {
  PrefixPlan plan;
  plan.add("a", {Kind::data_link, "/store/file"});
  plan.add("a/b", {Kind::text, "x"});
  EXPECT_EQ(plan.entries().at("a").kind, Kind::directory);
}

TEST(PrefixPlan, ADirectoryThatIsThereStays) {
  PrefixPlan plan;
  plan.add("a/b", {Kind::text, "x"});
  plan.add("a", {});
  EXPECT_TRUE(plan.has("a/b"));
}

TEST(PrefixPlan, PathsThatLeaveThePrefixAreABug) {
  PrefixPlan plan;
  for (const char* const path : {"", "/a", "a/../b", "..", ".", "a//b", "a/"}) {
    EXPECT_THROW(plan.add(path, {}), std::logic_error) << path;
  }
}

}  // namespace
}  // namespace pel
