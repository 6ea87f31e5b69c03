#include "lock/version.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

#include "lock/characters.hpp"

namespace pel {
namespace {

constexpr std::size_t kMaxLength = 0xFFFF;

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
enum : char {
  kEnd = 0x00,
  kPreDevOnly = 0x00,
  kPreNone = 0x04,
  kPostNone = 0x00,
  kPostNumber = 0x01,
  kDevNumber = 0x00,
  kDevNone = 0x01,
  kLocalLetters = 0x01,
  kLocalNumber = 0x02,
  kLongNumber = 0x0A,
};

constexpr std::size_t kMaxShortDigits = 19;

void append_big_endian(std::string& key, std::uint64_t value, unsigned bytes) {
  for (unsigned i = bytes; i > 0; --i) {
    key += static_cast<char>(value >> (8U * (i - 1)) & 0xFFU);
  }
}

// `digits` has no leading zeros.
void append_number(std::string& key, std::string_view digits) {
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

struct Spelling {
  std::string_view written;  // the longer of two that begin alike comes first
  std::string_view normal;
  char code;
};

constexpr Spelling kPreSpellings[] = {
    {"alpha", "a", 1},    {"a", "a", 1},    {"beta", "b", 2}, {"b", "b", 2},
    {"preview", "rc", 3}, {"pre", "rc", 3}, {"c", "rc", 3},   {"rc", "rc", 3},
};
constexpr Spelling kPostSpellings[] = {{"post", "post", 1}, {"rev", "post", 1}, {"r", "post", 1}};
constexpr Spelling kDevSpellings[] = {{"dev", "dev", 0}};

}  // namespace

// Reads the grammar of PEP 440's appendix B. No part can be read in two ways, so there is no
// backtracking but that of a separator whose part does not follow.
class VersionParser {
 public:
  explicit VersionParser(std::string_view text) : rest_(text) {}

  std::optional<Version> parse() {
    skip_one_of("vV");
    if (!epoch_and_release()) {
      return std::nullopt;
    }
    suffixes();
    version_.key_public_end_ = static_cast<std::uint32_t>(version_.key_.size());
    if (!local() || !rest_.empty()) {
      return std::nullopt;
    }
    return std::move(version_);
  }

 private:
  struct Part {
    const Spelling* spelling = nullptr;  // null for the implicit post-release of "1.0-1"
    std::string_view number = "0";
  };

  bool skip_one_of(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }

  // One or more digits, without leading zeros; empty if there are none.
  std::string_view number() {
    const std::size_t length =
        static_cast<std::size_t>(std::ranges::find_if_not(rest_, is_digit) - rest_.begin());
    const std::string_view digits = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return without_leading_zeros(digits);
  }

  bool skip_word(std::string_view word) {
    if (!std::ranges::equal(rest_.substr(0, word.size()), word, {}, to_lower)) {
      return false;
    }
    rest_.remove_prefix(word.size());
    return true;
  }

  bool epoch_and_release() {
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
    version_.release_begin_ = static_cast<std::uint32_t>(version_.text_.size());
    release(first);
    version_.release_end_ = static_cast<std::uint32_t>(version_.text_.size());
    version_.key_ += kEnd;
    version_.key_release_end_ = static_cast<std::uint32_t>(version_.key_.size());
    return true;
  }

  void release(std::string_view first) {
    std::size_t zeros = 0;
    for (std::string_view digits = first;;) {
      version_.text_ += digits;
      if (digits == "0") {
        ++zeros;  // written only when another number follows
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

  // [sep] word [sep] [digits]
  template <std::size_t N>
  std::optional<Part> part(const Spelling (&spellings)[N]) {
    const std::string_view before = rest_;
    skip_one_of("._-");
    for (const Spelling& spelling : spellings) {
      if (skip_word(spelling.written)) {
        skip_one_of("._-");
        const std::string_view digits = number();
        return Part{&spelling, digits.empty() ? "0" : digits};
      }
    }
    rest_ = before;
    return std::nullopt;
  }

  std::optional<Part> post_part() {
    if (rest_.size() > 1 && rest_[0] == '-' && is_digit(rest_[1])) {
      rest_.remove_prefix(1);
      return Part{nullptr, number()};
    }
    return part(kPostSpellings);
  }

  void suffixes() {
    const std::optional<Part> pre = part(kPreSpellings);
    const std::optional<Part> post = post_part();
    const std::optional<Part> dev = part(kDevSpellings);
    std::string& key = version_.key_;
    if (pre) {
      version_.text_.append(pre->spelling->normal).append(pre->number);
      key += pre->spelling->code;
      append_number(key, pre->number);
    } else {
      key += dev && !post ? kPreDevOnly : kPreNone;
    }
    version_.key_pre_end_ = static_cast<std::uint32_t>(key.size());
    if (post) {
      version_.text_.append(".post").append(post->number);
      key += kPostNumber;
      append_number(key, post->number);
    } else {
      key += kPostNone;
    }
    version_.key_post_end_ = static_cast<std::uint32_t>(key.size());
    if (dev) {
      version_.text_.append(".dev").append(dev->number);
      key += kDevNumber;
      append_number(key, dev->number);
    } else {
      key += kDevNone;
    }
    version_.has_pre_ = pre.has_value();
    version_.has_post_ = post.has_value();
    version_.has_dev_ = dev.has_value();
  }

  // False if what begins with '+' is no local part.
  bool local() {
    if (!skip_one_of("+")) {
      return true;
    }
    char separator = '+';
    do {
      const std::size_t length = static_cast<std::size_t>(
          std::ranges::find_if_not(rest_, is_alphanumeric) - rest_.begin());
      if (length == 0) {
        return false;
      }
      const std::string_view segment = rest_.substr(0, length);
      rest_.remove_prefix(length);
      version_.text_ += separator;
      separator = '.';
      local_segment(segment);
    } while (skip_one_of("._-"));
    return true;
  }

  void local_segment(std::string_view segment) {
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

  Version version_;
  std::string_view rest_;
};

std::optional<Version> Version::parse(std::string_view text) {
  if (text.size() > kMaxLength) {
    return std::nullopt;
  }
  return VersionParser(trim(text)).parse();
}

std::string_view Version::epoch() const noexcept {
  return std::string_view(text_).substr(0, release_begin_);
}

std::string_view Version::release() const noexcept {
  return std::string_view(text_).substr(release_begin_, release_end_ - release_begin_);
}

std::size_t Version::release_size() const noexcept {
  return static_cast<std::size_t>(std::ranges::count(release(), '.')) + 1;
}

std::uint64_t Version::release_number(std::size_t index) const noexcept {
  std::string_view rest = release();
  for (; index > 0; --index) {
    const std::size_t dot = rest.find('.');
    if (dot == std::string_view::npos) {
      return 0;
    }
    rest.remove_prefix(dot + 1);
  }
  rest = rest.substr(0, rest.find('.'));
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  return error == std::errc() ? value : std::numeric_limits<std::uint64_t>::max();
}

std::strong_ordering Version::compare_up_to(Prefix prefix, const Version& other) const noexcept {
  std::size_t length = key_public_end_;
  switch (prefix) {
    case Prefix::release:
      length = key_release_end_;
      break;
    case Prefix::pre:
      length = key_pre_end_;
      break;
    case Prefix::post:
      length = key_post_end_;
      break;
    case Prefix::all_public:
      break;
  }
  // The codes are prefix-free: the other's first `length` bytes are equal exactly if its parts are.
  return key_.compare(0, length, other.key_, 0, length) <=> 0;
}

}  // namespace pel
