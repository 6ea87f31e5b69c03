#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "store/wheel/refusal.hpp"
#include "store/wheel/zip_directory.hpp"

namespace pel {

// The content of a zip archive's members, unpacked by libarchive, which also checks each CRC.
//
//   ArchiveStream stream(archive, members, refusal);
//   while (const ZipMember* member = stream.next()) {
//     while (!(block = stream.read()).empty()) { … }
//   }
//
// Holds libarchive to what read_zip_directory() found: the same members in the same order, each of
// the size announced. Not thread-safe.
class ArchiveStream {
 public:
  // `archive`, `members` and `refusal` must outlive it. `members` is what read_zip_directory()
  // gave for the archive.
  ArchiveStream(std::span<const std::byte> archive, std::span<const ZipMember> members,
                const Refusal& refusal);
  ~ArchiveStream();
  ArchiveStream(const ArchiveStream&) = delete;
  ArchiveStream& operator=(const ArchiveStream&) = delete;

  // The next member, or null behind the last one.
  [[nodiscard]] const ZipMember* next();

  // The next piece of the member's content, valid until the next call; empty at its end. Refuses
  // the wheel when the content is damaged or has another size.
  [[nodiscard]] std::span<const std::byte> read();

 private:
  struct Handle;

  std::unique_ptr<Handle> handle_;
  std::span<const ZipMember> members_;
  const Refusal& refusal_;
  std::size_t next_ = 0;
  std::uint64_t read_ = 0;  // bytes of the current member
};

}  // namespace pel
