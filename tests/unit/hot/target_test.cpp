#include "launcher/hot/target.hpp"

#include <sys/stat.h>

#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "store/format/table_writer.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

using Words = std::vector<std::string>;

class TargetTest : public ::testing::Test {
 protected:
  TargetTest() {
    TableContent content;
    content.environment.python_version = "3.11.7";
    content.scripts = {{"tool", table_format::ScriptKind::python},
                       {"binary", table_format::ScriptKind::program}};
    bytes_ = write_table(content);
    const char* reason = nullptr;
    table_ = TableView::open(std::as_bytes(std::span(bytes_)), reason).value();
  }

  Target resolve(Words words) {
    std::vector<char*> pointers;
    for (std::string& word : words) {
      pointers.push_back(word.data());
    }
    return resolve_target(table_, prefix_, pointers);
  }

  void write_program(const std::string& path, const std::string& text) {
    test::write_file(path, text);
    ASSERT_EQ(::chmod(path.c_str(), 0755), 0);
  }

  void expect_python(Words words, Words expected) {
    expected.insert(expected.begin(), prefix_ + "/bin/python");
    const Target target = resolve(words);
    EXPECT_EQ(target.kind, Target::Kind::python) << words[0];
    EXPECT_EQ(target.arguments, expected) << words[0];
  }

  void expect_program(Words words, const Words& expected) {
    const Target target = resolve(words);
    EXPECT_EQ(target.kind, Target::Kind::program) << words[0];
    EXPECT_EQ(target.arguments, expected) << words[0];
  }

  test::TempDir dir_;
  std::string prefix_ = dir_.path().string();
  std::string bytes_;
  TableView table_;
};

TEST_F(TargetTest, PythonByAnyOfItsNames) {
  expect_python({"python"}, {});
  expect_python({"python3", "-c", "pass"}, {"-c", "pass"});
  expect_python({"python3.11", "x.py"}, {"x.py"});
  EXPECT_THROW(static_cast<void>(resolve({"python3.1"})), Error);  // nor any other version's
}

TEST_F(TargetTest, AnOptionIsPythons) {
  expect_python({"-m", "pytest", "-q"}, {"-m", "pytest", "-q"});
  expect_python({"-"}, {"-"});
}

TEST_F(TargetTest, AScriptOfTheTable) {
  expect_python({"tool", "a"}, {prefix_ + "/bin/tool", "a"});
  expect_program({"binary", "a"}, {prefix_ + "/bin/binary", "a"});
}

TEST_F(TargetTest, AScriptThatWasInstalledLater) {
  write_program(prefix_ + "/bin/late", "#!" + prefix_ + "/bin/python\nimport sys\n");
  expect_python({"late"}, {prefix_ + "/bin/late"});
  write_program(prefix_ + "/bin/shell", "#!/bin/sh\nexit 0\n");
  expect_program({"shell"}, {prefix_ + "/bin/shell"});
}

TEST_F(TargetTest, AScriptWithALongFirstLine) {
  write_program(prefix_ + "/bin/long",
                "#!/bin/sh\n'''exec' \"" + prefix_ + "/bin/python\" \"$0\" \"$@\"\n' '''\n");
  expect_python({"long"}, {prefix_ + "/bin/long"});
}

TEST_F(TargetTest, APathIsPythonsUnlessItSaysOtherwise) {
  const std::string plain = prefix_ + "/plain.py";
  test::write_file(plain, "print()\n");
  expect_python({plain, "1"}, {plain, "1"});
  const std::string shell = prefix_ + "/run.sh";
  write_program(shell, "#!/bin/sh\n");
  expect_program({shell, "1"}, {shell, "1"});
  const std::string executable_script = prefix_ + "/exe.py";
  write_program(executable_script, "#!/usr/bin/env python3\n");
  expect_python({executable_script}, {executable_script});
  const std::string folder = prefix_ + "/package";
  test::write_file(folder + "/__main__.py", "");
  expect_python({folder}, {folder});
  expect_python({".", "1"}, {".", "1"});
  expect_python({".."}, {".."});
}

TEST_F(TargetTest, AtLastAProgramOnThePath) {
  const Target target = resolve({"sh", "-c", "true"});
  EXPECT_EQ(target.kind, Target::Kind::program);
  EXPECT_TRUE(target.arguments[0].ends_with("/sh"));
  EXPECT_EQ(target.arguments.size(), 3U);
}

TEST_F(TargetTest, WhatIsNowhereIsAnError) {
  for (const auto& [name, message] :
       {std::pair<std::string, std::string>{
            "no-such-tool-here",
            "cannot run 'no-such-tool-here': it is neither a script of the environment nor a "
            "program on PATH"},
        {"./none.py", "cannot run './none.py': no such file"},
        {"none.py", "cannot run 'none.py': no such file"}}) {
    try {
      static_cast<void>(resolve({name}));
      ADD_FAILURE() << name << " was resolved";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::not_found);
      EXPECT_EQ(error.message(), message);
    }
  }
}

}  // namespace
}  // namespace pel
