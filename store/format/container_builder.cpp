#include "store/format/container_builder.hpp"

#include <cstring>
#include <limits>
#include <stdexcept>

#include "store/base/hash.hpp"

namespace pel {

using namespace container_format;  // NOLINT(google-build-using-namespace): it writes that format

namespace {

std::size_t aligned(std::size_t size) noexcept {
  return (size + kAlignment - 1) / kAlignment * kAlignment;
}

}  // namespace

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
