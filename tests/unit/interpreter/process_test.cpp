#include "store/interpreter/process.hpp"

#include <fcntl.h>
#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "store/base/error.hpp"

namespace pel {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

ProcessResult shell(const std::string& script, const ProcessOptions& options = {}) {
  const std::vector<std::string> argv{"/bin/sh", "-c", script};
  return run_process(argv, options);
}

bool has_children() {
  return ::waitpid(-1, nullptr, WNOHANG) != -1 || errno != ECHILD;
}

TEST(Process, OutputErrorAndStatusAreKeptApart) {
  const ProcessResult result = shell("echo out; echo err >&2; exit 7");
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
  EXPECT_EQ(result.exit_code, 7);
  EXPECT_EQ(result.signal, 0);
  EXPECT_FALSE(result.ok());
  EXPECT_FALSE(has_children());
}

TEST(Process, NamesAreLookedUpOnPath) {
  const std::vector<std::string> argv{"true"};
  EXPECT_TRUE(run_process(argv).ok());
}

TEST(Process, ArgumentsAreNotInterpreted) {
  const std::vector<std::string> argv{"/bin/echo", "$HOME", "a b", "*"};
  EXPECT_EQ(run_process(argv).out, "$HOME a b *\n");
}

TEST(Process, WithoutInputThereIsNothingToRead) {
  EXPECT_EQ(shell("cat").out, "");
}

TEST(Process, MuchInputAndOutputDoNotBlockEachOther) {
  const std::string text(3'000'000, 'x');
  const ProcessResult result =
      shell("cat; cat /dev/zero | head -c 100000 >&2", {.input = text, .output_limit = 4'000'000});
  EXPECT_EQ(result.out.size(), text.size());
  EXPECT_EQ(result.err.size(), 100'000U);
  EXPECT_FALSE(result.truncated);
}

TEST(Process, TooMuchOutputIsCutOff) {
  const ProcessResult result = shell("head -c 100000 /dev/zero", {.output_limit = 10});
  EXPECT_EQ(result.out.size(), 10U);
  EXPECT_TRUE(result.truncated);
  EXPECT_TRUE(result.ok());
}

TEST(Process, DiscardedOutputIsNotRead) {
  const ProcessResult result =
      shell("head -c 1000000 /dev/zero; echo err >&2", {.out = ProcessOptions::Output::discard});
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "err\n");
}

TEST(Process, SignalsAreReported) {
  const ProcessResult result = shell("kill -9 $$");
  EXPECT_EQ(result.signal, 9);
  EXPECT_EQ(result.exit_code, 137);
}

TEST(Process, TimeoutKillsTheWholeGroup) {
  const auto begin = Clock::now();
  const ProcessResult result =
      shell("sleep 60 & echo begun; sleep 60", {.timeout = milliseconds(200)});
  EXPECT_TRUE(result.timed_out);
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(result.out, "begun\n");
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(10));
  EXPECT_FALSE(has_children());
}

TEST(Process, AGrandchildThatKeepsThePipeDoesNotHoldUsUp) {
  const auto begin = Clock::now();
  EXPECT_EQ(shell("sleep 20 & echo done").out, "done\n");
  EXPECT_LT(Clock::now() - begin, std::chrono::seconds(10));
}

TEST(Process, EnvironmentIsEdited) {
  ::setenv("PEL_TEST_GONE", "1", 1);
  ::setenv("PEL_TEST_CHANGED", "1", 1);
  ::setenv("PELPREFIX_A", "1", 1);
  const ProcessResult result =
      shell("echo $PEL_TEST_GONE,$PEL_TEST_CHANGED,$PELPREFIX_A,$PEL_TEST_NEW",
            {.environment = {.unset = {"PEL_TEST_GONE"},
                             .unset_prefixes = {"PELPREFIX_"},
                             .set = {{"PEL_TEST_CHANGED", "2"}, {"PEL_TEST_NEW", "3"}}}});
  EXPECT_EQ(result.out, ",2,,3\n");
}

TEST(Process, DirectoryIsTheChilds) {
  EXPECT_EQ(shell("pwd", {.directory = "/usr"}).out, "/usr\n");
}

// What the test itself was started with is not ours to close.
TEST(Process, NoOtherDescriptorIsInherited) {
  std::set<std::string> expected{"0", "1", "2"};
  for (int fd = 3; fd < 1024; ++fd) {
    const int flags = ::fcntl(fd, F_GETFD);
    if (flags >= 0 && (flags & FD_CLOEXEC) == 0) {
      expected.insert(std::to_string(fd));
    }
  }
  std::set<std::string> found;
  std::istringstream lines(shell("ls /proc/$$/fd").out);
  for (std::string line; std::getline(lines, line);) {
    found.insert(line);
  }
  EXPECT_EQ(found, expected);
}

TEST(Process, MissingProgramIsAnError) {
  const std::vector<std::string> argv{"/nowhere/program"};
  try {
    static_cast<void>(run_process(argv));
    FAIL() << "no exception";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_EQ(error.message(), "cannot run /nowhere/program: no such file or directory");
  }
}

TEST(Worker, AnswersWhatItIsSent) {
  const std::vector<std::string> argv{"/bin/cat"};
  Worker worker(argv, {}, "/");
  ASSERT_TRUE(worker.send("hello"));
  std::string answer(5, '\0');
  EXPECT_EQ(worker.receive(answer, Clock::now() + std::chrono::seconds(10)),
            Worker::Receipt::complete);
  EXPECT_EQ(answer, "hello");
}

TEST(Worker, SilenceEndsAtTheDeadline) {
  const std::vector<std::string> argv{"/bin/cat"};
  Worker worker(argv, {}, "/");
  std::string answer(5, '\0');
  EXPECT_EQ(worker.receive(answer, Clock::now() + milliseconds(20)), Worker::Receipt::timed_out);
}

TEST(Worker, ADeadOneIsNoticedAndHarmless) {
  const std::vector<std::string> argv{"/bin/true"};
  Worker worker(argv, {}, "/");
  std::string answer(5, '\0');
  EXPECT_EQ(worker.receive(answer, Clock::now() + std::chrono::seconds(10)),
            Worker::Receipt::ended);
  EXPECT_FALSE(worker.send("hello"));  // and no SIGPIPE
}

}  // namespace
}  // namespace pel
