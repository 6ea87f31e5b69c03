#include "store/format/container.hpp"

#include <bit>
#include <limits>
#include <stdexcept>

#include "store/base/hash.hpp"

namespace pel {
namespace {

static_assert(std::endian::native == std::endian::little, "the formats are little endian");

constexpr std::size_t kHashedFrom = 16;  // behind magic and hot_hash
constexpr std::size_t kAlignment = 8;

struct Header {
  char magic[kMagicSize];
  std::uint64_t hot_hash;
  std::uint32_t version;
  std::uint32_t section_count;
  std::uint64_t file_size;
  std::uint64_t hot_size;
  std::uint64_t cold_hash;
};

static_assert(sizeof(Header) == 48);

struct SectionEntry {
  std::uint32_t kind;
  std::uint32_t count;
  std::uint64_t offset;
  std::uint64_t size;
};

static_assert(sizeof(SectionEntry) == 24);

template <class T>
T load(std::span<const std::byte> bytes, std::size_t offset) noexcept {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

std::size_t aligned(std::size_t size) noexcept {
  return (size + kAlignment - 1) / kAlignment * kAlignment;
}

bool sections_lie_inside(std::span<const std::byte> bytes, const Header& header) noexcept {
  for (std::uint32_t i = 0; i < header.section_count; ++i) {
    const auto entry = load<SectionEntry>(bytes, sizeof(Header) + i * sizeof(SectionEntry));
    const std::uint64_t part_end =
        entry.offset < header.hot_size ? header.hot_size : header.file_size;
    if (entry.offset % kAlignment != 0 || entry.offset > part_end ||
        entry.size > part_end - entry.offset) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<ContainerView> ContainerView::open(std::span<const std::byte> bytes,
                                                 std::string_view magic, std::uint32_t version,
                                                 const char*& reason) noexcept {
  reason = "it is too short";
  if (bytes.size() < sizeof(Header)) {
    return std::nullopt;
  }
  const auto header = load<Header>(bytes, 0);
  if (std::string_view(header.magic, kMagicSize) != magic) {
    reason = "its magic number is wrong";
    return std::nullopt;
  }
  if (header.version != version) {
    reason = "its format version is another";
    return std::nullopt;
  }
  if (header.file_size != bytes.size() || header.hot_size > header.file_size ||
      header.hot_size < sizeof(Header) ||
      header.section_count > (header.hot_size - sizeof(Header)) / sizeof(SectionEntry)) {
    reason = "its sizes do not fit";
    return std::nullopt;
  }
  if (hash64(bytes.subspan(kHashedFrom, header.hot_size - kHashedFrom)) != header.hot_hash) {
    reason = "its checksum is wrong";
    return std::nullopt;
  }
  if (!sections_lie_inside(bytes, header)) {
    reason = "a section lies outside of it";
    return std::nullopt;
  }
  reason = nullptr;
  ContainerView view;
  view.bytes_ = bytes;
  view.section_count_ = header.section_count;
  return view;
}

std::span<const std::byte> ContainerView::section(std::uint32_t kind) const noexcept {
  for (std::uint32_t i = 0; i < section_count_; ++i) {
    const auto entry = load<SectionEntry>(bytes_, sizeof(Header) + i * sizeof(SectionEntry));
    if (entry.kind == kind) {
      return bytes_.subspan(entry.offset, entry.size);
    }
  }
  return {};
}

std::string_view ContainerView::text(std::uint32_t kind) const noexcept {
  const std::span<const std::byte> bytes = section(kind);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool ContainerView::cold_is_intact() const noexcept {
  if (bytes_.empty()) {
    return false;
  }
  const auto header = load<Header>(bytes_, 0);
  return hash64(bytes_.subspan(header.hot_size)) == header.cold_hash;
}

std::string_view resolve(std::string_view strings, StringRef ref) noexcept {
  if (ref.offset > strings.size() || ref.size > strings.size() - ref.offset) {
    return {};
  }
  return strings.substr(ref.offset, ref.size);
}

ContainerBuilder::ContainerBuilder(std::string_view magic, std::uint32_t version)
    : magic_(magic), version_(version) {
  if (magic.size() != kMagicSize) {
    throw std::logic_error("a container's magic number has 8 bytes");
  }
}

void ContainerBuilder::add_section(std::uint32_t kind, Part part, std::uint32_t count,
                                   std::span<const std::byte> bytes) {
  sections_.push_back(
      {kind, part, count, std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())});
}

std::string ContainerBuilder::finish() const {
  std::string out(sizeof(Header) + sections_.size() * sizeof(SectionEntry), '\0');
  std::vector<SectionEntry> entries;
  std::uint64_t hot_size = 0;
  for (const Part part : {Part::hot, Part::cold}) {
    for (const Section& section : sections_) {
      if (section.part == part) {
        out.resize(aligned(out.size()), '\0');
        entries.push_back({section.kind, section.count, out.size(), section.bytes.size()});
        out += section.bytes;
      }
    }
    out.resize(aligned(out.size()), '\0');
    if (part == Part::hot) {
      hot_size = out.size();
    }
  }
  std::memcpy(out.data() + sizeof(Header), entries.data(), entries.size() * sizeof(SectionEntry));
  const auto bytes = std::as_bytes(std::span(out));
  Header header{};
  std::memcpy(header.magic, magic_.data(), kMagicSize);
  header.version = version_;
  header.section_count = static_cast<std::uint32_t>(entries.size());
  header.file_size = out.size();
  header.hot_size = hot_size;
  header.cold_hash = hash64(bytes.subspan(hot_size));
  std::memcpy(out.data(), &header, sizeof header);
  header.hot_hash = hash64(bytes.subspan(kHashedFrom, hot_size - kHashedFrom));
  std::memcpy(out.data(), &header, sizeof header);
  return out;
}

StringRef StringPool::add(std::string_view text) {
  constexpr std::size_t kLimit = std::numeric_limits<std::uint32_t>::max();
  if (text.size() > kLimit - text_.size()) {
    throw std::length_error("more than 4 GiB of strings");
  }
  if ((refs_.size() + 1) * 2 > slots_.size()) {
    slots_.assign(slots_.empty() ? 64 : slots_.size() * 2, 0);
    for (std::size_t i = 0; i < refs_.size(); ++i) {
      std::size_t slot = hash64(resolve(text_, refs_[i])) & (slots_.size() - 1);
      while (slots_[slot] != 0) {
        slot = (slot + 1) & (slots_.size() - 1);
      }
      slots_[slot] = static_cast<std::uint32_t>(i + 1);
    }
  }
  std::size_t slot = hash64(text) & (slots_.size() - 1);
  while (slots_[slot] != 0) {
    const StringRef found = refs_[slots_[slot] - 1];
    if (resolve(text_, found) == text) {
      return found;
    }
    slot = (slot + 1) & (slots_.size() - 1);
  }
  const StringRef ref{static_cast<std::uint32_t>(text_.size()),
                      static_cast<std::uint32_t>(text.size())};
  text_ += text;
  refs_.push_back(ref);
  slots_[slot] = static_cast<std::uint32_t>(refs_.size());
  return ref;
}

}  // namespace pel
