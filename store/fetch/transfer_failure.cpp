#include "store/fetch/transfer_failure.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "lock/characters.hpp"
#include "store/base/text.hpp"
#include "store/fetch/curl_library.hpp"
#include "store/fetch/url.hpp"

namespace pel {
namespace {

using Kind = TransferFailure::Kind;

std::string_view name_of_status(long status) {
  constexpr std::array<std::pair<long, std::string_view>, 14> kNames{
      {{400, "Bad Request"},
       {401, "Unauthorized"},
       {403, "Forbidden"},
       {404, "Not Found"},
       {407, "Proxy Authentication Required"},
       {408, "Request Timeout"},
       {410, "Gone"},
       {425, "Too Early"},
       {429, "Too Many Requests"},
       {451, "Unavailable For Legal Reasons"},
       {500, "Internal Server Error"},
       {502, "Bad Gateway"},
       {503, "Service Unavailable"},
       {504, "Gateway Timeout"}}};
  const auto* const found =
      std::ranges::find(kNames, status, &std::pair<long, std::string_view>::first);
  return found == kNames.end() ? std::string_view() : found->second;
}

std::string hint_of_status(long status) {
  if (status == 401 || status == 403) {
    return "user name and password come from the URL or from ~/.netrc (NETRC names another file)";
  }
  if (status == 404 || status == 410) {
    return "the file is no longer there: make the lock anew, or give --find-links a place that "
           "has it";
  }
  if (status == 407) {
    return "the proxy wants a password: https_proxy=http://USER:PASSWORD@HOST:PORT";
  }
  return "the server has a problem: try again later; what is complete by now is kept";
}

constexpr std::string_view kNetworkHint =
    "check the network and the proxy variables (https_proxy, no_proxy); --offline uses only what "
    "is there already";

constexpr std::string_view kTimeoutHint =
    "check the network and the proxy variables (https_proxy, no_proxy); PYENVLAUNCH_HTTP_TIMEOUT, "
    "or "
    "http-timeout in the settings, gives a slow server more seconds";

// An answer in another protocol, a redirect to one.
constexpr std::string_view kUnusableHint =
    "what answers there is no server of http or https as it should be: look at the URL, and at "
    "proxies on the way (https_proxy, no_proxy)";

struct CurlRow {
  CURLcode code;
  Kind kind;
  std::string_view hint;
};

constexpr std::string_view kCertificateHint =
    "SSL_CERT_FILE or SSL_CERT_DIR can name further certificates to trust";

constexpr std::array<CurlRow, 18> kCurlRows{{
    {CURLE_COULDNT_RESOLVE_PROXY, Kind::unreachable, kNetworkHint},
    {CURLE_COULDNT_RESOLVE_HOST, Kind::unreachable, kNetworkHint},
    {CURLE_COULDNT_CONNECT, Kind::unreachable, kNetworkHint},
    {CURLE_PROXY, Kind::unreachable, kNetworkHint},
    {CURLE_OPERATION_TIMEDOUT, Kind::transient, kTimeoutHint},
    {CURLE_WEIRD_SERVER_REPLY, Kind::transient, kNetworkHint},
    {CURLE_SEND_ERROR, Kind::transient, kNetworkHint},
    {CURLE_RECV_ERROR, Kind::transient, kNetworkHint},
    {CURLE_GOT_NOTHING, Kind::transient, kNetworkHint},
    {CURLE_PARTIAL_FILE, Kind::transient, kNetworkHint},
    {CURLE_HTTP2, Kind::transient, kNetworkHint},
    {CURLE_HTTP2_STREAM, Kind::transient, kNetworkHint},
    {CURLE_HTTP3, Kind::transient, kNetworkHint},
    {CURLE_SSL_CONNECT_ERROR, Kind::transient, kNetworkHint},
    {CURLE_PEER_FAILED_VERIFICATION, Kind::permanent, kCertificateHint},
    {CURLE_SSL_CACERT_BADFILE, Kind::permanent, "look at SSL_CERT_FILE and SSL_CERT_DIR"},
    {CURLE_SSL_CERTPROBLEM, Kind::permanent, kCertificateHint},
    {CURLE_TOO_MANY_REDIRECTS, Kind::permanent, "the server sends us in a circle"},
}};

}  // namespace

TransferFailure failure_of_status(long status) {
  TransferFailure failure;
  const bool temporary = status == 408 || status == 425 || status == 429 ||
                         (status >= 500 && status != 501 && status != 505);
  failure.kind = temporary ? Kind::transient : Kind::permanent;
  failure.reason = concat("the server answered ", std::to_string(status));
  if (const std::string_view name = name_of_status(status); !name.empty()) {
    failure.reason += concat(" (", name, ")");
  }
  failure.hint = hint_of_status(status);
  return failure;
}

TransferFailure failure_of_curl(int code, std::string_view detail) {
  const auto curl_code = static_cast<CURLcode>(code);
  TransferFailure failure;
  // It repeats what it cannot read, which may be a proxy's address with a password.
  failure.reason =
      detail.empty() ? curl().easy_strerror(curl_code) : without_credentials_anywhere(detail);
  if (detail.find("HTTP/0.9") != std::string_view::npos) {
    failure.reason = "what answers there does not speak HTTP/1";
    failure.hint = kUnusableHint;
    return failure;
  }
  if (curl_code == CURLE_UNSUPPORTED_PROTOCOL) {  // the URLs that we begin with have one
    failure.reason = "the server redirects to an address that is not https, or not even http";
    failure.hint = "what was asked for by https is taken from nowhere else: look at the URL";
    return failure;
  }
  if (char& first = failure.reason.front(); first >= 'A' && first <= 'Z') {
    const bool word = failure.reason.size() > 1 && failure.reason[1] >= 'a';
    first = word ? static_cast<char>(first - 'A' + 'a') : first;  // "SSL" stays
  }
  const auto* const row = std::ranges::find(kCurlRows, curl_code, &CurlRow::code);
  failure.hint = kUnusableHint;
  if (row != kCurlRows.end()) {
    failure.kind = row->kind;
    failure.hint = row->hint;
  }
  return failure;
}

std::string content_encoding_in(std::string_view line) {
  constexpr std::string_view kName = "content-encoding:";
  constexpr std::size_t kLongest = 100;
  if (line.size() < kName.size() || lowered(line.substr(0, kName.size())) != kName) {
    return {};
  }
  line.remove_prefix(kName.size());
  const std::size_t first = line.find_first_not_of(" \t\r\n");
  const std::size_t last = line.find_last_not_of(" \t\r\n");
  if (first == std::string_view::npos) {
    return {};
  }
  std::string encoding = lowered(line.substr(first, std::min(last - first + 1, kLongest)));
  return encoding == "identity" ? std::string() : encoding;
}

void blame_encoding(std::string_view encoding, TransferFailure& failure) {
  failure.kind = Kind::permanent;
  failure.reason += concat("; the server sends it encoded (Content-Encoding: ", encoding,
                           "), though that was not asked for");
  failure.hint =
      "files of packages must come as they are: the server, or a proxy on the way, is not set up "
      "well";
}

}  // namespace pel
