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
  // Which leading parts of a version count in compare_up_to().
  enum class Prefix : std::uint8_t {
    release,     // epoch and release
    pre,         // and pre-release
    post,        // and post-release
    all_public,  // everything but the local part
  };

  // Nothing if `text` is no version. White space around it is allowed, as `packaging` does.
  [[nodiscard]] static std::optional<Version> parse(std::string_view text);

  // The normalised form: "1!1.2rc1.post2.dev3+ubuntu.1". Release numbers lose leading zeros only.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

  [[nodiscard]] bool is_prerelease() const noexcept { return has_pre_ || has_dev_; }

  [[nodiscard]] bool is_postrelease() const noexcept { return has_post_; }

  [[nodiscard]] bool is_devrelease() const noexcept { return has_dev_; }

  [[nodiscard]] bool has_local() const noexcept { return key_public_end_ != key_.size(); }

  // "1!" or "", and "1.2.0": views of text().
  [[nodiscard]] std::string_view epoch() const noexcept;
  [[nodiscard]] std::string_view release() const noexcept;

  // How many numbers the release has as written: 3 for "1.2.0".
  [[nodiscard]] std::size_t release_size() const noexcept;

  // The release number at `index`, 0 behind the end; the largest value if it does not fit.
  [[nodiscard]] std::uint64_t release_number(std::size_t index) const noexcept;

  // Compares the leading parts of this version with the same ones of `other`.
  [[nodiscard]] std::strong_ordering compare_up_to(Prefix prefix,
                                                   const Version& other) const noexcept;

  friend std::strong_ordering operator<=>(const Version& a, const Version& b) noexcept {
    return a.key_.compare(b.key_) <=> 0;
  }

  friend bool operator==(const Version& a, const Version& b) noexcept { return a.key_ == b.key_; }

 private:
  friend class VersionParser;

  Version() = default;

  std::string text_;
  std::string key_;  // orders like the version when compared as bytes (version.cpp)
  // Ends of parts; the texts are at most 64 KiB long.
  std::uint32_t release_begin_ = 0;
  std::uint32_t release_end_ = 0;
  std::uint32_t key_release_end_ = 0;
  std::uint32_t key_pre_end_ = 0;
  std::uint32_t key_post_end_ = 0;
  std::uint32_t key_public_end_ = 0;
  bool has_pre_ = false;
  bool has_post_ = false;
  bool has_dev_ = false;
};

}  // namespace pel
