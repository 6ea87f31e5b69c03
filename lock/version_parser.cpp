#include "lock/version_parser.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "lock/characters.hpp"

namespace pel {
namespace {

// The key is made of parts whose codes are prefix-free, so that keys compare as their parts do:
//
//   key     = number(epoch) *number(release, trailing zeros cut) 0x00 pre post dev [local]
//   pre     = 0x00 (only a dev part follows) | 0x01 number (a) | 0x02 number (b) |
//             0x03 number (rc) | 0x04 (none)
//   post    = 0x00 (none) | 0x01 number
//   dev     = 0x00 number | 0x01 (none)
//   local   = *(0x01 letters 0x00 | 0x02 number)
//   number  = (1 + n) and n bytes, big endian, without leading zeros, for up to 19 digits |
//             0x0A, the count of digits in 4 bytes, and the digits
constexpr char kEnd = '\x00';
constexpr char kPreDevOnly = '\x00';
constexpr char kPreNone = '\x04';
constexpr char kPostNone = '\x00';
constexpr char kDevNone = '\x01';
constexpr char kLocalLetters = '\x01';
constexpr char kLocalNumber = '\x02';
constexpr char kLongNumber = '\x0A';

// Of two that begin alike the longer comes first.
constexpr VersionWord kPreWords[] = {
    {"alpha", "a", '\x01'},    {"a", "a", '\x01'},    {"beta", "b", '\x02'}, {"b", "b", '\x02'},
    {"preview", "rc", '\x03'}, {"pre", "rc", '\x03'}, {"c", "rc", '\x03'},   {"rc", "rc", '\x03'},
};
constexpr VersionWord kPostWords[] = {
    {"post", ".post", '\x01'}, {"rev", ".post", '\x01'}, {"r", ".post", '\x01'}};
constexpr VersionWord kDevWords[] = {{"dev", ".dev", '\x00'}};

constexpr std::string_view kSeparators = "._-";

void append_big_endian(std::string& key, std::uint64_t value, unsigned bytes) {
  for (unsigned i = bytes; i > 0; --i) {
    key += static_cast<char>(value >> (8U * (i - 1)) & 0xFFU);
  }
}

// `digits` has no leading zeros.
void append_number(std::string& key, std::string_view digits) {
  constexpr std::size_t kMaxShortDigits = 19;
  if (digits.size() > kMaxShortDigits) {
    key += kLongNumber;
    append_big_endian(key, digits.size(), 4);
    key += digits;
    return;
  }
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  unsigned bytes = 0;
  for (std::uint64_t rest = value; rest != 0; rest >>= 8U) {
    ++bytes;
  }
  key += static_cast<char>(1 + bytes);
  append_big_endian(key, value, bytes);
}

std::string_view without_leading_zeros(std::string_view digits) noexcept {
  while (digits.size() > 1 && digits.front() == '0') {
    digits.remove_prefix(1);
  }
  return digits;
}

std::uint32_t size_of(const std::string& text) noexcept {
  return static_cast<std::uint32_t>(text.size());
}

}  // namespace

std::optional<Version> VersionParser::parse() {
  skip_one_of("vV");
  if (!epoch_and_release()) {
    return std::nullopt;
  }
  suffixes();
  if (!local() || !rest_.empty()) {
    return std::nullopt;
  }
  return std::move(version_);
}

bool VersionParser::skip_one_of(std::string_view characters) {
  if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) {
    return false;
  }
  rest_.remove_prefix(1);
  return true;
}

bool VersionParser::skip_word(std::string_view word) {
  if (!std::ranges::equal(rest_.substr(0, word.size()), word, {}, to_lower)) {
    return false;
  }
  rest_.remove_prefix(word.size());
  return true;
}

std::string_view VersionParser::number() {
  const auto length =
      static_cast<std::size_t>(std::ranges::find_if_not(rest_, is_digit) - rest_.begin());
  const std::string_view digits = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return without_leading_zeros(digits);
}

