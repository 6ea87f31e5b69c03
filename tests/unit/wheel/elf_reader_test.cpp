#include "store/wheel/elf_reader.hpp"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <string>

#include <gtest/gtest.h>

#include "tests/support/sealed.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

// A shared library that is nothing but what the dynamic loader reads first.
template <class Header, class Segment, class Dynamic>
std::string make_elf(unsigned char elf_class) {
  const std::string strings =
      std::string("\0lib.so.1\0liba.so\0libb.so\0$ORIGIN/x\0$ORIGIN/y\0", 46);
  constexpr std::size_t kBase = 0x1000;  // where the file would be mapped
  const std::size_t segments = sizeof(Header);
  const std::size_t dynamic = segments + 2 * sizeof(Segment);
  const std::size_t text = dynamic + 8 * sizeof(Dynamic);
  Header header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = elf_class;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_type = ET_DYN;
  header.e_phoff = static_cast<decltype(header.e_phoff)>(segments);
  header.e_phentsize = sizeof(Segment);
  header.e_phnum = 2;
  Segment load{};
  load.p_type = PT_LOAD;
  load.p_vaddr = kBase;
  load.p_filesz = static_cast<decltype(load.p_filesz)>(text + strings.size());
  Segment dynamic_segment{};
  dynamic_segment.p_type = PT_DYNAMIC;
  dynamic_segment.p_offset = static_cast<decltype(load.p_offset)>(dynamic);
  dynamic_segment.p_filesz = 8 * sizeof(Dynamic);
  std::string file(reinterpret_cast<const char*>(&header), sizeof header);
  file.append(reinterpret_cast<const char*>(&load), sizeof load);
  file.append(reinterpret_cast<const char*>(&dynamic_segment), sizeof dynamic_segment);
  const auto entry = [&](std::int32_t tag, std::size_t value) {
    Dynamic item{};
    item.d_tag = tag;
    item.d_un.d_val = static_cast<decltype(item.d_un.d_val)>(value);
    file.append(reinterpret_cast<const char*>(&item), sizeof item);
  };
  entry(DT_SONAME, 1);
  entry(DT_NEEDED, 10);
  entry(DT_NEEDED, 18);
  entry(DT_RPATH, 26);
  entry(DT_RUNPATH, 36);
  entry(DT_STRTAB, kBase + text);
  entry(DT_STRSZ, strings.size());
  entry(DT_NULL, 0);
  return file + strings;
}

void expect_what_make_elf_made(const std::string& file) {
  const auto elf = read_elf(std::as_bytes(std::span(file)));
  ASSERT_TRUE(elf.has_value());
  EXPECT_EQ(elf->soname, "lib.so.1");
  EXPECT_EQ(elf->needed, (std::vector<std::string>{"liba.so", "libb.so"}));
  EXPECT_EQ(elf->rpath, "$ORIGIN/x");
  EXPECT_EQ(elf->runpath, "$ORIGIN/y");
}

std::string elf64() {
  return make_elf<Elf64_Ehdr, Elf64_Phdr, Elf64_Dyn>(ELFCLASS64);
}

TEST(ElfReader, Reads64Bits) {
  expect_what_make_elf_made(elf64());
}

TEST(ElfReader, Reads32Bits) {
  expect_what_make_elf_made(make_elf<Elf32_Ehdr, Elf32_Phdr, Elf32_Dyn>(ELFCLASS32));
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
