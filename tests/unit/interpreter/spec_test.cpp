#include <filesystem>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "store/interpreter/interpreter.hpp"
#include "store/interpreter/interpreter_spec.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

using Kind = InterpreterSpec::Kind;

bool allows(const InterpreterSpec& spec, const char* version) {
  return spec.versions && spec.versions->contains(*Version::parse(version), true);
}

TEST(InterpreterSpec, EmptyMeansAny) {
  EXPECT_EQ(InterpreterSpec::parse("", "/").kind, Kind::any);
  EXPECT_EQ(InterpreterSpec::parse(" ", "/").kind, Kind::any);
  EXPECT_EQ(InterpreterSpec::parse("cpython", "/").kind, Kind::any);
}

TEST(InterpreterSpec, VersionsMeanAllOfThatSeries) {
  for (const char* text : {"3.12", "cpython3.12", "cpython@3.12", "cpython-3.12"}) {
    const InterpreterSpec spec = InterpreterSpec::parse(text, "/");
    EXPECT_EQ(spec.kind, Kind::versions) << text;
    EXPECT_TRUE(allows(spec, "3.12.0")) << text;
    EXPECT_TRUE(allows(spec, "3.12.9")) << text;
    EXPECT_FALSE(allows(spec, "3.13.0")) << text;
    EXPECT_FALSE(allows(spec, "3.1.2")) << text;
  }
  EXPECT_TRUE(allows(InterpreterSpec::parse("3", "/"), "3.11.7"));
  EXPECT_FALSE(allows(InterpreterSpec::parse("3.12.1", "/"), "3.12.2"));
  EXPECT_TRUE(allows(InterpreterSpec::parse("cpython-3.12.1-linux-x86_64-gnu", "/"), "3.12.1"));
}

TEST(InterpreterSpec, PrereleasesAndFreeThreadingAreAskedForByName) {
  EXPECT_TRUE(InterpreterSpec::parse("3.14.0rc1", "/").names_prerelease);
  EXPECT_TRUE(InterpreterSpec::parse(">=3.14.0a1", "/").names_prerelease);
  EXPECT_FALSE(InterpreterSpec::parse(">=3.14", "/").names_prerelease);
  EXPECT_TRUE(InterpreterSpec::parse("3.13t", "/").free_threaded);
  EXPECT_TRUE(allows(InterpreterSpec::parse("3.13t", "/"), "3.13.2"));
  EXPECT_TRUE(InterpreterSpec::parse("3.13+freethreaded", "/").free_threaded);
  EXPECT_FALSE(InterpreterSpec::parse("3.13", "/").free_threaded);
}

TEST(InterpreterSpec, SetsOfVersions) {
  const InterpreterSpec spec = InterpreterSpec::parse(">=3.11, <3.13", "/");
  EXPECT_EQ(spec.kind, Kind::versions);
  EXPECT_TRUE(allows(spec, "3.12.4"));
  EXPECT_FALSE(allows(spec, "3.13.0"));
}

TEST(InterpreterSpec, PathsHaveASlashOrAreEnvironments) {
  const test::TempDir dir;
  const std::string base = dir.path().string();
  test::write_file(dir.path() / ".venv" / "bin" / "python", "#!/bin/sh\n");
  std::filesystem::permissions(dir.path() / ".venv" / "bin" / "python",
                               std::filesystem::perms::owner_all);
  EXPECT_EQ(InterpreterSpec::parse("/usr/bin/python3", base).path, "/usr/bin/python3");
  EXPECT_EQ(InterpreterSpec::parse("./python", base).path, base + "/./python");
  EXPECT_EQ(InterpreterSpec::parse("a/python", base).path, base + "/a/python");
  EXPECT_EQ(InterpreterSpec::parse(".venv", base).path, base + "/.venv");
  EXPECT_EQ(InterpreterSpec::parse("venv", base).kind, Kind::command);
  EXPECT_EQ(InterpreterSpec::parse("~/x", base).kind, Kind::path);
}

TEST(InterpreterSpec, CommandsMaySayAVersion) {
  const InterpreterSpec spec = InterpreterSpec::parse("python3.12", "/");
  EXPECT_EQ(spec.kind, Kind::command);
  EXPECT_TRUE(allows(spec, "3.12.1"));
  EXPECT_FALSE(InterpreterSpec::parse("my-python", "/").versions);
}

TEST(InterpreterSpec, NonsenseIsAUsageError) {
  for (const char* text : {">=x", "<", "pypy3.9", "graalpy", "~=3"}) {
    try {
      static_cast<void>(InterpreterSpec::parse(text, "/"));
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::usage) << text;
      EXPECT_NE(error.message().find(text), std::string::npos) << error.message();
      EXPECT_FALSE(error.hint().empty());
    }
  }
}

TEST(PythonVersionFile, TheNearestWins) {
  const test::TempDir dir;
  const std::filesystem::path inner = dir.path() / "a" / "b";
  std::filesystem::create_directories(inner);
  test::write_file(dir.path() / ".python-version", "# comment\n\n 3.11.7 # pinned\n3.9\n");
  const auto outer = find_python_version_file(inner.string());
  ASSERT_TRUE(outer);
  EXPECT_EQ(outer->spec, "3.11.7");
  EXPECT_EQ(outer->file, (dir.path() / ".python-version").string());

  test::write_file(dir.path() / "a" / ".python-version", "3.12\r\n");
  EXPECT_EQ(find_python_version_file(inner.string())->spec, "3.12");

  test::write_file(inner / ".python-version", "system\n");
  EXPECT_FALSE(find_python_version_file(inner.string()));
}

TEST(PythonVersionFile, EmptyOnesAndFoldersArePassedOver) {
  const test::TempDir dir;
  test::write_file(dir.path() / ".python-version", "3.10\n");
  test::write_file(dir.path() / "a" / ".python-version", "# nothing\n");
  std::filesystem::create_directories(dir.path() / "a" / "b" / ".python-version");
  EXPECT_EQ(find_python_version_file((dir.path() / "a" / "b").string())->spec, "3.10");
}

}  // namespace
}  // namespace pel
