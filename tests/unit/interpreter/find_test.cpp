#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/interpreter/interpreter.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/interpreter/facts_file.hpp"
#include "tests/unit/interpreter/machine.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

// A machine with two folders on PATH: the oldest interpreter in the first, the newest in the
// second. What is in /usr/bin cannot be hidden.
class FindTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const fs::path& python : test::real_interpreters()) {
      facts_.push_back(ask_interpreter(python.string(), shared_cache()));
    }
    fs::copy(shared_cache(), cache_);
    std::erase_if(facts_, [](const InterpreterFacts& facts) { return facts.libpython.empty(); });
    std::ranges::sort(facts_, {}, [](const InterpreterFacts& facts) {
      return std::pair(facts.minor, facts.micro);
    });
    if (facts_.size() < 2 || facts_.front().minor == facts_.back().minor) {
      GTEST_SKIP() << "two interpreters with shared libraries are needed";
    }
    link("first/python3", facts_.front());
    link("second/python3", facts_.back());
    link(concat("second/python3.", std::to_string(facts_.back().minor)), facts_.back());
    set("PATH", concat(path("first"), ":relative::", path("missing"), ":", path("second")));
    set("HOME", path("home"));
    set("PYENV_ROOT", path("pyenv"));
    set("UV_PYTHON_INSTALL_DIR", path("uv"));
    set("XDG_DATA_HOME", path("data"));
  }

  void TearDown() override {
    std::ranges::reverse(saved_);
    for (const auto& [name, value] : saved_) {
      if (value) {
        ::setenv(name.c_str(), value->c_str(), 1);
      } else {
        ::unsetenv(name.c_str());
      }
    }
  }

  // Asking takes time: done once for all tests.
  static std::string shared_cache() {
    static const test::TempDir dir;
    return (dir.path() / "cache").string();
  }

  void set(const std::string& name, const std::string& value) {
    const char* const old = std::getenv(name.c_str());
    saved_.emplace_back(name, old == nullptr ? std::nullopt : std::optional<std::string>(old));
    ::setenv(name.c_str(), value.c_str(), 1);
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (dir_.path() / name).string();
  }

  void link(const std::string& name, const InterpreterFacts& facts) const {
    fs::create_directories((dir_.path() / name).parent_path());
    fs::create_symlink(facts.executable, dir_.path() / name);
  }

  [[nodiscard]] std::string find(const std::string& spec, const std::string& required = "") const {
    return find_interpreter({.spec = spec,
                             .spec_source = "--python",
                             .requires_python = required,
                             .cache_dir = cache_,
                             .directory = dir_.path().string()})
        .executable;
  }

  [[nodiscard]] std::optional<Error> failure(const std::string& spec,
                                             const std::string& required = "") const {
    try {
      static_cast<void>(find(spec, required));
    } catch (const Error& error) {
      return error;
    }
    return std::nullopt;
  }

  [[nodiscard]] static std::string series(const InterpreterFacts& facts) {
    return concat("3.", std::to_string(facts.minor));
  }

  test::TempDir dir_;
  std::string cache_ = (dir_.path() / "cache").string();
  std::vector<InterpreterFacts> facts_;
  std::vector<std::pair<std::string, std::optional<std::string>>> saved_;
};

TEST_F(FindTest, TheFirstOnPathWins) {
  EXPECT_EQ(find(""), facts_.front().executable);
  EXPECT_EQ(find(">=3.9"), facts_.front().executable);
}

TEST_F(FindTest, WhatDoesNotFitIsPassedOver) {
  EXPECT_EQ(find(series(facts_.back())), facts_.back().executable);
  EXPECT_EQ(find("", concat(">=", series(facts_.back()))), facts_.back().executable);
  EXPECT_EQ(find(concat("cpython@", facts_.back().full_version)), facts_.back().executable);
}

TEST_F(FindTest, CommandsArePathsAndFallBackToVersions) {
  EXPECT_EQ(find("python3"), facts_.front().executable);
  EXPECT_EQ(find(concat("python", series(facts_.back()))), facts_.back().executable);
  EXPECT_EQ(find(concat("python", series(facts_.front()))), facts_.front().executable);
}

