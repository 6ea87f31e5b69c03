#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "store/base/fd.hpp"

namespace pel::test {

struct HttpRequest {
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  // names in lower case
};

struct HttpResponse {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  std::string repeated{};  // sent behind the body, again and again until the client hangs up

  enum class Ending {
    complete,
    short_of_length,  // the connection ends before Content-Length is reached
    without_length,   // no Content-Length: the end of the connection ends the body
    reset,            // the connection is reset before any answer
    never,            // no answer until the server stops
  };
  Ending ending = Ending::complete;
};

// An HTTP/1.1 server on 127.0.0.1 for one test; a connection serves one request. The handler is
// called from several threads.
class HttpServer {
 public:
  using Handler = std::function<HttpResponse(const HttpRequest&)>;

  explicit HttpServer(Handler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] std::string url(const std::string& target,
                                const std::string& host = "127.0.0.1") const;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  [[nodiscard]] std::vector<HttpRequest> requests() const;
  [[nodiscard]] std::size_t connections() const;

 private:
  void accept_all();
  void serve(int connection);

  Handler handler_;
  UniqueFd listener_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::size_t connections_ = 0;
  std::vector<HttpRequest> requests_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace pel::test
