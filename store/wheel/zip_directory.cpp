#include "store/wheel/zip_directory.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "store/base/text.hpp"
#include "store/wheel/byte_view.hpp"
#include "store/wheel/foreign_text.hpp"
#include "store/wheel/zip_end.hpp"
#include "store/wheel/zip_header.hpp"

namespace pel {
namespace {

// Numbers of APPNOTE.TXT 4.3.7, 4.3.9 and 4.3.12.
constexpr std::uint32_t kCentralSignature = 0x02014B50;
constexpr std::uint64_t kCentralSize = 46;
constexpr std::uint32_t kLocalSignature = 0x04034B50;
constexpr std::uint64_t kLocalSize = 30;
constexpr std::uint32_t kDescriptorSignature = 0x08074B50;

class DirectoryReader {
 public:
  DirectoryReader(ByteView archive, const Refusal& refusal) noexcept
      : archive_(archive), refusal_(refusal) {}

  std::vector<ZipMember> read();

 private:
  std::uint64_t read_central(std::uint64_t offset, std::uint64_t end);
  // Returns where the member ends: the next one must begin there.
  std::uint64_t check_local(const ZipMember& member, std::uint16_t flags,
                            std::uint64_t limit) const;
  [[nodiscard]] std::optional<std::uint64_t> descriptor_size(const ZipMember& member,
                                                             std::uint64_t offset,
                                                             std::uint64_t end) const;

