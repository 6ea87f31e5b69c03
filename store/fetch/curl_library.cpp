#include "store/fetch/curl_library.hpp"

#include "store/base/dynamic_library.hpp"

namespace pel {
namespace {

CurlLibrary load() {
  const DynamicLibrary library(PEL_CURL_LIBRARY);
  CurlLibrary curl{};
  library.bind(curl.easy_cleanup, "curl_easy_cleanup");
  library.bind(curl.easy_getinfo, "curl_easy_getinfo");
  library.bind(curl.easy_init, "curl_easy_init");
  library.bind(curl.easy_setopt, "curl_easy_setopt");
  library.bind(curl.easy_strerror, "curl_easy_strerror");
  library.bind(curl.free, "curl_free");
  library.bind(curl.global_init, "curl_global_init");
  library.bind(curl.multi_add_handle, "curl_multi_add_handle");
  library.bind(curl.multi_cleanup, "curl_multi_cleanup");
  library.bind(curl.multi_info_read, "curl_multi_info_read");
  library.bind(curl.multi_init, "curl_multi_init");
  library.bind(curl.multi_perform, "curl_multi_perform");
  library.bind(curl.multi_poll, "curl_multi_poll");
  library.bind(curl.multi_remove_handle, "curl_multi_remove_handle");
  library.bind(curl.multi_setopt, "curl_multi_setopt");
  library.bind(curl.url, "curl_url");
  library.bind(curl.url_cleanup, "curl_url_cleanup");
  library.bind(curl.url_get, "curl_url_get");
  library.bind(curl.url_set, "curl_url_set");
  return curl;
}

}  // namespace

const CurlLibrary& curl() {
  static const CurlLibrary library = load();
  return library;
}

}  // namespace pel
