#include "launcher/hot/read_list.hpp"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/base/fd.hpp"
#include "store/base/text.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel::read_list {
namespace {

constexpr std::uint64_t kKey = 0x0123456789abcdef;

std::string own_maps() {
  std::ifstream file("/proc/self/maps");
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(ReadList, WhatIsWrittenIsRead) {
  const std::vector<File> files{{"/usr/lib/libpython.so", {{0, 12}, {100, 1}}},
                                {"/usr/lib/lib with, blanks+.so", {{7, 300}}},
                                {"/x", {{0, 1}}},
                                {"/x", {{5, 1}}}};
  EXPECT_EQ(parse(kKey, format(kKey, files)), files);
  EXPECT_EQ(parse(kKey, format(kKey, {})), std::vector<File>());
}

TEST(ReadList, AnotherKeyIsAMiss) {
  EXPECT_EQ(parse(kKey + 1, format(kKey, {{"/x", {{0, 1}}}})), std::nullopt);
}

TEST(ReadList, EveryChangedByteIsAMiss) {
  const std::string text =
      format(kKey, {{"/usr/lib/a.so", {{0, 12}}}, {"/usr/lib/b.so", {{1, 2}}}});
  ASSERT_TRUE(parse(kKey, text));
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 0x04);
    EXPECT_EQ(parse(kKey, changed), std::nullopt) << i;
    EXPECT_EQ(parse(kKey, text.substr(0, i)), std::nullopt) << i;
  }
}

TEST(ReadList, StaysSmall) {
  std::vector<File> files;
  for (int i = 0; i < 2000; ++i) {
    files.push_back({concat("/", std::to_string(i * 7919), "-library.so"), {{0, 1}}});
  }
  const std::string text = format(kKey, files);
  EXPECT_LE(text.size(), kMaxSize);
  const auto kept = parse(kKey, text);
  ASSERT_TRUE(kept);
  EXPECT_GT(kept->size(), 300U);
  EXPECT_TRUE(std::equal(kept->begin(), kept->end(), files.begin()));
}

TEST(ReadList, SufficesWhenItHasMostAndNotMuchMore) {
  const std::vector<File> known{{"/a", {{0, 40}, {100, 40}}}};
  EXPECT_TRUE(suffices(known, known));
  EXPECT_TRUE(suffices(known, {{"/a", {{0, 40}, {110, 35}}}}));
  EXPECT_FALSE(suffices(known, {{"/a", {{0, 40}, {120, 40}}}}));
  EXPECT_FALSE(suffices(known, {{"/a", {{0, 30}}}}));
  EXPECT_FALSE(suffices(known, {{"/a", {{0, 40}, {100, 40}}}, {"/b", {{0, 40}}}}));
  EXPECT_FALSE(suffices(known, {}));
}

TEST(MappedFiles, NamesWhatWasUsed) {
  const test::TempDir dir;
  const std::string path = (dir.path() / "a file").string();
  constexpr std::size_t kPages = 5;
  test::write_file(path, std::string(kPages * kPageSize, 'x'));
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  void* const data = ::mmap(nullptr, kPages * kPageSize, PROT_READ, MAP_PRIVATE, fd.get(), 0);
  ASSERT_NE(data, MAP_FAILED);
  const auto of_file = [&] {
    const auto all = mapped_files(own_maps());
    return std::ranges::count(all, path, &File::path);
  };
  EXPECT_EQ(of_file(), 0);
  for (std::size_t page = 0; page < kPages; ++page) {
    EXPECT_EQ(static_cast<const volatile char*>(data)[page * kPageSize], 'x');
  }
  EXPECT_EQ(of_file(), 1);
  const auto files = mapped_files(own_maps());
  const auto found = std::ranges::find(files, path, &File::path);
  ASSERT_NE(found, files.end());
  EXPECT_EQ(found->ranges, (std::vector<Range>{{0, kPages}}));
  EXPECT_TRUE(std::ranges::any_of(
      files, [](const File& file) { return file.path.find("/libc.so") != std::string::npos; }));
  ASSERT_EQ(::munmap(data, kPages * kPageSize), 0);
}

// Closing any descriptor of such a file would give up this process's locks on it.
TEST(MappedFiles, LeavesOutWhatIsShared) {
  const test::TempDir dir;
  const std::string path = (dir.path() / "database").string();
  test::write_file(path, std::string(kPageSize, 'x'));
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  void* const data = ::mmap(nullptr, kPageSize, PROT_READ, MAP_SHARED, fd.get(), 0);
  ASSERT_NE(data, MAP_FAILED);
  const auto files = mapped_files(own_maps());
  EXPECT_EQ(std::ranges::find(files, path, &File::path), files.end());
  ASSERT_EQ(::munmap(data, kPageSize), 0);
}

TEST(MappedFiles, NonsenseIsPassedOver) {
  EXPECT_EQ(
      mapped_files("nonsense\n\n7f-\n1000-2000 r-xp\n1000-2000 r-xp 00000000 08:01 1 [heap]\n"),
      std::vector<File>());
}

}  // namespace
}  // namespace pel::read_list
