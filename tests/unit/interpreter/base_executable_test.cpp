#include "store/interpreter/base_executable.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "store/base/text.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

class BaseExecutableTest : public ::testing::Test {
 protected:
  BaseExecutableTest() {
    base_ = program("install/bin/python3.11");
    fs::create_symlink("python3.11", dir_.path() / "install" / "bin" / "python3");
  }

  // An executable file; its path.
  fs::path program(const std::string& name, const std::string& text =
                                                "\x7F"
                                                "ELF") {
    const fs::path path = dir_.path() / name;
    test::write_file(path, text);
    fs::permissions(path, fs::perms::owner_all);
    return path;
  }

  void configuration(const std::string& environment, const std::string& text) {
    test::write_file(dir_.path() / environment / "pyvenv.cfg", text);
  }

  [[nodiscard]] std::string home() const { return (dir_.path() / "install" / "bin").string(); }

  [[nodiscard]] std::optional<std::string> resolve(const std::string& name) const {
    return resolve_base_executable((dir_.path() / name).string());
  }

  test::TempDir dir_;
  fs::path base_;
};

TEST_F(BaseExecutableTest, LinksAreFollowed) {
  fs::create_directories(dir_.path() / "bin");
  fs::create_symlink(dir_.path() / "install" / "bin" / "python3", dir_.path() / "bin" / "python");
  EXPECT_EQ(resolve("bin/python"), base_.string());
}

TEST_F(BaseExecutableTest, AnEnvironmentOfLinksLeadsToItsBase) {
  fs::create_directories(dir_.path() / "venv" / "bin");
  fs::create_symlink(base_, dir_.path() / "venv" / "bin" / "python");
  configuration("venv", concat("home = ", home(), "\n"));
  EXPECT_EQ(resolve("venv/bin/python"), base_.string());
}

TEST_F(BaseExecutableTest, AnEnvironmentOfCopiesLeadsHome) {
  program("venv/bin/python");
  configuration("venv", concat("HOME=", home(), "\nversion = 3.11.7\n"));
  EXPECT_EQ(resolve("venv/bin/python"), base_.string());
}

TEST_F(BaseExecutableTest, OurEnvironmentLeadsHomeEvenThroughALink) {
  const fs::path launcher = program("store/launcher");
  fs::create_directories(dir_.path() / "env" / "bin");
  fs::create_symlink(launcher, dir_.path() / "env" / "bin" / "python");
  configuration("env", concat("home = ", home(), "\nversion = 3.11.7\npyenvlaunch = 0.1.0\n"));
  EXPECT_EQ(resolve("env/bin/python"), base_.string());
}

TEST_F(BaseExecutableTest, AnEnvironmentMadeFromOursLeadsAllTheWay) {
  program("env/bin/python");
  configuration("env", concat("home = ", home(), "\npyenvlaunch = 0.1.0\n"));
  fs::create_directories(dir_.path() / "nested" / "bin");
  fs::create_symlink(dir_.path() / "env" / "bin" / "python",
                     dir_.path() / "nested" / "bin" / "python");
  configuration("nested", concat("home = ", (dir_.path() / "env" / "bin").string(), "\n"));
  EXPECT_EQ(resolve("nested/bin/python"), base_.string());
}

TEST_F(BaseExecutableTest, TheNamedExecutableGoesBeforeNamesInHome) {
  const fs::path other = program("other/python-special");
  program("venv/bin/python");
  configuration("venv", concat("home = ", home(), "\nexecutable = ", other.string(), "\n"));
  EXPECT_EQ(resolve("venv/bin/python"), other.string());
}

TEST_F(BaseExecutableTest, DeadEndsAreNothing) {
  EXPECT_EQ(resolve("nowhere"), std::nullopt);
  EXPECT_EQ(resolve("install"), std::nullopt);
  test::write_file(dir_.path() / "text", "not executable");
  EXPECT_EQ(resolve("text"), std::nullopt);
  fs::create_symlink("loop", dir_.path() / "loop");
  EXPECT_EQ(resolve("loop"), std::nullopt);
  program("venv/bin/python");
  configuration("venv", "home = /nowhere\n");
  EXPECT_EQ(resolve("venv/bin/python"), std::nullopt);
  configuration("venv", concat("home = ", (dir_.path() / "venv" / "bin").string(), "\n"));
  EXPECT_EQ(resolve("venv/bin/python"), std::nullopt);
  configuration("venv", "");
  EXPECT_EQ(resolve("venv/bin/python"), std::nullopt);
}

TEST_F(BaseExecutableTest, FoldersOfInstallations) {
  EXPECT_EQ(interpreter_in_directory((dir_.path() / "install").string()),
            (dir_.path() / "install/bin/python3").string());
  EXPECT_EQ(interpreter_in_directory(home()), home() + "/python3");
  fs::remove(dir_.path() / "install" / "bin" / "python3");
  EXPECT_EQ(interpreter_in_directory((dir_.path() / "install").string()), base_.string());
  EXPECT_EQ(interpreter_in_directory(dir_.path().string()), std::nullopt);
}

TEST_F(BaseExecutableTest, ScriptsBeginWithAShebang) {
  EXPECT_TRUE(is_script(program("script", "#!/bin/sh\n").string()));
  EXPECT_FALSE(is_script(base_.string()));
  EXPECT_FALSE(is_script((dir_.path() / "nowhere").string()));
}

}  // namespace
}  // namespace pel
