#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/interpreter/facts_cache.hpp"
#include "store/interpreter/interpreter.hpp"
#include "store/interpreter/libpython.hpp"
#include "store/interpreter/process.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/interpreter/facts_file.hpp"
#include "tests/unit/interpreter/machine.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

class AskTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (test::real_interpreters().empty()) {
      GTEST_SKIP() << "there is no interpreter on this machine";
    }
  }

  // The only file of the cache.
  [[nodiscard]] fs::path cache_file() const {
    const std::vector<fs::path> files{fs::directory_iterator(cache_), fs::directory_iterator()};
    EXPECT_EQ(files.size(), 1U);
    return files.empty() ? fs::path() : files[0];
  }

  // Puts a lie into the cache, so that one sees whether it was believed.
  void tamper() const {
    ASSERT_TRUE(
        test::change_facts(cache_file(), "\"version_line\":\"", "\"version_line\":\"tampered "));
  }

  [[nodiscard]] bool is_tampered(const std::string& executable) const {
    return ask_interpreter(executable, cache_.string()).version_line.starts_with("tampered ");
  }

  // An executable that is ours to change.
  [[nodiscard]] std::string copy_of_interpreter() const {
    const fs::path copy = dir_.path() / "python";
    fs::copy_file(test::any_interpreter(), copy);
    return copy.string();
  }

  fs::path script(const std::string& name, const std::string& text) const {
    const fs::path path = dir_.path() / name;
    test::write_file(path, "#!/bin/sh\n" + text);
    fs::permissions(path, fs::perms::owner_all);
    return path;
  }

  test::TempDir dir_;
  fs::path cache_ = dir_.path() / "cache" / "interpreters";
};

// The interpreter itself, asked in other words, is the oracle.
TEST_F(AskTest, FactsAreWhatTheInterpreterSays) {
  for (const fs::path& python : test::real_interpreters()) {
    const InterpreterFacts facts = ask_interpreter(python.string(), cache_.string());
    const std::vector<std::string> argv{
        python.string(), "-I", "-c",
        "import sys, sysconfig, platform, os, importlib.util as u\n"
        "print(platform.python_version(), *sys.version_info[:3],\n"
        "      sysconfig.get_config_var('SOABI'), sys.implementation.cache_tag,\n"
        "      int.from_bytes(u.MAGIC_NUMBER, 'little'), sys.prefix,\n"
        "      sysconfig.get_path('stdlib'), platform.machine(), sep='\\n')"};
    const std::string said = run_process(argv).out;
    EXPECT_EQ(said, concat(facts.full_version, "\n", std::to_string(facts.major), "\n",
                           std::to_string(facts.minor), "\n", std::to_string(facts.micro), "\n",
                           facts.soabi, "\n", facts.cache_tag, "\n",
                           std::to_string(facts.bytecode_magic), "\n", facts.prefix, "\n",
                           facts.stdlib, "\n", facts.markers.at("platform_machine"), "\n"))
        << python;
    EXPECT_EQ(facts.executable, python.string());
    EXPECT_EQ(facts.bindir, python.parent_path().string());
    EXPECT_EQ(facts.implementation, "cpython");
    EXPECT_EQ(facts.markers.size(), 11U);
    EXPECT_EQ(facts.extension_suffixes.front(), "." + facts.soabi + ".so");
    EXPECT_TRUE(facts.libpython.empty() != facts.libpython_reason.empty());
    if (!facts.libpython.empty()) {
      EXPECT_EQ(library_mismatch(facts.libpython, facts), std::nullopt) << python;
    }
  }
}

TEST_F(AskTest, VariablesOfPythonDoNotDisturb) {
  ::setenv("PYTHONHOME", "/nowhere", 1);
  ::setenv("PYTHONSTARTUP", "/nowhere", 1);
  EXPECT_NO_THROW(static_cast<void>(ask_interpreter(test::any_interpreter(), "")));
  ::unsetenv("PYTHONHOME");
  ::unsetenv("PYTHONSTARTUP");
}

TEST_F(AskTest, IsAskedOnce) {
  static_cast<void>(ask_interpreter(test::any_interpreter(), cache_.string()));
  tamper();
  EXPECT_TRUE(is_tampered(test::any_interpreter()));
}

TEST_F(AskTest, AChangedExecutableIsAskedAgain) {
  const std::string python = copy_of_interpreter();
  static_cast<void>(ask_interpreter(python, cache_.string()));
  tamper();
  ASSERT_TRUE(is_tampered(python));
  fs::last_write_time(python, fs::file_time_type::clock::now() - std::chrono::hours(1));
  EXPECT_FALSE(is_tampered(python));
}

