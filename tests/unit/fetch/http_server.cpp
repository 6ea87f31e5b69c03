#include "tests/unit/fetch/http_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>
#include <string_view>

#include "store/base/text.hpp"

namespace pel::test {
namespace {

bool send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

HttpRequest parse(std::string_view text) {
  HttpRequest request;
  std::string_view line = text.substr(0, text.find("\r\n"));
  const std::size_t space = line.find(' ');
  request.method = line.substr(0, space);
  request.target = line.substr(space + 1, line.rfind(' ') - space - 1);
  text.remove_prefix(line.size() + 2);
  while (!text.starts_with("\r\n")) {
    line = text.substr(0, text.find("\r\n"));
    const std::size_t colon = line.find(':');
    std::string name(line.substr(0, colon));
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    request.headers[name] = line.substr(std::min(colon + 2, line.size()));
    text.remove_prefix(line.size() + 2);
  }
  return request;
}

std::string head_of(const HttpResponse& response) {
  std::string head = concat("HTTP/1.1 ", std::to_string(response.status), " Whatever\r\n",
                            "Connection: close\r\n");
  std::size_t length = response.body.size();
  if (response.ending == HttpResponse::Ending::short_of_length) {
    length += 1000;
  }
  if (response.ending != HttpResponse::Ending::without_length && response.repeated.empty()) {
    head += concat("Content-Length: ", std::to_string(length), "\r\n");
  }
  for (const auto& [name, value] : response.headers) {
    head += concat(name, ": ", value, "\r\n");
  }
  return head + "\r\n";
}

}  // namespace

HttpServer::HttpServer(Handler handler) : handler_(std::move(handler)) {
  listener_ = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (!listener_ || ::bind(listener_.get(), generic, size) != 0 ||
      ::listen(listener_.get(), 128) != 0 || ::getsockname(listener_.get(), generic, &size) != 0) {
    throw std::runtime_error("cannot listen on 127.0.0.1");
  }
  port_ = ::ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

HttpServer::~HttpServer() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
  ::shutdown(listener_.get(), SHUT_RDWR);
  acceptor_.join();
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

std::string HttpServer::url(const std::string& target, const std::string& host) const {
  return concat("http://", host, ":", std::to_string(port_), target);
}

std::vector<HttpRequest> HttpServer::requests() const {
  const std::scoped_lock lock(mutex_);
  return requests_;
}

std::size_t HttpServer::connections() const {
  const std::scoped_lock lock(mutex_);
  return connections_;
}

void HttpServer::accept_all() {
  for (;;) {
    const int connection = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) {
      return;
    }
    const std::scoped_lock lock(mutex_);
    ++connections_;
    threads_.emplace_back([this, connection] { serve(connection); });
  }
}

void HttpServer::serve(int connection) {
  const UniqueFd fd(connection);
  std::string text;
  std::array<char, 4096> buffer;
  while (text.find("\r\n\r\n") == std::string::npos) {
    pollfd waiting{fd.get(), POLLIN, 0};
    if (::poll(&waiting, 1, 5000) <= 0) {
      return;
    }
    const ssize_t count = ::recv(fd.get(), buffer.data(), buffer.size(), 0);
    if (count <= 0) {
      return;
    }
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  const HttpRequest request = parse(text);
  {
    const std::scoped_lock lock(mutex_);
    requests_.push_back(request);
  }
  const HttpResponse response = handler_(request);
  if (response.ending == HttpResponse::Ending::never) {
    std::unique_lock lock(mutex_);
    stopped_.wait(lock, [this] { return stopping_; });
    return;
  }
  if (response.ending == HttpResponse::Ending::reset) {
    const linger now{1, 0};
    ::setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    return;
  }
  bool sent = send_all(fd.get(), head_of(response)) && send_all(fd.get(), response.body);
  while (sent && !response.repeated.empty()) {
    sent = send_all(fd.get(), response.repeated);
  }
}

}  // namespace pel::test
