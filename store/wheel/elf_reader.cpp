#include "store/wheel/elf_reader.hpp"

#include <elf.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/wheel/byte_view.hpp"

namespace pel {
namespace {

constexpr std::size_t kMostSegments = 4096;
constexpr std::size_t kMostDynamicEntries = 65'536;
constexpr std::uint64_t kMostText = std::uint64_t{1} << 20;  // entries may share one long string

// Where the fields of one class of ELF files lie.
struct Layout {
  bool wide;
  std::uint64_t segment_table, segment_size, segment_count;  // in the file header
  std::uint64_t segment_entry_size;
  std::uint64_t p_offset, p_address, p_file_size;
  std::uint64_t dynamic_entry_size;
};

constexpr Layout kElf32{false,
                        offsetof(Elf32_Ehdr, e_phoff),
                        offsetof(Elf32_Ehdr, e_phentsize),
                        offsetof(Elf32_Ehdr, e_phnum),
                        sizeof(Elf32_Phdr),
                        offsetof(Elf32_Phdr, p_offset),
                        offsetof(Elf32_Phdr, p_vaddr),
                        offsetof(Elf32_Phdr, p_filesz),
                        sizeof(Elf32_Dyn)};
constexpr Layout kElf64{true,
                        offsetof(Elf64_Ehdr, e_phoff),
                        offsetof(Elf64_Ehdr, e_phentsize),
                        offsetof(Elf64_Ehdr, e_phnum),
                        sizeof(Elf64_Phdr),
                        offsetof(Elf64_Phdr, p_offset),
                        offsetof(Elf64_Phdr, p_vaddr),
                        offsetof(Elf64_Phdr, p_filesz),
                        sizeof(Elf64_Dyn)};

struct Segment {
  std::uint64_t offset, address, size;
};

class ElfReader {
 public:
  ElfReader(ByteView file, const Layout& layout) noexcept : file_(file), layout_(layout) {}

  std::optional<IndexedElf> read();

 private:
  // An address, an offset or a size: as wide as the class of the file.
  [[nodiscard]] std::uint64_t word(std::uint64_t offset) const noexcept {
    return layout_.wide ? file_.u64(offset) : file_.u32(offset);
  }

  bool read_segments();
  [[nodiscard]] std::optional<std::uint64_t> file_offset(std::uint64_t address) const noexcept;
  [[nodiscard]] bool read_text(std::uint64_t offset, std::string& out);

  ByteView file_;
  const Layout& layout_;
  std::vector<Segment> loaded_;
  std::optional<Segment> dynamic_;
  std::uint64_t strings_ = 0;  // offset of the string table in the file
  std::uint64_t strings_size_ = 0;
  std::uint64_t text_left_ = kMostText;
};

bool ElfReader::read_segments() {
  const std::uint64_t table = word(layout_.segment_table);
  const std::uint64_t entry_size = file_.u16(layout_.segment_size);
  const std::uint64_t count = file_.u16(layout_.segment_count);
  if (entry_size < layout_.segment_entry_size || count > kMostSegments ||
      !file_.has(table, count * entry_size)) {
    return false;
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t at = table + i * entry_size;
    const Segment segment{word(at + layout_.p_offset), word(at + layout_.p_address),
                          word(at + layout_.p_file_size)};
    switch (file_.u32(at)) {
      case PT_LOAD:
        loaded_.push_back(segment);
        break;
      case PT_DYNAMIC:
        dynamic_ = segment;
        break;
      default:
        break;
    }
  }
  return dynamic_ && file_.has(dynamic_->offset, dynamic_->size);
}

std::optional<std::uint64_t> ElfReader::file_offset(std::uint64_t address) const noexcept {
  for (const Segment& segment : loaded_) {
    if (address >= segment.address && address - segment.address < segment.size) {
      const std::uint64_t offset = segment.offset + (address - segment.address);
      return offset >= segment.offset && offset < file_.size() ? std::optional(offset)
                                                               : std::nullopt;
    }
  }
  return std::nullopt;
}

bool ElfReader::read_text(std::uint64_t offset, std::string& out) {
  if (offset >= strings_size_) {
    return false;
  }
  const std::uint64_t room = std::min(strings_size_ - offset, text_left_);
  const std::string_view text = file_.text(strings_ + offset, room);
  const std::size_t end = text.find('\0');
  if (end == std::string_view::npos) {
    return false;
  }
  text_left_ -= end + 1;
  out = std::string(text.substr(0, end));
  return true;
}

std::optional<IndexedElf> ElfReader::read() {
  if (!read_segments() || !dynamic_) {
    return std::nullopt;
  }
  const Segment dynamic = *dynamic_;

  struct Reference {
    std::uint64_t tag, text;
  };

  std::vector<Reference> references;
  std::uint64_t strings_address = 0;
  const std::uint64_t word_size = layout_.dynamic_entry_size / 2;
  const std::uint64_t count =
      std::min<std::uint64_t>(dynamic.size / layout_.dynamic_entry_size, kMostDynamicEntries);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t at = dynamic.offset + i * layout_.dynamic_entry_size;
    const std::uint64_t tag = word(at);
    const std::uint64_t value = word(at + word_size);
    if (tag == DT_NULL) {
      break;
    }
    if (tag == DT_STRTAB) {
      strings_address = value;
    } else if (tag == DT_STRSZ) {
      strings_size_ = value;
    } else if (tag == DT_NEEDED || tag == DT_SONAME || tag == DT_RPATH || tag == DT_RUNPATH) {
      references.push_back({tag, value});
    }
  }
  const auto strings = file_offset(strings_address);
  if (!references.empty() && (!strings || !file_.has(*strings, strings_size_))) {
    return std::nullopt;
  }
  strings_ = strings.value_or(0);
  IndexedElf elf;
  for (const Reference& reference : references) {
    std::string text;
    if (!read_text(reference.text, text)) {
      return std::nullopt;
    }
    switch (reference.tag) {
      case DT_NEEDED:
        elf.needed.push_back(std::move(text));
        break;
      case DT_SONAME:
        elf.soname = std::move(text);
        break;
      case DT_RPATH:
        elf.rpath = std::move(text);
        break;
      default:
        elf.runpath = std::move(text);
        break;
    }
  }
  return elf;
}

}  // namespace

bool looks_like_elf(std::span<const std::byte> head) noexcept {
  return head.size() >= SELFMAG && std::memcmp(head.data(), ELFMAG, SELFMAG) == 0;
}

std::optional<IndexedElf> read_elf(std::span<const std::byte> file) {
  if (!looks_like_elf(file) || file.size() < sizeof(Elf32_Ehdr) ||
      std::to_integer<int>(file[EI_DATA]) != ELFDATA2LSB) {
    return std::nullopt;
  }
  switch (std::to_integer<int>(file[EI_CLASS])) {
    case ELFCLASS32:
      return ElfReader(ByteView(file), kElf32).read();
    case ELFCLASS64:
      return ElfReader(ByteView(file), kElf64).read();
    default:
      return std::nullopt;
  }
}

}  // namespace pel