bool VersionParser::epoch_and_release() {
  std::string_view first = number();
  std::string_view epoch = "0";
  if (!first.empty() && skip_one_of("!")) {
    epoch = first;
    first = number();
  }
  if (first.empty()) {
    return false;
  }
  append_number(version_.key_, epoch);
  if (epoch != "0") {
    version_.text_.append(epoch).append("!");
  }
  version_.release_begin_ = size_of(version_.text_);
  release(first);
  version_.release_end_ = size_of(version_.text_);
  version_.key_ += kEnd;
  version_.key_release_end_ = size_of(version_.key_);
  return true;
}

void VersionParser::release(std::string_view first) {
  std::size_t zeros = 0;  // not in the key yet: they count only if another number follows
  for (std::string_view digits = first;;) {
    version_.text_ += digits;
    if (digits == "0") {
      ++zeros;
    } else {
      for (; zeros > 0; --zeros) {
        append_number(version_.key_, "0");
      }
      append_number(version_.key_, digits);
    }
    if (rest_.size() < 2 || rest_[0] != '.' || !is_digit(rest_[1])) {
      return;
    }
    rest_.remove_prefix(1);
    version_.text_ += '.';
    digits = number();
  }
}

std::optional<VersionParser::Part> VersionParser::part(std::span<const VersionWord> words) {
  const std::string_view before = rest_;
  skip_one_of(kSeparators);
  for (const VersionWord& word : words) {
    if (skip_word(word.written)) {
      skip_one_of(kSeparators);
      const std::string_view digits = number();
      return Part{word, digits.empty() ? "0" : digits};
    }
  }
  rest_ = before;
  return std::nullopt;
}

std::optional<VersionParser::Part> VersionParser::post_part() {
  if (rest_.size() > 1 && rest_[0] == '-' && is_digit(rest_[1])) {
    rest_.remove_prefix(1);
    return Part{kPostWords[0], number()};  // the implicit one of "1.0-1"
  }
  return part(kPostWords);
}

void VersionParser::suffixes() {
  const std::optional<Part> pre = part(kPreWords);
  const std::optional<Part> post = post_part();
  const std::optional<Part> dev = part(kDevWords);
  std::string& key = version_.key_;
  const auto append = [&](const std::optional<Part>& each, char none) {
    if (!each) {
      key += none;
      return;
    }
    version_.text_.append(each->word.normal).append(each->number);
    key += each->word.code;
    append_number(key, each->number);
  };
  append(pre, dev && !post ? kPreDevOnly : kPreNone);
  version_.key_pre_end_ = size_of(key);
  append(post, kPostNone);
  version_.key_post_end_ = size_of(key);
  append(dev, kDevNone);
  version_.key_public_end_ = size_of(key);
  version_.has_pre_ = pre.has_value();
  version_.has_post_ = post.has_value();
  version_.has_dev_ = dev.has_value();
}

bool VersionParser::local() {
  if (!skip_one_of("+")) {
    return true;
  }
  char separator = '+';
  do {
    const auto length =
        static_cast<std::size_t>(std::ranges::find_if_not(rest_, is_alphanumeric) - rest_.begin());
    if (length == 0) {
      return false;
    }
    const std::string_view segment = rest_.substr(0, length);
    rest_.remove_prefix(length);
    version_.text_ += separator;
    separator = '.';
    local_segment(segment);
  } while (skip_one_of(kSeparators));
  return true;
}

void VersionParser::local_segment(std::string_view segment) {
  if (std::ranges::all_of(segment, is_digit)) {
    const std::string_view digits = without_leading_zeros(segment);
    version_.text_ += digits;
    version_.key_ += kLocalNumber;
    append_number(version_.key_, digits);
    return;
  }
  const std::string lower = lowered(segment);
  version_.text_ += lower;
  version_.key_ += kLocalLetters;
  version_.key_ += lower;
  version_.key_ += kEnd;
}

}  // namespace pel
