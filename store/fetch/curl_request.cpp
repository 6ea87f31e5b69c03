#include "store/fetch/curl_request.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/fetch/url.hpp"

namespace pel {
namespace {

constexpr long kMostRedirects = 10;
constexpr long kStallSpeed = 1000;  // bytes a second
constexpr long kBufferSize = 256 * 1024;

template <class Value>
void set(CURL* handle, CURLoption option, Value value) {
  const CURLcode code = curl().easy_setopt(handle, option, value);
  if (code != CURLE_OK) {
    throw Error(ErrorCode::io, concat("cannot prepare a download: ", curl().easy_strerror(code)));
  }
}

const char* variable(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets any
  return value == nullptr || *value == '\0' ? nullptr : value;
}

bool is_plain_http(const std::string& url) {
  return url.size() > 4 && url[4] == ':';
}

// Who asks for https is not led away from it.
void set_protocols(CURL* handle, bool plain) {
#if LIBCURL_VERSION_NUM >= 0x075500
  set(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  set(handle, CURLOPT_REDIR_PROTOCOLS_STR, plain ? "http,https" : "https");
#else
  set(handle, CURLOPT_PROTOCOLS, long{CURLPROTO_HTTP | CURLPROTO_HTTPS});
  set(handle, CURLOPT_REDIR_PROTOCOLS,
      plain ? long{CURLPROTO_HTTP | CURLPROTO_HTTPS} : long{CURLPROTO_HTTPS});
#endif
}

void set_trust(CURL* handle) {
  set(handle, CURLOPT_SSL_VERIFYPEER, 1L);
  set(handle, CURLOPT_SSL_VERIFYHOST, 2L);
  if (const char* const file = variable("SSL_CERT_FILE")) {
    set(handle, CURLOPT_CAINFO, file);
  }
  if (const char* const folder = variable("SSL_CERT_DIR")) {
    set(handle, CURLOPT_CAPATH, folder);
  }
}

// libcurl reads the other proxy variables itself. It leaves out HTTP_PROXY because a web server
// sets that from a request's header for its CGI programs, so REQUEST_METHOD rules it out here too.
void set_proxy(CURL* handle, const std::string& url) {
  const char* const upper = variable("HTTP_PROXY");
  if (is_plain_http(url) && upper != nullptr && variable("http_proxy") == nullptr &&
      variable("REQUEST_METHOD") == nullptr) {
    set(handle, CURLOPT_PROXY, upper);
  }
}

}  // namespace

void initialize_curl() {
  // Not by std::call_once: an exception (libcurl may be missing) must not pass through the frames
  // of the C library, whose clean-up belongs to another unwinder than the one that is linked here.
  static const CURLcode done = curl().global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(done);
}

EasyHandle make_request(const std::string& url, const TransferLimits& limits,
                        curl_write_callback receive, void* context, ErrorBuffer& errors) {
  EasyHandle request(curl().easy_init());
  CURL* const handle = request.get();
  if (handle == nullptr) {
    throw std::bad_alloc();
  }
  set(handle, CURLOPT_URL, url.c_str());
  set_protocols(handle, is_plain_http(url));
  set_trust(handle);
  set_proxy(handle, url);
  set(handle, CURLOPT_FOLLOWLOCATION, 1L);
  set(handle, CURLOPT_MAXREDIRS, kMostRedirects);
  set(handle, CURLOPT_UNRESTRICTED_AUTH, 0L);
  set(handle, CURLOPT_NETRC, long{CURL_NETRC_OPTIONAL});
  if (const char* const netrc = variable("NETRC")) {
    set(handle, CURLOPT_NETRC_FILE, netrc);
  }
  set(handle, CURLOPT_USERAGENT, "pyenvlaunch/" PEL_VERSION);
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect_timeout.count()));
  set(handle, CURLOPT_LOW_SPEED_LIMIT, kStallSpeed);
  set(handle, CURLOPT_LOW_SPEED_TIME,
      std::max(1L, static_cast<long>(limits.stall_timeout.count())));
  set(handle, CURLOPT_BUFFERSIZE, kBufferSize);
  // Over one connection where the server can: the first handshake finds out, the others wait for
  // it. Without TLS they would wait for the first answer, and for nothing.
  set(handle, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_2TLS});
  set(handle, CURLOPT_PIPEWAIT, is_plain_http(url) ? 0L : 1L);
  set(handle, CURLOPT_WRITEFUNCTION, receive);
  set(handle, CURLOPT_WRITEDATA, context);
  errors[0] = '\0';
  set(handle, CURLOPT_ERRORBUFFER, errors.data());
  return request;
}

void accept_compressed(CURL* handle) {
  set(handle, CURLOPT_ACCEPT_ENCODING, "");  // all that libcurl can undo
}

// Without this any encoding would do (RFC 9110), and libcurl says nothing by itself.
void accept_files_as_they_are(CURL* handle) {
  // The list must live as long as the request.
  static char text[] = "Accept-Encoding: identity";
  static curl_slist header{text, nullptr};
  set(handle, CURLOPT_HTTPHEADER, &header);
}

void take_headers(CURL* handle, curl_write_callback take, void* context) {
  set(handle, CURLOPT_HEADERFUNCTION, take);
  set(handle, CURLOPT_HEADERDATA, context);
}

void ask_for_index_page(CURL* handle) {
  // The list must live as long as the request.
  static char text[] =
      "Accept: application/vnd.pypi.simple.v1+json, "
      "application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";
  static curl_slist header{text, nullptr};
  set(handle, CURLOPT_HTTPHEADER, &header);
}

}  // namespace pel
