#include "store/base/fd.hpp"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include <gtest/gtest.h>

namespace pel {
namespace {

UniqueFd open_null() {
  return UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

bool is_open(int fd) {
  return ::fcntl(fd, F_GETFD) != -1;
}

TEST(UniqueFd, ClosesWhenItGoes) {
  int number = -1;
  {
    const UniqueFd fd = open_null();
    ASSERT_TRUE(fd);
    number = fd.get();
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

TEST(UniqueFd, MoveAssignmentClosesTheOldOne) {
  UniqueFd first = open_null();
  UniqueFd second = open_null();
  const int old = first.get();
  const int kept = second.get();
  first = std::move(second);
  EXPECT_FALSE(is_open(old));
  EXPECT_EQ(first.get(), kept);
  EXPECT_TRUE(is_open(kept));
}

TEST(UniqueFd, CloseReportsTheErrorOnce) {
  UniqueFd fd = open_null();
  ASSERT_EQ(::close(fd.get()), 0);
  EXPECT_EQ(fd.close(), EBADF);
  EXPECT_EQ(fd.close(), 0);
}

}  // namespace
}  // namespace pel
