#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pel {

// A version as PEP 440 defines it; numbers may have any length.
//
// Equality and order are those of the specification ("1.0" equals "1.0.0", "1.0.dev1" comes before
// "1.0a1"), so equal versions can differ in text(). A comparison is one memcmp of short keys that
// parse() has made.
class Version {
 public:
  // Nothing if `text` is no version. White space around it is allowed, as `packaging` does.
  [[nodiscard]] static std::optional<Version> parse(std::string_view text);

  // The normalised form: "1!1.2rc1.post2.dev3+ubuntu.1". Release numbers are kept as written,
  // trailing zeros included.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

  // text() without the local part.
  [[nodiscard]] std::string_view public_text() const noexcept;

  [[nodiscard]] bool is_prerelease() const noexcept { return has(kPre) || has(kDev); }

  [[nodiscard]] bool is_postrelease() const noexcept { return has(kPost); }

  [[nodiscard]] bool is_devrelease() const noexcept { return has(kDev); }

  [[nodiscard]] bool has_local() const noexcept { return has(kLocal); }

  // How many numbers the release has as written: 3 for "1.2.0".
  [[nodiscard]] std::size_t release_size() const noexcept;

  // The release number at `index`, 0 behind the end; the largest value if it does not fit.
  [[nodiscard]] std::uint64_t release_number(std::size_t index) const noexcept;

  friend std::strong_ordering operator<=>(const Version& a, const Version& b) noexcept {
    return a.key_.compare(b.key_) <=> 0;
  }

  friend bool operator==(const Version& a, const Version& b) noexcept { return a.key_ == b.key_; }

 private:
  friend class Specifier;
  friend class VersionParser;

  enum Part : std::uint8_t { kPre = 1, kPost = 2, kDev = 4, kLocal = 8 };

  Version() = default;

  [[nodiscard]] bool has(Part part) const noexcept { return (parts_ & part) != 0; }

  // The release as written, "1.2.0".
  [[nodiscard]] std::string_view release() const noexcept;
  // "1!" or nothing.
  [[nodiscard]] std::string_view epoch() const noexcept;
  // The key up to and with the release; up to the pre-release; up to the local part.
  [[nodiscard]] std::string_view release_key() const noexcept;
  [[nodiscard]] std::string_view pre_key() const noexcept;
  [[nodiscard]] std::string_view public_key() const noexcept;

  std::string text_;
  std::string key_;                  // orders like the version when compared as bytes (version.cpp)
  std::uint32_t release_begin_ = 0;  // in text_
  std::uint32_t release_end_ = 0;
  std::uint32_t public_end_ = 0;
  std::uint32_t key_release_end_ = 0;  // in key_
  std::uint32_t key_pre_end_ = 0;
  std::uint32_t key_public_end_ = 0;
  std::uint8_t parts_ = 0;
};

}  // namespace pel
