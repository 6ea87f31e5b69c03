#pragma once

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <string>

namespace pel::test {

// A shared library that is nothing but what the dynamic loader reads first: SONAME lib.so.1, NEEDED
// liba.so and libb.so, RPATH $ORIGIN/x, RUNPATH $ORIGIN/y.
template <class Header, class Segment, class Dynamic>
[[nodiscard]] std::string make_elf(unsigned char elf_class) {
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

}  // namespace pel::test
