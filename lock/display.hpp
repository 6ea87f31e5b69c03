#pragma once

#include <string>
#include <string_view>

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

// `url` without what may be secret: user and password, query and fragment.
[[nodiscard]] std::string redacted_url(std::string_view url);

}  // namespace pel
