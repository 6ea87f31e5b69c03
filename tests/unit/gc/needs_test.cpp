#include "store/gc/needs.hpp"

#include <gtest/gtest.h>

namespace pel {
namespace {

RootState root_of(const std::string& kind, const std::string& wheel) {
  RootState state;
  state.root.kind = kind;
  state.root.wheel_ids = {wheel};
  return state;
}

TEST(Needs, AreWhatRootsName) {
  Needs needs;
  RootState state = root_of("environment", "a-1");
  state.root.composite_ids = {"c"};
  state.root.launcher = "build";
  needs.add(state);
  EXPECT_TRUE(needs.has_tree("a-1"));
  EXPECT_TRUE(needs.has_tree("c"));
  EXPECT_FALSE(needs.has_tree("b-1"));
  EXPECT_TRUE(needs.has_launcher("build"));
  EXPECT_FALSE(needs.has_launcher("other"));
}

TEST(Needs, PacksFollowTheInterpretersOfTables) {
  Needs needs;
  RootState state = root_of("environment", "a-1");
  state.needs = TableNeeds{
      .tree_ids = {"a-1"}, .cache_tag = "cpython-311", .interpreter = "/p", .launcher = "build"};
  needs.add(state);
  EXPECT_TRUE(needs.has_pack("a-1", "cpython-311.pack"));
  EXPECT_TRUE(needs.has_pack("a-1", "cpython-311.opt-2.pack"));
  EXPECT_TRUE(needs.has_pack("a-1", "cpython-311.v2.opt-2.pack"));
  EXPECT_FALSE(needs.has_pack("a-1", "cpython-312.v2.pack"));
  EXPECT_FALSE(needs.has_pack("a-1", "cpython-312.pack"));
  EXPECT_FALSE(needs.has_pack("b-1", "cpython-311.pack"));
  // A pin says nothing of interpreters, so all packs stay.
  needs.add(root_of("pin", "a-1"));
  EXPECT_TRUE(needs.has_pack("a-1", "cpython-312.pack"));
}

TEST(Needs, WhatNobodyUnderstandsKeepsAllLaunchers) {
  Needs needs;
  needs.add(root_of("pin", "a-1"));
  EXPECT_FALSE(needs.has_launcher("any"));
  needs.add(root_of("of a later version", "a-1"));
  EXPECT_TRUE(needs.has_launcher("any"));
}

// A table lists what a running process needs, though its root has changed since.
TEST(Needs, TablesOfRunningProcessesCount) {
  Needs needs;
  needs.add(TableNeeds{
      .tree_ids = {"a-1", "c"}, .cache_tag = "t", .interpreter = "/p", .launcher = "build"});
  EXPECT_TRUE(needs.has_tree("a-1"));
  EXPECT_TRUE(needs.has_tree("c"));
  EXPECT_TRUE(needs.has_launcher("build"));
}

}  // namespace
}  // namespace pel