TEST_F(FindTest, PathsMayBeFilesAndFolders) {
  EXPECT_EQ(find(path("second/python3")), facts_.back().executable);
  EXPECT_EQ(find("./second"), facts_.back().executable);
  EXPECT_EQ(find("second"), facts_.back().executable);
  link("venv/bin/python", facts_.back());
  test::write_file(dir_.path() / "venv" / "pyvenv.cfg", "home = /somewhere\n");
  EXPECT_EQ(find("venv"), facts_.back().executable);
}

TEST_F(FindTest, PyenvAndUvAreSearchedBehindPath) {
  set("PATH", path("missing"));
  link("pyenv/versions/3.9.99/bin/python3", facts_.front());
  link("pyenv/versions/mine/bin/python3", facts_.back());
  EXPECT_EQ(find(series(facts_.front())), facts_.front().executable);
  EXPECT_EQ(find("mine"), facts_.back().executable);
  fs::remove_all(dir_.path() / "pyenv");
  link("uv/cpython-3/bin/python3", facts_.back());
  EXPECT_EQ(find(facts_.back().full_version), facts_.back().executable);
}

TEST_F(FindTest, ElsewhereTheNewestWins) {
  set("PATH", path("missing"));
  link("pyenv/versions/a/bin/python3", facts_.back());
  link("pyenv/versions/b/bin/python3", facts_.front());
  EXPECT_EQ(find(""), facts_.back().executable);
}

TEST_F(FindTest, OneWithoutALibraryLosesUnlessItIsNamed) {
  for (const auto& file : fs::directory_iterator(cache_)) {
    if (test::read_file(file.path())
            .find(concat("\"executable\":\"", facts_.front().executable, "\"")) ==
        std::string::npos) {
      continue;
    }
    const std::string library = concat("\"libpython\":\"", facts_.front().libpython, "\"");
    ASSERT_TRUE(test::change_facts(file.path(), library, "\"libpython\":\"\""));
  }
  EXPECT_EQ(find(""), facts_.back().executable);
  EXPECT_EQ(find(path("first/python3")), facts_.front().executable);
  EXPECT_EQ(find("python3"), facts_.front().executable);
}

TEST_F(FindTest, NoneThatFitsIsAnErrorThatListsThem) {
  const auto error = failure("3.77", ">=3.9");
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::not_found);
  EXPECT_TRUE(error->message().starts_with(
      "cannot find the interpreter '3.77' (--python) for a lock that requires '>=3.9': none of "
      "these fits\n"))
      << error->message();
  EXPECT_NE(error->message().find(concat("\n  ", path("first/python3"), ": CPython ",
                                         facts_.front().full_version, ", but it is not '3.77'")),
            std::string::npos)
      << error->message();
  EXPECT_NE(error->hint().find("uv python install 3.77"), std::string::npos);
}

TEST_F(FindTest, WhatTheLockExcludesIsNothingToInstall) {
  const auto error = failure("3.77", ">=3.78");
  ASSERT_TRUE(error);
  EXPECT_TRUE(error->hint().starts_with("no version is both: choose one that the lock allows"))
      << error->hint();
}

TEST_F(FindTest, TheNamedOneMustFit) {
  const auto error = failure(path("first/python3"), ">=3.77");
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::incompatible);
  EXPECT_EQ(error->message(),
            concat("cannot use ", path("first/python3"), " (--python): it is CPython ",
                   facts_.front().full_version, ", but the lock requires '>=3.77'"));
}

TEST_F(FindTest, MissingOnesAreNamed) {
  EXPECT_EQ(failure("./nowhere")->code(), ErrorCode::not_found);
  EXPECT_EQ(failure("no-such-python")->message(),
            "cannot find the interpreter 'no-such-python' (--python): no such command is on PATH");
  EXPECT_EQ(failure(path("home"))->code(), ErrorCode::not_found);
}

TEST_F(FindTest, TheListHasEachInterpreterOnce) {
  link("first/python", facts_.front());
  const std::vector<FoundInterpreter> found = list_interpreters(cache_);
  ASSERT_GE(found.size(), 2U);
  EXPECT_EQ(found[0].path, path("first/python3"));
  EXPECT_EQ(found[0].origin, "PATH");
  EXPECT_EQ(found[0].problem, "");
  EXPECT_EQ(found[1].facts->executable, facts_.back().executable);
  EXPECT_EQ(std::ranges::count_if(found,
                                  [&](const FoundInterpreter& entry) {
                                    return entry.facts &&
                                           entry.facts->executable == facts_.front().executable;
                                  }),
            1);
}

}  // namespace
}  // namespace pel