  ByteView archive_;
  const Refusal& refusal_;
  std::vector<ZipMember> members_;
  std::vector<std::uint16_t> flags_;  // of members_, until they are sorted
};

std::vector<ZipMember> DirectoryReader::read() {
  const ZipEnd end = find_zip_end(archive_, refusal_);
  // Each entry takes some room, so this bounds what a false count can make us allocate.
  if (end.member_count > end.directory_size / kCentralSize) {
    refusal_.damaged("its directory is shorter than its number of members");
  }
  members_.reserve(end.member_count);
  std::uint64_t offset = end.directory_offset;
  const std::uint64_t directory_end = end.directory_offset + end.directory_size;
  while (offset < directory_end && members_.size() < end.member_count) {
    offset = read_central(offset, directory_end);
  }
  if (offset != directory_end || members_.size() != end.member_count) {
    refusal_.damaged("its directory has another length than its end says");
  }

  std::vector<std::size_t> order(members_.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return members_[i].offset; });
  std::vector<ZipMember> sorted;
  sorted.reserve(members_.size());
  std::uint64_t expected = 0;
  for (const std::size_t i : order) {
    const ZipMember& member = members_[i];
    if (member.offset < expected) {
      refusal_.broken(member.name, "it overlaps another member");
    }
    if (member.offset > expected) {
      refusal_.broken(member.name, "bytes that belong to no member lie before it");
    }
    expected = check_local(member, flags_[i], end.directory_offset);
    sorted.push_back(member);
  }
  if (expected != end.directory_offset) {
    refusal_.broken("bytes that belong to no member lie before its directory");
  }
  return sorted;
}

std::uint64_t DirectoryReader::read_central(std::uint64_t offset, std::uint64_t end) {
  if (end - offset < kCentralSize || archive_.u32(offset) != kCentralSignature) {
    refusal_.damaged("its directory is malformed");
  }
  const std::uint64_t name_size = archive_.u16(offset + 28);
  const std::uint64_t extra_size = archive_.u16(offset + 30);
  const std::uint64_t comment_size = archive_.u16(offset + 32);
  const std::uint64_t size = kCentralSize + name_size + extra_size + comment_size;
  if (end - offset < size) {
    refusal_.damaged("its directory is malformed");
  }
  const ZipHeader header = read_zip_header(archive_,
                                           {.fields = offset + 8,
                                            .name = offset + kCentralSize,
                                            .name_size = name_size,
                                            .extra_size = extra_size,
                                            .is_central = true},
                                           archive_.u32(offset + 42), refusal_);
  const std::uint32_t attributes = archive_.u32(offset + 38);
  check_zip_kind(header, attributes, refusal_);
  if (archive_.u16(offset + 34) != 0) {
    refusal_.broken(header.name, "it lies on another part of a split archive");
  }
  members_.push_back({.name = header.name,
                      .offset = header.local_offset,
                      .compressed_size = header.compressed_size,
                      .size = header.size,
                      .crc = header.crc,
                      .method = header.method,
                      .mtime = zip_time(header.date, header.time),
                      .is_directory = header.name.ends_with('/'),
                      .executable = (attributes >> 16U & 0111U) != 0});
  flags_.push_back(header.flags);
  return offset + size;
}

std::uint64_t DirectoryReader::check_local(const ZipMember& member, std::uint16_t flags,
                                           std::uint64_t limit) const {
  const std::uint64_t offset = member.offset;
  if (offset > limit || limit - offset < kLocalSize || archive_.u32(offset) != kLocalSignature) {
    refusal_.damaged(member.name, "there is no header where the directory says");
  }
  const std::uint64_t name_size = archive_.u16(offset + 26);
  const std::uint64_t extra_size = archive_.u16(offset + 28);
  const std::uint64_t data = offset + kLocalSize + name_size + extra_size;
  if (data > limit || limit - data < member.compressed_size) {
    refusal_.damaged(member.name, "it reaches into the archive's directory");
  }
  const ZipHeader header = read_zip_header(archive_,
                                           {.fields = offset + 6,
                                            .name = offset + kLocalSize,
                                            .name_size = name_size,
                                            .extra_size = extra_size},
                                           0, refusal_);
  const auto differs = [&](std::string_view what) {
    refusal_.broken(member.name, concat("its header and the archive's directory differ in ", what));
  };
  if (header.name != member.name) {
    differs(concat("its name, ", quote(header.name), " in the header"));
  }
  if (((header.flags ^ flags) & static_cast<std::uint16_t>(~kZipCompressionLevelFlags)) != 0) {
    differs("its flags");
  }
  if (header.method != member.method) {
    differs("the compression method");
  }
  // A writer that could not seek back leaves zeros and says the numbers behind the data.
  const bool described = (flags & kZipDescriptorFlag) != 0;
  const auto same = [&](std::uint64_t local, std::uint64_t central) {
    return local == central || (described && local == 0);
  };
  if (!same(header.crc, member.crc)) {
    differs("the CRC");
  }
  if (!same(header.compressed_size, member.compressed_size) || !same(header.size, member.size)) {
    differs("its size");
  }
  const std::uint64_t end = data + member.compressed_size;
  if (!described) {
    return end;
  }
  const auto size = descriptor_size(member, end, limit);
  if (!size) {
    differs("its data descriptor");
  }
  return end + *size;
}

std::optional<std::uint64_t> DirectoryReader::descriptor_size(const ZipMember& member,
                                                              std::uint64_t offset,
                                                              std::uint64_t end) const {
  const std::uint64_t room = end - offset;
  for (const std::uint64_t signature : {std::uint64_t{4}, std::uint64_t{0}}) {
    if (signature != 0 && archive_.u32(offset) != kDescriptorSignature) {
      continue;
    }
    const std::uint64_t at = offset + signature;
    if (room < signature + 12 || archive_.u32(at) != member.crc) {
      continue;
    }
    // What follows tells the two widths apart: the next header, or the directory.
    const auto followed = [&](std::uint64_t size) {
      const std::uint64_t next = offset + size;
      return next == end || archive_.u32(next) == kLocalSignature;
    };
    if (archive_.u32(at + 4) == member.compressed_size && archive_.u32(at + 8) == member.size &&
        followed(signature + 12)) {
      return signature + 12;
    }
    if (room >= signature + 20 && archive_.u64(at + 4) == member.compressed_size &&
        archive_.u64(at + 12) == member.size && followed(signature + 20)) {
      return signature + 20;
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<ZipMember> read_zip_directory(std::span<const std::byte> archive,
                                          const Refusal& refusal) {
  return DirectoryReader(ByteView(archive), refusal).read();
}

}  // namespace pel
