#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pel::test {

[[nodiscard]] inline std::uint32_t crc32_of(std::string_view text) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 1U) != 0 ? crc >> 1U ^ 0xEDB88320U : crc >> 1U;
    }
  }
  return ~crc;
}

// Appends a little-endian number.
template <class Number>
void put(std::string& out, Number number) {
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    out += static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * i) & 0xFFU);
  }
}

// `content` as a deflate stream of stored blocks: valid, and as long as it was.
[[nodiscard]] inline std::string deflate_stored(std::string_view content) {
  std::string out;
  do {
    const std::string_view block = content.substr(0, 0xFFFF);
    content.remove_prefix(block.size());
    out += static_cast<char>(content.empty() ? 1 : 0);
    put(out, static_cast<std::uint16_t>(block.size()));
    put(out, static_cast<std::uint16_t>(~block.size()));
    out += block;
  } while (!content.empty());
  return out;
}

// A deflate stream for 1 + 258 * `runs` times the letter 'x', with the fixed codes: a bomb.
[[nodiscard]] inline std::string deflate_run(std::size_t runs) {
  std::string out;
  unsigned buffer = 0;
  unsigned filled = 0;
  const auto bit = [&](unsigned value) {
    buffer |= value << filled;
    if (++filled == 8) {
      out += static_cast<char>(buffer);
      buffer = filled = 0;
    }
  };
  const auto code = [&](unsigned value, unsigned bits) {  // most significant bit first
    while (bits-- > 0) {
      bit(value >> bits & 1U);
    }
  };
  bit(1), bit(1), bit(0);  // last block, fixed codes
  code(0x30 + 'x', 8);
  for (std::size_t i = 0; i < runs; ++i) {
    code(0xC5, 8);  // a match of 258
    code(0, 5);     // at distance 1
  }
  code(0, 7);
  while (filled != 0) {
    bit(0);
  }
  return out;
}

// One member, and the ways in which it may be wrong. What is absent is right.
struct ZipEntry {
  std::string name;
  std::string content;
  std::uint32_t mode = 0100644;
  std::uint16_t method = 0;         // 8: stored blocks, unless `data` is given
  std::optional<std::string> data;  // instead of the compressed content
  std::uint16_t flags = 0x0800;     // names are UTF-8
  std::uint16_t date = 0x5821;      // 2024-01-01
  std::uint16_t time = 0;
  std::string extra;        // of both headers
  std::string before;       // bytes in front of the local header
  bool descriptor = false;  // sizes and CRC follow the data
  bool zip64 = false;       // sizes are in extra fields
  bool dos_directory = false;
  std::optional<std::uint32_t> crc;       // in both headers
  std::optional<std::uint64_t> size;      // in both headers
  std::optional<std::string> local_name;  // here and below: in one place only
  std::optional<std::uint32_t> local_crc;
  std::optional<std::uint32_t> local_size;
  std::optional<std::uint16_t> local_method;
  std::optional<std::uint16_t> local_flags;
  std::optional<std::string> local_extra;
  std::optional<std::uint32_t> descriptor_crc;
  std::optional<std::uint32_t> central_offset;
};

// The archive as a whole.
struct ZipShape {
  std::string before;  // in front of everything; offsets don't count it
  std::string before_directory;
  std::string after;
  std::string comment;
  bool zip64 = false;
  std::optional<std::uint16_t> count;
  std::uint16_t disk = 0;
};

