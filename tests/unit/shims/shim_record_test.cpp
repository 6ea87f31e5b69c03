#include "store/shims/shim_record.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "store/base/file_kind.hpp"
#include "store/base/text.hpp"
#include "store/prefix/prefix_writer.hpp"
#include "store/shims/shim_links.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

ShimRecord example() {
  return {.lock = "/locks/app.lock",
          .directory = "/home/u/.local/bin",
          .all = true,
          .names = {"black", "blackd"},
          .python_spec = "3.12",
          .selection = {{"d"}, {"dev"}, false},
          .find_links = {"/wheels"}};
}

TEST(ShimRecord, ComesBackAsItWasWritten) {
  const ShimRecord record = example();
  const auto read = parse_shim_record(write_shim_record(record));
  ASSERT_TRUE(read);
  EXPECT_EQ(write_shim_record(*read), write_shim_record(record));
  EXPECT_EQ(read->names, record.names);
  EXPECT_FALSE(read->selection.default_groups);
}

TEST(ShimRecord, PathsNeedNotBeUtf8) {
  ShimRecord record = example();
  record.lock = "/locks/\xff.lock";
  EXPECT_EQ(parse_shim_record(write_shim_record(record))->lock, record.lock);
}

TEST(ShimRecord, RefusesWhatIsNone) {
  const std::string good = write_shim_record(example());
  for (const std::string& text : {std::string(), std::string("[]"), good.substr(0, 40)}) {
    EXPECT_FALSE(parse_shim_record(text)) << text;
  }
  for (const char* const name : {"../evil", "a/b", "python", "", "."}) {
    ShimRecord record = example();
    record.names = {name};
    EXPECT_FALSE(parse_shim_record(write_shim_record(record))) << name;
  }
  ShimRecord relative = example();
  relative.directory = "bin";
  EXPECT_FALSE(parse_shim_record(write_shim_record(relative)));
}

TEST(ShimPrefix, IsPlainAndTellsLocksAndDirectoriesApart) {
  const std::string one = shim_prefix("/h", "/a/my app.lock", "/bin");
  EXPECT_TRUE(one.starts_with("/h/shims/my-app-lock-")) << one;
  EXPECT_NE(one, shim_prefix("/h", "/b/my app.lock", "/bin"));
  EXPECT_NE(one, shim_prefix("/h", "/a/my app.lock", "/usr/bin"));
}

TEST(ShimLinks, KnowsWhoseAPlaceIs) {
  const test::TempDir directory;
  const std::string bin = directory.path();
  const std::string prefix = "/h/shims/app-1";
  EXPECT_EQ(look_at_shim(bin, "x", prefix), ShimPlace::free);
  ASSERT_EQ(::symlink("/h/shims/app-1/bin/x", (bin + "/x").c_str()), 0);
  EXPECT_EQ(look_at_shim(bin, "x", prefix), ShimPlace::ours);
  EXPECT_EQ(look_at_shim(bin, "x", "/h/shims/app-2"), ShimPlace::free);  // nobody's any more
  EXPECT_EQ(look_at_shim(bin, "x", "/other/shims/app-1"), ShimPlace::foreign);
  std::ofstream(bin + "/file") << "text";
  EXPECT_EQ(look_at_shim(bin, "file", prefix), ShimPlace::foreign);
  ASSERT_EQ(::mkdir((bin + "/folder").c_str(), 0755), 0);
  EXPECT_EQ(look_at_shim(bin, "folder", prefix), ShimPlace::directory);
  ASSERT_EQ(::mkdir((bin + "/shims").c_str(), 0755), 0);
  ASSERT_EQ(::mkdir((bin + "/shims/app-1").c_str(), 0755), 0);
  std::ofstream(concat(bin, "/shims/app-1/", kShimRecordFile)) << "record";
  ASSERT_EQ(::symlink((bin + "/shims/app-1/bin/y").c_str(), (bin + "/y").c_str()), 0);
  EXPECT_EQ(look_at_shim(bin, "y", bin + "/shims/app-1"), ShimPlace::ours);
  EXPECT_EQ(look_at_shim(bin, "y", bin + "/shims/app-2"), ShimPlace::other);
}

TEST(ShimLinks, AreTakenBackUnlessTheyAreKept) {
  const test::TempDir directory;
  const std::string bin = directory.path();
  {
    ShimLinks links(bin, "/h/shims/app-1");
    ASSERT_TRUE(links.make("x", false));
    EXPECT_EQ(look_at_shim(bin, "x", "/h/shims/app-1"), ShimPlace::ours);
  }
  EXPECT_EQ(look_at_shim(bin, "x", "/h/shims/app-1"), ShimPlace::free);
  {
    ShimLinks links(bin, "/h/shims/app-1");
    ASSERT_TRUE(links.make("x", false));
    links.keep();
  }
  EXPECT_FALSE(remove_shim(bin, "x", "/h/shims/app-2"));
  EXPECT_TRUE(remove_shim(bin, "x", "/h/shims/app-1"));
}

TEST(ShimLinks, ReplaceNothingOfOthersButUnderForce) {
  const test::TempDir directory;
  const std::string bin = directory.path();
  std::ofstream(bin + "/x") << "text";
  ASSERT_EQ(::mkdir((bin + "/y").c_str(), 0755), 0);
  ShimLinks links(bin, "/h/shims/app-1");
  EXPECT_FALSE(links.make("x", false));
  EXPECT_EQ(look_at_shim(bin, "x", "/h/shims/app-1"), ShimPlace::foreign);
  EXPECT_TRUE(links.make("x", true));
  EXPECT_EQ(look_at_shim(bin, "x", "/h/shims/app-1"), ShimPlace::ours);
  EXPECT_FALSE(links.make("y", true));
  EXPECT_EQ(look_at_shim(bin, "y", "/h/shims/app-1"), ShimPlace::directory);
}

TEST(ShimLinks, WhatAnInterruptionHasLeftGoesAndNothingElse) {
  const test::TempDir directory;
  const std::string bin = directory.path();
  const std::string left = concat(bin, "/", new_replacement_name());
  const std::string foreign = concat(bin, "/", new_replacement_name());
  ASSERT_EQ(::symlink("/h/shims/app-1/bin/x", left.c_str()), 0);
  ASSERT_EQ(::symlink("/usr/bin/x", foreign.c_str()), 0);
  ASSERT_EQ(::symlink("/h/shims/app-1/bin/x", (bin + "/.tmp-mine").c_str()), 0);
  const ShimLinks links(bin, "/h/shims/app-1");
  EXPECT_FALSE(has_entry(left));
  EXPECT_TRUE(has_entry(foreign));
  EXPECT_TRUE(has_entry(bin + "/.tmp-mine"));
}

}  // namespace
}  // namespace pel
