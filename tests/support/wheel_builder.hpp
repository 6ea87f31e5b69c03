#pragma once

#include <algorithm>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/wheel/sha256_hasher.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/zip_writer.hpp"

namespace pel::test {

// A small wheel, right in every way unless a test changes it.
//
//   WheelBuilder wheel;
//   wheel.add("foo/data.txt", "text");
//   wheel.entry("foo-1.0.dist-info/WHEEL").content = "Wheel-Version: 2.0\n";
//   const std::filesystem::path file = wheel.write(dir.path());
//
// RECORD is made by bytes(), unless the wheel has one already or `record` is false.
class WheelBuilder {
 public:
  explicit WheelBuilder(const std::string& name = "foo", const std::string& version = "1.0")
      : stem(name + "-" + version), file_name(stem + "-py3-none-any.whl") {
    add(name + "/__init__.py", "VERSION = '" + version + "'\n");
    add(stem + ".dist-info/METADATA",
        "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n\nA text.\n");
    add(stem + ".dist-info/WHEEL",
        "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
  }

  ZipEntry& add(const std::string& name, const std::string& content = "",
                std::uint32_t mode = 0100644) {
    ZipEntry& entry = entries.emplace_back();
    entry.name = name;
    entry.content = content;
    entry.mode = name.ends_with('/') ? 0040755 : mode;
    return entry;
  }

  [[nodiscard]] ZipEntry& entry(std::string_view name) {
    return *std::ranges::find(entries, name, &ZipEntry::name);
  }

  void remove(std::string_view name) {
    std::erase_if(entries, [&](const ZipEntry& entry) { return entry.name == name; });
  }

  [[nodiscard]] std::string record_name() const { return stem + ".dist-info/RECORD"; }

  // One row, as RECORD has it.
  [[nodiscard]] static std::string row(const std::string& name, std::string_view content) {
    const bool quoted = name.find(',') != std::string::npos;
    return (quoted ? "\"" + name + "\"" : name) +
           ",sha256=" + sha256_of(std::as_bytes(std::span(content))).base64() + "," +
           std::to_string(content.size()) + "\n";
  }

  [[nodiscard]] std::string record_text() const {
    std::string text;
    for (const ZipEntry& entry : entries) {
      if (!entry.name.ends_with('/')) {
        text += row(entry.name, entry.content);
      }
    }
    return text + record_name() + ",,\n";
  }

  [[nodiscard]] std::string bytes() const {
    ZipWriter zip;
    for (const ZipEntry& entry : entries) {
      zip.add(entry);
    }
    const bool has_record =
        std::ranges::find(entries, record_name(), &ZipEntry::name) != entries.end();
    if (record && !has_record) {
      ZipEntry entry;
      entry.name = record_name();
      entry.content = record_text();
      zip.add(entry);
    }
    return zip.finish(shape);
  }

  // Writes the wheel into `folder`.
  [[nodiscard]] std::string write(const std::filesystem::path& folder) const {
    write_file(folder / file_name, bytes());
    return folder / file_name;
  }

  std::string stem;
  std::string file_name;
  std::vector<ZipEntry> entries;
  ZipShape shape;
  bool record = true;
};

}  // namespace pel::test
