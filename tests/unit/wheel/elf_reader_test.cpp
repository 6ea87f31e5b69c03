#include "store/wheel/elf_reader.hpp"

#include <elf.h>

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/elf_writer.hpp"
#include "tests/support/sealed.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

void expect_what_make_elf_made(const std::string& file) {
  const auto elf = read_elf(std::as_bytes(std::span(file)));
  ASSERT_TRUE(elf.has_value());
  EXPECT_EQ(elf->soname, "lib.so.1");
  EXPECT_EQ(elf->needed, (std::vector<std::string>{"liba.so", "libb.so"}));
  EXPECT_EQ(elf->rpath, "$ORIGIN/x");
  EXPECT_EQ(elf->runpath, "$ORIGIN/y");
}

std::string elf64() {
  return test::make_elf<Elf64_Ehdr, Elf64_Phdr, Elf64_Dyn>(ELFCLASS64);
}

TEST(ElfReader, Reads64Bits) {
  expect_what_make_elf_made(elf64());
}

TEST(ElfReader, Reads32Bits) {
  expect_what_make_elf_made(test::make_elf<Elf32_Ehdr, Elf32_Phdr, Elf32_Dyn>(ELFCLASS32));
}

TEST(ElfReader, ReadsThisProgram) {
  const std::string file = test::read_file("/proc/self/exe");
  const auto elf = read_elf(std::as_bytes(std::span(file)));
  ASSERT_TRUE(elf.has_value());
  EXPECT_NE(std::ranges::find(elf->needed, "libc.so.6"), elf->needed.end());
}

TEST(ElfReader, IgnoresWhatIsNone) {
  for (const std::string& text : {std::string(),
                                  std::string("\x7f"
                                              "EL"),
                                  std::string("text"),
                                  std::string("\x7f"
                                              "ELF") +
                                      std::string(200, '\0')}) {
    EXPECT_FALSE(read_elf(std::as_bytes(std::span(text))).has_value());
  }
  std::string big_endian = elf64();
  big_endian[EI_DATA] = ELFDATA2MSB;
  EXPECT_FALSE(read_elf(std::as_bytes(std::span(big_endian))).has_value());
}

TEST(ElfReader, SurvivesEveryCutAndEveryChange) {
  const std::string whole = elf64();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const test::ExactCopy copy(std::string_view(whole).substr(0, size));
    EXPECT_FALSE(read_elf(copy.bytes()).has_value()) << size;
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int value : {0, 0x7F, 0xFF}) {
      std::string changed = whole;
      changed[at] = static_cast<char>(value);
      const test::ExactCopy copy(changed);
      static_cast<void>(read_elf(copy.bytes()));
    }
  }
}

}  // namespace
}  // namespace pel
