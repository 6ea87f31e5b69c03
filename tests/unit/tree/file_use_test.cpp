#include "store/tree/file_use.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "store/base/mapped_file.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

// Another process that maps a file, or has it open, until it is told to end.
class Holder {
 public:
  enum class How { mapped, opened };

  Holder(const std::string& path, How how) {
    std::array<int, 2> ready{};
    std::array<int, 2> end{};
    if (::pipe(ready.data()) != 0 || ::pipe(end.data()) != 0) {
      return;
    }
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(end[1]);
      int error = 0;
      const int fd = ::open(path.c_str(), O_RDONLY);
      const MappedFile file = MappedFile::open(fd, MappedFile::Trust::anybody, error);
      if (how == How::mapped) {
        ::close(fd);
      }
      char byte = 0;
      static_cast<void>(::write(ready[1], &byte, 1) + ::read(end[0], &byte, 1));
      ::_exit(0);
    }
    char byte = 0;
    EXPECT_EQ(::read(ready[0], &byte, 1), 1);
    ::close(ready[0]);
    ::close(ready[1]);
    ::close(end[0]);
    end_ = end[1];
  }

  ~Holder() {
    ::close(end_);
    ::waitpid(pid_, nullptr, 0);
  }

  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;

 private:
  pid_t pid_ = -1;
  int end_ = -1;
};

class FileUse : public ::testing::TestWithParam<bool (*)(const std::string&)> {
 protected:
  FileUse() { test::write_file(path_, "content"); }

  [[nodiscard]] bool in_use(const std::string& path) const { return GetParam()(path); }

  test::TempDir dir_;
  std::string path_ = dir_.path() / "table";
};

TEST_P(FileUse, SeesMappingsOfOtherProcesses) {
  EXPECT_FALSE(in_use(path_));
  {
    const Holder holder(path_, Holder::How::mapped);
    EXPECT_TRUE(in_use(path_));
  }
  EXPECT_FALSE(in_use(path_));
}

TEST_P(FileUse, SeesOpenDescriptorsOfOtherProcesses) {
  const Holder holder(path_, Holder::How::opened);
  EXPECT_TRUE(in_use(path_));
}

// Under whatever name: as it was renamed, or by another link to it.
TEST_P(FileUse, FollowsTheFileNotItsName) {
  const Holder holder(path_, Holder::How::mapped);
  const std::string link = dir_.path() / "link";
  fs::create_hard_link(path_, link);
  fs::rename(path_, dir_.path() / "renamed");
  EXPECT_TRUE(in_use(link));
  test::write_file(path_, "another one");
  EXPECT_FALSE(in_use(path_));
}

TEST_P(FileUse, OfNoFileIsNone) {
  EXPECT_FALSE(in_use(dir_.path() / "none"));
  EXPECT_FALSE(in_use(path_ + "/below"));
}

INSTANTIATE_TEST_SUITE_P(Ways, FileUse, ::testing::Values(&is_file_in_use, &is_file_in_use_by_proc),
                         [](const auto& way) { return way.index == 0 ? "Lease" : "Proc"; });

}  // namespace
}  // namespace pel
