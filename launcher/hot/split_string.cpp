#include "launcher/hot/split_string.hpp"

#include <cstdlib>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

constexpr std::string_view kSpace = " \t\n\v\f\r";

bool starts_name(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool continues_name(char c) noexcept {
  return starts_name(c) || (c >= '0' && c <= '9');
}

class Splitter {
 public:
  Splitter(std::string_view text, const VariableLookup& lookup)
      : text_(text), rest_(text), lookup_(lookup) {}

  std::vector<std::string> split() {
    while (!rest_.empty() && !ended_) {
      step();
    }
    if (quote_ != '\0' && !ended_) {
      fail("a quote is not closed");
    }
    end_word();
    return std::move(words_);
  }

 private:
  [[noreturn]] void fail(std::string_view reason) const {
    throw Error(ErrorCode::usage, concat("cannot split '", text_, "': ", reason))
        .with_hint("the first line of a script is split as `env -S` splits it");
  }

  void step() {
    const char c = rest_.front();
    if (c == '\\') {
      escape();
    } else if (c == '$' && quote_ != '\'') {
      expand();
    } else if ((c == '\'' || c == '"') && (quote_ == '\0' || quote_ == c)) {
      quote_ = quote_ == '\0' ? c : '\0';
      in_word_ = true;
      rest_.remove_prefix(1);
    } else if (quote_ == '\0' && kSpace.find(c) != std::string_view::npos) {
      end_word();
      rest_.remove_prefix(1);
    } else if (c == '#' && quote_ == '\0' && !in_word_) {
      ended_ = true;
    } else {
      take(c, 1);
    }
  }

  // Appends a character that was written with so many.
  void take(char c, std::size_t width) {
    word_ += c;
    in_word_ = true;
    rest_.remove_prefix(width);
  }

  void end_word() {
    if (in_word_) {
      words_.push_back(std::exchange(word_, {}));
      in_word_ = false;
    }
  }

  void escape() {
    const char next = rest_.size() > 1 ? rest_[1] : '\0';
    if (quote_ == '\'' && next != '\\' && next != '\'') {
      take('\\', 1);
      return;
    }
    constexpr std::string_view kLetters = "fnrtv";
    constexpr std::string_view kMeaning = "\f\n\r\t\v";
    if (const std::size_t letter = kLetters.find(next); letter != std::string_view::npos) {
      take(kMeaning[letter], 2);
    } else if (next != '\0' && std::string_view("\"#$'\\").find(next) != std::string_view::npos) {
      take(next, 2);
    } else if (next == '_' && quote_ == '"') {
      take(' ', 2);
    } else if (next == '_') {
      end_word();
      rest_.remove_prefix(2);
    } else if (next == 'c' && quote_ == '"') {
      fail("'\\c' stands between double quotes");
    } else if (next == 'c') {
      ended_ = true;
    } else {
      fail(next == '\0' ? std::string("it ends in a backslash")
                        : concat("'\\", std::string(1, next), "' has no meaning"));
    }
  }

  void expand() {
    std::size_t end = 2;
    if (rest_.size() > 2 && rest_[1] == '{' && starts_name(rest_[2])) {
      while (end < rest_.size() && continues_name(rest_[end])) {
        ++end;
      }
    }
    if (end == 2 || end == rest_.size() || rest_[end] != '}') {
      fail("only ${NAME} is expanded");
    }
    if (const auto value = lookup_(std::string(rest_.substr(2, end - 2)))) {
      word_ += *value;
      in_word_ = true;
    }
    rest_.remove_prefix(end + 1);
  }

  std::string_view text_;
  std::string_view rest_;
  const VariableLookup& lookup_;
  std::vector<std::string> words_;
  std::string word_;
  bool in_word_ = false;
  char quote_ = '\0';
  bool ended_ = false;  // by '#' or '\c'
};

}  // namespace

std::vector<std::string> split_string(std::string_view text, const VariableLookup& lookup) {
  return Splitter(text, lookup).split();
}

std::vector<std::string> split_string(std::string_view text) {
  return split_string(text, [](const std::string& name) -> std::optional<std::string> {
    const char* const value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  });
}

}  // namespace pel
