#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Text of others in our messages.
namespace pel {

// `text` between single quotes, fit for a terminal: control characters and those that reverse the
// direction of writing are escaped, more than 200 bytes are cut. An object, so that std::quoted of
// <iomanip>, which fits a std::string better, is not found through the argument.
struct Quoted {
  [[nodiscard]] std::string operator()(std::string_view text) const;
};

inline constexpr Quoted quoted;

// The same without the quotes.
[[nodiscard]] std::string escaped(std::string_view text);

// The first `most` of the words, escaped, with commas between them, and a count of the others.
enum class Quotes : bool { no, yes };
[[nodiscard]] std::string listed(const std::vector<std::string>& words, std::size_t most,
                                 Quotes quotes = Quotes::no);

// `url` without what may be secret: user and password, query and fragment.
[[nodiscard]] std::string redacted_url(std::string_view url);

}  // namespace pel
