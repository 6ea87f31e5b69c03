#pragma once

#include <array>
#include <memory>
#include <string>

#include "store/fetch/curl_library.hpp"
#include "store/fetch/fetch.hpp"

// libcurl's handles and how they are set. Internal to the transfers: the only header with curl.h.
namespace pel {

struct EasyDeleter {
  void operator()(CURL* handle) const noexcept { curl().easy_cleanup(handle); }
};

struct MultiDeleter {
  void operator()(CURLM* handle) const noexcept { curl().multi_cleanup(handle); }
};

using EasyHandle = std::unique_ptr<CURL, EasyDeleter>;
using MultiHandle = std::unique_ptr<CURLM, MultiDeleter>;
using ErrorBuffer = std::array<char, CURL_ERROR_SIZE>;

// libcurl itself, once a process.
void initialize_curl();

// A request for `url`: only http and https, also behind redirects, and no way back from https; TLS
// verified; credentials from URL and netrc, never carried to another host; proxies and certificates
// as the environment says. `receive` is a curl_write_callback. The strings are copied; `errors`
// must outlive the handle.
[[nodiscard]] EasyHandle make_request(const std::string& url, const TransferLimits& limits,
                                      curl_write_callback receive, void* context,
                                      ErrorBuffer& errors);

// Lets the server send a page compressed. Wheels never are: their bytes are what the lock names.
void accept_compressed(CURL* handle);

// Asks the server not to do so.
void accept_files_as_they_are(CURL* handle);

// Has `take` told of each header and trailer; when it returns 0 the transfer ends.
void take_headers(CURL* handle, curl_write_callback take, void* context);

// Says in a request that a page of a package index is wanted, as JSON if the server can (PEP 691).
void ask_for_index_page(CURL* handle);

}  // namespace pel
