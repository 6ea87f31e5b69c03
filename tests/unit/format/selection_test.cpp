#include <functional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/base/path.hpp"
#include "store/format/selection_key.hpp"
#include "store/format/selection_record.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

TEST(SelectionRecord, RoundTrip) {
  SelectionRecord record;
  record.prefix = "/cache/v1/envs/0123";
  record.store = "/home/store/v1";
  record.lock = "/project/app.lock";
  record.interpreter = "/usr/bin/python3.11";
  record.libpython = "/usr/lib/libpython3.11.so.1.0";
  record.build_id = "0.1.0-0123456789abcdef";
  record.boot = "0f6a";
  record.interpreter_identity = {1, 2, 3, 4};
  record.libpython_identity = {5, 6, 7, 8};
  record.generation = {9, 10, 11, 12};
  const std::string bytes = record.serialize();
  EXPECT_EQ(SelectionRecord::parse(std::as_bytes(std::span(bytes))), record);
}

TEST(SelectionRecord, DamageIsAMiss) {
  const std::string bytes = SelectionRecord().serialize();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    EXPECT_FALSE(SelectionRecord::parse(std::as_bytes(std::span(damaged)))) << "byte " << i;
  }
  EXPECT_FALSE(SelectionRecord::parse({}));
}

SelectionQuestion question() {
  SelectionQuestion asked;
  asked.lock_text = "lock-version = \"1.0\"";
  asked.lock_path = "/project/app.lock";
  asked.extras = {"a", "b"};
  asked.path_variable = "/usr/bin";
  return asked;
}

TEST(SelectionKey, EveryPartOfTheQuestionCounts) {
  const std::vector<std::function<void(SelectionQuestion&)>> changes = {
      [](SelectionQuestion&) {},
      [](SelectionQuestion& q) { q.lock_text = ""; },
      [](SelectionQuestion& q) { q.lock_path = "/other/b.lock"; },
      [](SelectionQuestion& q) { q.extras = {"a"}; },
      [](SelectionQuestion& q) { q.extras = {}, q.groups = {"a", "b"}; },
      [](SelectionQuestion& q) { q.default_groups = false; },
      [](SelectionQuestion& q) { q.python_spec = "3.12"; },
      [](SelectionQuestion& q) { q.env_python = "3.12"; },
      [](SelectionQuestion& q) { q.configured_python = "3.12"; },
      [](SelectionQuestion& q) { q.path_variable = "/bin"; },
      [](SelectionQuestion& q) { q.python_version_file_text = "3.12"; },
      [](SelectionQuestion& q) { q.script_block = "requires-python = '>=3.12'"; },
  };
  std::set<std::string> keys;
  for (const auto& change : changes) {
    SelectionQuestion asked = question();
    change(asked);
    keys.insert(selection_key(asked));
  }
  EXPECT_EQ(keys.size(), changes.size());
}

TEST(SelectionKey, OrderAndRepetitionOfNamesDoNotCount) {
  SelectionQuestion asked = question();
  asked.extras = {"b", "a", "b"};
  EXPECT_EQ(selection_key(asked), selection_key(question()));
}

TEST(SelectionKey, VariablesDoNotCountWhenAFileIsNamed) {
  SelectionQuestion first = question();
  first.python_spec = "/usr/bin/python3";
  SelectionQuestion second = first;
  second.path_variable = "/bin";
  second.env_python = "3.9";
  EXPECT_EQ(selection_key(first), selection_key(second));
}

TEST(AbsolutePath, IsLexical) {
  EXPECT_EQ(absolute_path("/a/b"), "/a/b");
  EXPECT_EQ(absolute_path("/a//b/./c/"), "/a/b/c");
  EXPECT_EQ(absolute_path("/a/../b"), "/a/../b");
  EXPECT_EQ(absolute_path("/"), "/");
  EXPECT_EQ(name_of(absolute_path("./x.lock")), "x.lock");
  EXPECT_EQ(absolute_path("x.lock"), absolute_path("./x.lock"));
}

TEST(PythonVersionFile, IsTheNearestAbove) {
  const test::TempDir dir;
  test::write_file(dir.path() / "a" / ".python-version", "3.12\n");
  test::write_file(dir.path() / "a" / "b" / "app.lock", "");
  EXPECT_EQ(read_python_version_file((dir.path() / "a/b/app.lock").string()), "3.12\n");
  test::write_file(dir.path() / "a" / "b" / ".python-version", "3.9\n");
  EXPECT_EQ(read_python_version_file((dir.path() / "a/b/app.lock").string()), "3.9\n");
}

}  // namespace
}  // namespace pel
