#include "store/fetch/progress.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

namespace pel {
namespace {

TEST(Progress, SilentWritesNothing) {
  ::testing::internal::CaptureStderr();
  {
    const auto sink = make_progress(ProgressStyle::silent, "Downloading");
    sink->files(2);
    sink->total(10);
    sink->advance(10);
    sink->file_done();
    sink->message("trying again");
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(Progress, BarIsRedrawnSeldomAndIsGoneInTheEnd) {
  ::testing::internal::CaptureStderr();
  {
    const auto sink = make_progress(ProgressStyle::bar, "Downloading");
    sink->files(2);
    sink->total(2'000'000);
    for (int i = 0; i < 1000; ++i) {
      sink->advance(1000);
    }
  }
  const std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_TRUE(text.starts_with("\r\x1b[KDownloading 0/2  1.0 kB of 2.0 MB  [")) << text;
  EXPECT_TRUE(text.ends_with("\r\x1b[K"));
  EXPECT_LT(text.size(), 1000U);
}

TEST(Progress, MessagesStandOnLinesOfTheirOwn) {
  ::testing::internal::CaptureStderr();
  {
    const auto sink = make_progress(ProgressStyle::bar, "Downloading");
    sink->message("trying again");
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "trying again\n");
}

TEST(Progress, MoreThanTheTotalIsNoProblem) {
  ::testing::internal::CaptureStderr();
  {
    const auto sink = make_progress(ProgressStyle::bar, "Downloading");
    sink->total(1);
    sink->advance(5'000'000'000'000);
  }
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("5.0 TB"), std::string::npos);
}

TEST(Progress, NoBarWhereALineCannotBeRedrawn) {
  ::setenv("TERM", "dumb", 1);
  EXPECT_EQ(progress_style_for_stderr(), ProgressStyle::silent);
  ::unsetenv("TERM");
  EXPECT_EQ(progress_style_for_stderr(), ProgressStyle::silent);
}

}  // namespace
}  // namespace pel