class ZipWriter {
 public:
  void add(const ZipEntry& entry) {
    archive_ += entry.before;
    const auto offset = static_cast<std::uint32_t>(archive_.size());
    const std::string data = entry.data          ? *entry.data
                             : entry.method == 8 ? deflate_stored(entry.content)
                                                 : entry.content;
    const Numbers right{entry.crc.value_or(crc32_of(entry.content)), data.size(),
                        entry.size.value_or(entry.content.size())};
    const auto flags = static_cast<std::uint16_t>(entry.flags | (entry.descriptor ? 8 : 0));

    Numbers local = entry.descriptor ? Numbers{} : right;
    local.crc = entry.local_crc.value_or(local.crc);
    local.size = entry.local_size.value_or(static_cast<std::uint32_t>(local.size));
    put(archive_, std::uint32_t{0x04034B50});
    put(archive_, std::uint16_t{20});
    put_shared(archive_, entry, entry.local_flags.value_or(flags),
               entry.local_method.value_or(entry.method), local,
               entry.local_name.value_or(entry.name), entry.local_extra.value_or(entry.extra));
    archive_ += entry.local_name.value_or(entry.name);
    archive_ += extra_;
    archive_ += data;
    if (entry.descriptor) {
      put(archive_, std::uint32_t{0x08074B50});
      put(archive_, entry.descriptor_crc.value_or(right.crc));
      put_size(archive_, right.compressed, entry.zip64);
      put_size(archive_, right.size, entry.zip64);
    }

    put(directory_, std::uint32_t{0x02014B50});
    put(directory_, std::uint16_t{0x0314});  // made on Unix
    put(directory_, std::uint16_t{20});
    put_shared(directory_, entry, flags, entry.method, right, entry.name, entry.extra);
    put(directory_, std::uint16_t{0});  // comment
    put(directory_, std::uint16_t{0});  // disk
    put(directory_, std::uint16_t{0});
    put(directory_, entry.mode << 16U | (entry.dos_directory ? 0x10U : 0U));
    put(directory_, entry.central_offset.value_or(offset));
    directory_ += entry.name;
    directory_ += extra_;
    ++count_;
  }

  [[nodiscard]] std::string finish(const ZipShape& shape = {}) const {
    std::string out = archive_ + shape.before_directory;
    const std::uint64_t offset = out.size();
    const std::uint16_t count = shape.count.value_or(count_);
    out += directory_;
    if (shape.zip64) {
      const std::uint64_t end = out.size();
      put(out, std::uint32_t{0x06064B50});
      put(out, std::uint64_t{44});
      put(out, std::uint32_t{0x002D002D});
      put(out, std::uint64_t{0});
      put(out, std::uint64_t{count});
      put(out, std::uint64_t{count});
      put(out, std::uint64_t{directory_.size()});
      put(out, offset);
      put(out, std::uint32_t{0x07064B50});
      put(out, std::uint32_t{0});
      put(out, end);
      put(out, std::uint32_t{1});
    }
    const std::uint32_t mask = shape.zip64 ? 0xFFFFFFFF : 0;
    put(out, std::uint32_t{0x06054B50});
    put(out, shape.disk);
    put(out, shape.disk);
    put(out, static_cast<std::uint16_t>(count | mask));
    put(out, static_cast<std::uint16_t>(count | mask));
    put(out, static_cast<std::uint32_t>(directory_.size()) | mask);
    put(out, static_cast<std::uint32_t>(offset) | mask);
    put(out, static_cast<std::uint16_t>(shape.comment.size()));
    return shape.before + out + shape.comment + shape.after;
  }

 private:
  struct Numbers {
    std::uint32_t crc = 0;
    std::uint64_t compressed = 0;
    std::uint64_t size = 0;
  };

  static void put_size(std::string& out, std::uint64_t size, bool wide) {
    if (wide) {
      put(out, size);
    } else {
      put(out, static_cast<std::uint32_t>(size));
    }
  }

  // From "flags" to the length of the extra fields, which both kinds of header have alike.
  void put_shared(std::string& out, const ZipEntry& entry, std::uint16_t flags,
                  std::uint16_t method, const Numbers& numbers, const std::string& name,
                  const std::string& extra) {
    extra_ = extra;
    if (entry.zip64) {
      put(extra_, std::uint16_t{1});
      put(extra_, std::uint16_t{16});
      put(extra_, numbers.size);
      put(extra_, numbers.compressed);
    }
    const std::uint32_t mask = entry.zip64 ? 0xFFFFFFFF : 0;
    put(out, flags);
    put(out, method);
    put(out, entry.time);
    put(out, entry.date);
    put(out, numbers.crc);
    put(out, static_cast<std::uint32_t>(numbers.compressed) | mask);
    put(out, static_cast<std::uint32_t>(numbers.size) | mask);
    put(out, static_cast<std::uint16_t>(name.size()));
    put(out, static_cast<std::uint16_t>(extra_.size()));
  }

  std::string archive_;
  std::string directory_;
  std::string extra_;  // of the header under way, zip64 included
  std::uint16_t count_ = 0;
};

}  // namespace pel::test
