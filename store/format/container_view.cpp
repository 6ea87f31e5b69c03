#include <bit>

#include "store/base/hash.hpp"
#include "store/format/container.hpp"

namespace pel {

using namespace container_format;  // NOLINT(google-build-using-namespace): it reads that format

namespace {

static_assert(std::endian::native == std::endian::little, "the formats are little endian");

template <class T>
T load(std::span<const std::byte> bytes, std::size_t offset) noexcept {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
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

}  // namespace pel
