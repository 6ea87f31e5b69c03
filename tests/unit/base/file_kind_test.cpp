#include "store/base/file_kind.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

class FileKindTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string at(const char* name) const { return (dir_.path() / name).string(); }

  [[nodiscard]] std::string make_file(const char* name, mode_t mode) const {
    std::string path = at(name);
    std::ofstream(path).put('x');
    EXPECT_EQ(::chmod(path.c_str(), mode), 0);
    return path;
  }

  [[nodiscard]] std::string make_link(const char* name, const char* target) const {
    std::string path = at(name);
    fs::create_symlink(target, path);
    return path;
  }

  test::TempDir dir_;
};

TEST_F(FileKindTest, NothingIsOfNoKind) {
  EXPECT_FALSE(has_entry(at("none")));
  EXPECT_FALSE(exists(at("none")));
  EXPECT_FALSE(is_directory(at("none")));
  EXPECT_FALSE(leads_to_directory(at("none")));
  EXPECT_FALSE(is_file(at("none")));
  EXPECT_FALSE(is_executable_file(at("none")));
}

TEST_F(FileKindTest, ALinkToNowhereIsOnlyAnEntry) {
  const std::string link = make_link("link", "none");
  EXPECT_TRUE(has_entry(link));
  EXPECT_FALSE(exists(link));
  EXPECT_FALSE(is_file(link));
}

TEST_F(FileKindTest, ALinkToADirectoryIsNoneItself) {
  fs::create_directory(at("folder"));
  const std::string link = make_link("link", "folder");
  EXPECT_TRUE(is_directory(at("folder")));
  EXPECT_TRUE(leads_to_directory(at("folder")));
  EXPECT_FALSE(is_directory(link));
  EXPECT_TRUE(leads_to_directory(link));
  EXPECT_FALSE(is_executable_file(at("folder")));
}

TEST_F(FileKindTest, OnlyARegularFileIsExecutable) {
  EXPECT_FALSE(is_executable_file(make_file("text", 0644)));
  EXPECT_TRUE(is_executable_file(make_file("program", 0755)));
  EXPECT_TRUE(is_executable_file(make_link("link", "program")));
  ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0755), 0);
  EXPECT_TRUE(exists(at("fifo")));
  EXPECT_FALSE(is_file(at("fifo")));
  EXPECT_FALSE(is_executable_file(at("fifo")));
}

}  // namespace
}  // namespace pel
