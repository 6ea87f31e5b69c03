#pragma once

#include <string>
#include <string_view>

namespace pel {

// A path as pyvenv.cfg holds it. That file is UTF-8 to its readers, and a path may be any bytes:
// what is not printable ASCII, "%" itself, and a blank at either end is "%" and two hexadecimal
// digits.
[[nodiscard]] std::string encode_config_path(std::string_view path);

// The other way round. A "%" without two digits behind it stands for itself.
[[nodiscard]] std::string decode_config_path(std::string_view text);

}  // namespace pel
