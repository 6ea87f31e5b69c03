#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/base/sha256.hpp"

namespace pel {

// One row of RECORD: "path,algorithm=digest,size" (PEP 376, PEP 427).
struct RecordRow {
  std::string path;       // as written, but for a "./" at its start
  std::string algorithm;  // lower case, or empty when the row has no hash
  std::string digest;     // as written
  std::optional<std::uint64_t> size;
  std::size_t line = 0;
};

struct Record {
  std::vector<RecordRow> rows;      // in order
  std::vector<std::string> faults;  // "line 3: …" for each row that cannot be read
};

// Reads RECORD, a CSV file in the form of Python's csv module. Never throws on any bytes: what to
// do about faults depends on who answers for the wheel.
[[nodiscard]] Record parse_record(std::string_view text);

// What a RECORD row says of a digest's text: URL-safe base64, or hex as some wheels have it.
// Nothing if it is neither, or of another length.
[[nodiscard]] std::optional<std::string> decode_digest(std::string_view text, std::size_t size);

// Writes RECORD in the form that installers give it. Rows come in the order of add().
class RecordWriter {
 public:
  void add(std::string_view path, const Sha256& sha256, std::uint64_t size);

  // RECORD's own row, without a hash.
  void add_itself(std::string_view path);

  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  void add_path(std::string_view path);

  std::string text_;
};

}  // namespace pel
