#pragma once

#include <string>
#include <string_view>

namespace pel {

// Why an attempt to download failed, and whether another one makes sense.
struct TransferFailure {
  enum class Kind {
    permanent,    // the answer will be the same
    transient,    // try again
    unreachable,  // no connection came about: try again, but not for long
  };

  Kind kind = Kind::permanent;
  std::string reason;  // "the server answered 503 (Service Unavailable)"
  std::string hint;
};

// `status` is an HTTP status other than 200.
[[nodiscard]] TransferFailure failure_of_status(long status);

// `code` is a CURLcode, `detail` libcurl's own text on it or empty.
[[nodiscard]] TransferFailure failure_of_curl(int code, std::string_view detail);

// The encoding that a header line names, in lower case; empty where it is another header, or names
// none.
[[nodiscard]] std::string content_encoding_in(std::string_view line);

// Says that this is why the bytes are not those that they should be.
void blame_encoding(std::string_view encoding, TransferFailure& failure);

}  // namespace pel