TEST_F(AskTest, ADamagedCacheIsReplaced) {
  static_cast<void>(ask_interpreter(test::any_interpreter(), cache_.string()));
  const std::string good = test::read_file(cache_file());
  std::string flipped = good;
  flipped[good.find("\"libpython\":\"/") + 15] ^= 1;
  const std::vector<std::string> damaged{
      "",
      flipped,
      "null",
      "{}",
      "[]",
      good.substr(0, good.size() / 2),
      "{\"schema\":1}",
      "{\"schema\":1,\"executable\":7,\"watched\":7,\"facts\":7}",
      "{\"schema\":1,\"executable\":\"" + test::any_interpreter() +
          "\",\"watched\":[7],\"facts\":{}}",
      std::string(100'000, '['),
  };
  for (const std::string& line : damaged) {
    for (const std::string& text : {line, test::facts_file(line)}) {
      test::write_file(cache_file(), text);
      EXPECT_NO_THROW(static_cast<void>(ask_interpreter(test::any_interpreter(), cache_.string())));
      EXPECT_EQ(test::read_file(cache_file()), good) << text.substr(0, 100);
    }
  }
}

TEST_F(AskTest, ACacheThatOthersCanWriteIsNotBelieved) {
  static_cast<void>(ask_interpreter(test::any_interpreter(), cache_.string()));
  tamper();
  fs::permissions(cache_file(), fs::perms::others_write, fs::perm_options::add);
  EXPECT_FALSE(is_tampered(test::any_interpreter()));
  struct stat status{};
  ASSERT_EQ(::stat(cache_file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 022U, 0U);
}

TEST_F(AskTest, AnUnwritableCacheIsNoFailure) {
  test::write_file(dir_.path() / "file", "");
  EXPECT_NO_THROW(static_cast<void>(
      ask_interpreter(test::any_interpreter(), (dir_.path() / "file" / "cache").string())));
}

TEST_F(AskTest, AShimIsAskedOnceUntilTheChoiceChanges) {
  const fs::path log = dir_.path() / "log";
  fs::create_directories(dir_.path() / "versions");
  const fs::path shim = script("shims/python3", concat("echo >> ", log.string(), "\nexec ",
                                                       test::any_interpreter(), " \"$@\"\n"));
  const auto calls = [&] { return test::read_file(log).size(); };
  EXPECT_EQ(ask_interpreter(shim.string(), cache_.string()).executable, test::any_interpreter());
  EXPECT_EQ(ask_interpreter(shim.string(), cache_.string()).executable, test::any_interpreter());
  EXPECT_EQ(calls(), 1U);
  test::write_file(dir_.path() / "version", "other\n");
  static_cast<void>(ask_interpreter(shim.string(), cache_.string()));
  EXPECT_EQ(calls(), 2U);
}

TEST_F(AskTest, WhatIsNoInterpreterIsAnErrorThatSaysWhy) {
  struct Case {
    fs::path path;
    ErrorCode code;
    std::string reason;
  };

  const std::vector<Case> cases{
      {"/bin/true", ErrorCode::incompatible, "it does not answer as a Python interpreter does"},
      {"/bin/false", ErrorCode::incompatible, "it ended with status 1"},
      {"/nowhere", ErrorCode::not_found, "there is no interpreter behind it"},
      {script("loud", "echo hello\n"), ErrorCode::incompatible, "it does not answer"},
      {script("liar", "echo '{\"facts\": 7}'\n"), ErrorCode::incompatible, "it does not answer"},
      {script("dying", "echo no luck >&2; exit 3\n"), ErrorCode::incompatible,
       "it ended with status 3: no luck"},
      {script("shot", "kill -9 $$\n"), ErrorCode::incompatible, "it was ended by signal 9"},
      {script("vain", "exit 127\n"), ErrorCode::not_found, "it ended with status 127"},
  };
  for (const Case& each : cases) {
    try {
      static_cast<void>(ask_interpreter(each.path.string(), ""));
      FAIL() << each.path;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), each.code) << error.message();
      EXPECT_NE(error.message().find(each.reason), std::string::npos) << error.message();
    }
  }
}

TEST_F(AskTest, ALibraryOfAnotherBuildIsRefused) {
  InterpreterFacts facts = ask_interpreter(test::any_interpreter(), cache_.string());
  if (facts.libpython.empty()) {
    GTEST_SKIP() << facts.libpython_reason;
  }
  const std::string soabi = std::exchange(facts.soabi, "cpython-399d-x86_64-linux-gnu");
  EXPECT_EQ(library_mismatch(facts.libpython, facts),
            "is not built for cpython-399d-x86_64-linux-gnu");
  facts.soabi = soabi;
  facts.version_line = "3.99.0 (main, Jan  1 2030, 00:00:00) [GCC 99]";
  EXPECT_TRUE(library_mismatch(facts.libpython, facts)->starts_with("is of another build ("));
  test::write_file(dir_.path() / "libpython.so", "no library");
  EXPECT_TRUE(library_mismatch((dir_.path() / "libpython.so").string(), facts)
                  ->starts_with("cannot be opened: "));
  EXPECT_TRUE(library_mismatch("/nowhere.so", facts)->starts_with("cannot be opened: "));
}

TEST_F(AskTest, WithoutALibraryTheReasonSaysWhatToDo) {
  InterpreterAnswer answer;
  answer.facts.major = 3;
  answer.facts.minor = 11;
  answer.library_paths = {"/nowhere/libpython3.11.so.1.0", "/elsewhere/libpython3.11.so.1.0"};
  answer.facts.prefix = "/home/me/.pyenv/versions/3.11.7";
  answer.facts.executable = answer.facts.prefix + "/bin/python3.11";
  choose_library(answer);
  EXPECT_EQ(answer.facts.libpython, "");
  EXPECT_EQ(answer.facts.libpython_reason,
            "libpython3.11.so.1.0 is not installed; rebuild it with "
            "`PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install --force 3.11.7`");
}

}  // namespace
}  // namespace pel
