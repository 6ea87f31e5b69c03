#include "store/fetch/fetch.hpp"

#include <sys/stat.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/fetch/transfer_failure.hpp"
#include "store/wheel/sha256_hasher.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/fetch/http_server.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;
using test::HttpRequest;
using test::HttpResponse;
using test::HttpServer;
using Ending = HttpResponse::Ending;
using std::chrono::milliseconds;

Sha256 digest_of(const std::string& text) {
  return sha256_of(std::as_bytes(std::span(text)));
}

FetchItem item(const std::string& file_name, const std::string& url, const std::string& content) {
  FetchItem result;
  result.label = file_name.substr(0, file_name.find('-')) + " 1.0";
  result.wheel.file_name = file_name;
  result.wheel.url = url;
  result.wheel.size = content.size();
  result.wheel.sha256 = digest_of(content);
  return result;
}

class FetchTest : public ::testing::Test {
 protected:
  FetchTest() {
    options_.download_dir = (dir_.path() / "cache" / "downloads").string();
    options_.limits.first_delay = milliseconds(1);
    options_.limits.attempts = 3;
    options_.on_ready = [this](std::size_t index, const std::string& file) {
      const std::scoped_lock lock(mutex_);
      ready_[index] = test::read_file(file);
      files_[index] = file;
    };
  }

  void fetch(const std::vector<FetchItem>& items) { fetch_wheels(items, options_); }

  std::optional<Error> failure_of(const std::vector<FetchItem>& items) {
    try {
      fetch(items);
    } catch (const Error& error) {
      return error;
    }
    return std::nullopt;
  }

  [[nodiscard]] bool downloads_are_gone() const {
    return !fs::exists(options_.download_dir) || fs::is_empty(options_.download_dir);
  }

  test::TempDir dir_;
  FetchOptions options_;
  std::mutex mutex_;
  std::map<std::size_t, std::string> ready_;
  std::map<std::size_t, std::string> files_;
};

TEST_F(FetchTest, NothingToFetchTouchesNothing) {
  fetch({});
  EXPECT_FALSE(fs::exists(options_.download_dir));
}

TEST_F(FetchTest, DownloadsAreHandedOverCompleteAndDeletedAfterwards) {
  const std::string big(3'000'000, 'b');
  const HttpServer server([&](const HttpRequest& request) {
    return HttpResponse{.body = request.target == "/b.whl" ? big : "wheel " + request.target};
  });
  std::vector<FetchItem> items{item("b-1.0-py3-none-any.whl", server.url("/b.whl"), big)};
  for (int i = 0; i < 40; ++i) {
    const std::string target = concat("/a", std::to_string(i), ".whl");
    items.push_back(item("a-1.0-py3-none-any.whl", server.url(target), "wheel " + target));
  }
  fetch(items);
  ASSERT_EQ(ready_.size(), items.size());
  EXPECT_EQ(ready_[0], big);
  EXPECT_EQ(ready_[40], "wheel /a39.whl");
  EXPECT_TRUE(downloads_are_gone());
  EXPECT_EQ(server.requests().front().headers.at("user-agent").substr(0, 12), "pyenvlaunch/");
}

TEST_F(FetchTest, SizeMayBeMissingInTheLock) {
  const HttpServer server([](const HttpRequest&) {
    return HttpResponse{.body = "w", .ending = Ending::without_length};
  });
  FetchItem wheel = item("a-1.0-py3-none-any.whl", server.url("/a.whl"), "w");
  wheel.wheel.size.reset();
  fetch({wheel});
  EXPECT_EQ(ready_[0], "w");
}

TEST_F(FetchTest, WrongHashIsRefusedAndLeavesNothing) {
  const HttpServer server([](const HttpRequest&) { return HttpResponse{.body = "evil!"}; });
  const auto error = failure_of({item("a-1.0-py3-none-any.whl", server.url("/a.whl"), "wheel")});
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::corrupt);
  EXPECT_EQ(error->message(),
            concat("cannot download a 1.0 from ", server.url("/a.whl"), ": its sha256 is ",
                   digest_of("evil!").hex(), ", the lock says ", digest_of("wheel").hex()));
  EXPECT_FALSE(error->hint().empty());
  EXPECT_TRUE(ready_.empty());
  EXPECT_TRUE(downloads_are_gone());
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(FetchTest, TooLongEndsBeforeAllHasCome) {
  const HttpServer server([](const HttpRequest&) {
    return HttpResponse{.body = std::string(5'000'000, 'x'), .ending = Ending::without_length};
  });
  const auto error = failure_of({item("a-1.0-py3-none-any.whl", server.url("/a.whl"), "wheel")});
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::corrupt);
  EXPECT_NE(error->message().find("it has more than the 5 bytes that the lock says"),
            std::string::npos);
  EXPECT_TRUE(downloads_are_gone());
}

TEST_F(FetchTest, TruncatedAnswersAreTriedAgain) {
  std::atomic<int> calls = 0;
  const HttpServer server([&](const HttpRequest&) {
    const int call = ++calls;
    return HttpResponse{.body = call < 3 ? "whe" : "wheel",
                        .ending = call == 1   ? Ending::short_of_length
                                  : call == 2 ? Ending::without_length
                                              : Ending::complete};
  });
  fetch({item("a-1.0-py3-none-any.whl", server.url("/a.whl"), "wheel")});
  EXPECT_EQ(ready_[0], "wheel");
  EXPECT_EQ(calls, 3);
}

TEST_F(FetchTest, AlwaysTruncatedIsAnErrorThatSaysHowFarItCame) {
  const HttpServer server([](const HttpRequest&) {
    return HttpResponse{.body = "whe", .ending = Ending::without_length};
  });
  const auto error = failure_of({item("a-1.0-py3-none-any.whl", server.url("/a.whl"), "wheel")});
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::io);
  EXPECT_NE(error->message().find("the connection ended after 3 of 5 bytes (tried 3 times)"),
            std::string::npos)
      << error->message();
  EXPECT_TRUE(downloads_are_gone());
}

TEST_F(FetchTest, NotFoundIsFinal) {
  const HttpServer server([](const HttpRequest&) { return HttpResponse{.status = 404}; });
  const auto error = failure_of(
      {item("a-1.0-py3-none-any.whl",
            concat("http://user:secret@127.0.0.1:", std::to_string(server.port()), "/a.whl?sig=x"),
            "wheel")});
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message(), concat("cannot download a 1.0 from ", server.url("/a.whl"),
                                     ": the server answered 404 (Not Found)"));
  EXPECT_EQ(error->code(), ErrorCode::io);
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(FetchTest, ServerErrorsAndResetsAreTriedAgain) {
  std::atomic<int> calls = 0;
  const HttpServer server([&](const HttpRequest&) {
    const int call = ++calls;
    return call == 1   ? HttpResponse{.status = 503, .headers = {{"Retry-After", "0"}}, .body = "x"}
           : call == 2 ? HttpResponse{.ending = Ending::reset}
                       : HttpResponse{.body = "wheel"};
  });
  fetch({item("a-1.0-py3-none-any.whl", server.url("/a.whl"), "wheel")});
  EXPECT_EQ(ready_[0], "wheel");
  EXPECT_EQ(calls, 3);
}

TEST_F(FetchTest, RetryAfterIsHonoured) {
  std::atomic<int> calls = 0;
  const HttpServer server([&](const HttpRequest&) {
    return ++calls == 1 ? HttpResponse{.status = 429, .headers = {{"Retry-After", "1"}}}
                        : HttpResponse{.body = "wheel"};
  });
  const auto begin = std::chrono::steady_clock::now();
  fetch({item("a-1.0-py3-none-any.whl", server.url("/a.whl"), "wheel")});
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(990));
}

TEST_F(FetchTest, SilentServerIsGivenUp) {
  options_.limits.attempts = 1;
  options_.limits.stall_timeout = std::chrono::seconds(1);
  const HttpServer server([](const HttpRequest&) { return HttpResponse{.ending = Ending::never}; });
  const auto error = failure_of({item("a-1.0-py3-none-any.whl", server.url("/a.whl"), "wheel")});
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::io);
  EXPECT_TRUE(downloads_are_gone());
}

TEST_F(FetchTest, HowLongAServerMayTakeIsTheUsersToSay) {
  options_.limits.attempts = 1;
  options_.downloads.timeout = std::chrono::seconds(1);
  const HttpServer server([](const HttpRequest&) { return HttpResponse{.ending = Ending::never}; });
  const auto error = failure_of({item("a-1.0-py3-none-any.whl", server.url("/a.whl"), "wheel")});
  ASSERT_TRUE(error);
  EXPECT_NE(error->message().find("the last 1 seconds"), std::string::npos) << error->message();
  EXPECT_NE(error->hint().find("PYENVLAUNCH_HTTP_TIMEOUT"), std::string::npos);
  EXPECT_EQ(options_.downloads.applied_to({}).connect_timeout, std::chrono::seconds(1));
  EXPECT_EQ(DownloadLimits{}.applied_to({}).stall_timeout, std::chrono::seconds(30));
}

// As servers do that are told to compress everything, or take a file's suffix for an encoding.
TEST_F(FetchTest, EncodedFilesAreNotAskedForAndNamed) {
  std::string asked;
  const HttpServer server([&](const HttpRequest& request) {
    asked = request.headers.at("accept-encoding");
    return HttpResponse{.headers = {{"content-ENCODING", " GZip "}}, .body = "wh"};
  });
  FetchItem wheel = item("a-1.0-py3-none-any.whl", server.url("/a.whl"), "wheel");
  for (int i = 0; i < 2; ++i) {
    const auto error = failure_of({wheel});
    ASSERT_TRUE(error);
    EXPECT_EQ(asked, "identity");
    EXPECT_NE(error->message().find("(Content-Encoding: gzip)"), std::string::npos)
        << error->message();
    wheel.wheel.size.reset();
  }
  EXPECT_EQ(server.connections(), 2U);
}

TEST_F(FetchTest, WhatIsNoHttpIsSaidToBeNone) {
  const TransferFailure failure = failure_of_curl(1, "Received HTTP/0.9 when not allowed");
  EXPECT_EQ(failure.reason, "what answers there does not speak HTTP/1");
}

TEST_F(FetchTest, WithoutASizeThereIsALimit) {
  options_.downloads.largest = 1'000'000;
  const HttpServer server(
      [](const HttpRequest&) { return HttpResponse{.repeated = std::string(10'000, 'x')}; });
  FetchItem wheel = item("a-1.0-py3-none-any.whl", server.url("/a.whl"), "w");
  wheel.wheel.size.reset();
  const auto error = failure_of({wheel});
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::corrupt);
  EXPECT_EQ(error->message(),
            concat("cannot download a 1.0 from ", server.url("/a.whl"),
                   ": it has more than 1000000 bytes, and the lock does not say how many"));
  EXPECT_NE(error->hint().find("PYENVLAUNCH_MAX_DOWNLOAD_SIZE"), std::string::npos);
  EXPECT_TRUE(downloads_are_gone());
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(FetchTest, AnAnnouncedLengthThatIsTooMuchIsNotWaitedFor) {
  options_.downloads.largest = 1000;
  const HttpServer server([](const HttpRequest&) {
    return HttpResponse{
        .headers = {{"Content-Length", "1001"}}, .body = "x", .ending = Ending::without_length};
  });
  FetchItem wheel = item("a-1.0-py3-none-any.whl", server.url("/a.whl"), "w");
  wheel.wheel.size.reset();
  const auto error = failure_of({wheel});
  ASSERT_TRUE(error);
  EXPECT_NE(error->message().find("more than 1000 bytes"), std::string::npos) << error->message();
}

TEST_F(FetchTest, ASizeInTheLockNeedsNoLimit) {
  options_.downloads.largest = 10;
  const std::string content(5000, 'w');
  const HttpServer server([&](const HttpRequest&) { return HttpResponse{.body = content}; });
  fetch({item("a-1.0-py3-none-any.whl", server.url("/a.whl"), content)});
  EXPECT_EQ(ready_[0], content);
}

// What a server can send for ever, and at any speed, without one byte of a file.
TEST_F(FetchTest, EndlessAnswersEnd) {
  options_.limits.attempts = 1;
  options_.limits.stall_timeout = std::chrono::seconds(1);
  const std::pair<std::string, std::string> chunked{"Transfer-Encoding", "chunked"};
  const std::string much(10'000, 'x');
  const HttpServer server([&](const HttpRequest& request) {
    if (request.target == "/redirect") {
      return HttpResponse{.status = 302,
                          .headers = {{"Location", "/b"}, {"Content-Length", "99999999999"}},
                          .repeated = much};
    }
    if (request.target == "/trailers") {
      return HttpResponse{.headers = {chunked},
                          .body = "2\r\nok\r\n0\r\n",
                          .repeated = concat("A: ", std::string(1000, 'x'), "\r\n")};
    }
    if (request.target == "/error") {
      return HttpResponse{.status = 500, .repeated = much};
    }
    return HttpResponse{.headers = {chunked}, .body = "2;", .repeated = much};
  });
  const std::pair<const char*, const char*> cases[] = {{"/redirect", "too slow"},
                                                       {"/chunk", "too slow"},
                                                       {"/trailers", "headers without end"},
                                                       {"/error", "the server answered 500"}};
  for (const auto& [target, reason] : cases) {
    const auto error = failure_of({item("a-1.0-py3-none-any.whl", server.url(target), "wheel")});
    ASSERT_TRUE(error) << target;
    EXPECT_NE(error->message().find(reason), std::string::npos) << error->message();
    EXPECT_TRUE(downloads_are_gone()) << target;
  }
}

TEST_F(FetchTest, UnreachableServerIsTriedThriceAndNamed) {
  options_.limits.attempts = 5;
  std::string url;
  {
    const HttpServer server([](const HttpRequest&) { return HttpResponse{}; });
    url = server.url("/a.whl");
  }
  const auto error = failure_of({item("a-1.0-py3-none-any.whl", url, "wheel")});
  ASSERT_TRUE(error);
  EXPECT_NE(error->message().find("(tried 3 times)"), std::string::npos) << error->message();
  EXPECT_NE(error->hint().find("proxy"), std::string::npos);
}

TEST_F(FetchTest, SeveralFailuresAreCounted) {
  const HttpServer server([](const HttpRequest&) { return HttpResponse{.status = 403}; });
  const auto error = failure_of({item("a-1.0-py3-none-any.whl", server.url("/a.whl"), "a"),
                                 item("b-1.0-py3-none-any.whl", server.url("/b.whl"), "b"),
                                 item("c-1.0-py3-none-any.whl", server.url("/c.whl"), "c")});
  ASSERT_TRUE(error);
  EXPECT_TRUE(error->message().ends_with("; 2 more wheels could not be fetched"))
      << error->message();
}

TEST_F(FetchTest, CompleteWheelsAreHandedOverAlthoughAnotherFails) {
  const HttpServer server([](const HttpRequest& request) {
    return request.target == "/bad.whl" ? HttpResponse{.status = 404} : HttpResponse{.body = "ok"};
  });
  EXPECT_TRUE(failure_of({item("bad-1.0-py3-none-any.whl", server.url("/bad.whl"), "bad"),
                          item("ok-1.0-py3-none-any.whl", server.url("/ok.whl"), "ok")}));
  EXPECT_EQ(ready_[1], "ok");
}

TEST_F(FetchTest, CredentialsStayWithTheirHost) {
  const HttpServer other([](const HttpRequest&) { return HttpResponse{.body = "wheel"}; });
  const HttpServer server([&](const HttpRequest& request) {
    return request.target == "/a.whl"
               ? HttpResponse{.status = 302, .headers = {{"Location", "/b.whl"}}}
               : HttpResponse{.status = 302,
                              .headers = {{"Location", other.url("/c.whl", "localhost")}}};
  });
  fetch({item("a-1.0-py3-none-any.whl",
              concat("http://user:secret@127.0.0.1:", std::to_string(server.port()), "/a.whl"),
              "wheel")});
  EXPECT_EQ(ready_[0], "wheel");
  ASSERT_EQ(server.requests().size(), 2U);
  EXPECT_TRUE(server.requests()[0].headers.contains("authorization"));
  EXPECT_TRUE(server.requests()[1].headers.contains("authorization"));
  ASSERT_EQ(other.requests().size(), 1U);
  EXPECT_FALSE(other.requests()[0].headers.contains("authorization"));
}

TEST_F(FetchTest, RedirectsLeadToHttpOnly) {
  test::write_file(dir_.path() / "secret", "wheel");
  const HttpServer server([&](const HttpRequest&) {
    return HttpResponse{
        .status = 302,
        .headers = {{"Location", concat("file://", (dir_.path() / "secret").string())}}};
  });
  const auto error = failure_of({item("a-1.0-py3-none-any.whl", server.url("/a.whl"), "wheel")});
  ASSERT_TRUE(error);
  EXPECT_FALSE(error->hint().empty());
  EXPECT_TRUE(ready_.empty());
}

TEST_F(FetchTest, NetrcGivesCredentials) {
  test::write_file(dir_.path() / "netrc", "machine 127.0.0.1 login me password pw\n");
  ::setenv("NETRC", (dir_.path() / "netrc").c_str(), 1);
  const HttpServer server([](const HttpRequest&) { return HttpResponse{.body = "wheel"}; });
  fetch({item("a-1.0-py3-none-any.whl", server.url("/a.whl"), "wheel")});
  ::unsetenv("NETRC");
  EXPECT_EQ(server.requests()[0].headers.at("authorization"), "Basic bWU6cHc=");
}

TEST_F(FetchTest, ProxyVariablesAreUsedInBothCases) {
  for (const char* name : {"http_proxy", "HTTP_PROXY"}) {
    const HttpServer proxy([](const HttpRequest&) { return HttpResponse{.body = "wheel"}; });
    ::setenv(name, proxy.url("").c_str(), 1);
    fetch({item("a-1.0-py3-none-any.whl", "http://index.invalid/a", "wheel")});
    ::unsetenv(name);
    ASSERT_EQ(proxy.requests().size(), 1U) << name;
    EXPECT_EQ(proxy.requests()[0].target, "http://index.invalid/a");
  }
}

TEST_F(FetchTest, OfflineMakesNoConnection) {
  const HttpServer server([](const HttpRequest&) { return HttpResponse{.body = "wheel"}; });
  options_.offline = true;
  options_.find_links = {server.url("/links")};
  const auto error = failure_of({item("a-1.0-py3-none-any.whl", server.url("/a.whl"), "wheel")});
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::not_found);
  EXPECT_EQ(error->message(),
            "cannot get a 1.0 while offline: a-1.0-py3-none-any.whl is neither in the store nor on "
            "this machine");
  EXPECT_EQ(server.connections(), 0U);
}

TEST_F(FetchTest, AFailingCallbackEndsTheFetch) {
  const HttpServer server([](const HttpRequest&) { return HttpResponse{.body = "wheel"}; });
  options_.on_ready = [](std::size_t, const std::string&) {
    throw Error(ErrorCode::corrupt, "cannot unpack it");
  };
  const auto error = failure_of({item("a-1.0-py3-none-any.whl", server.url("/a.whl"), "wheel")});
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message(), "cannot unpack it");
  EXPECT_TRUE(downloads_are_gone());
}

TEST_F(FetchTest, CancellingEndsTheFetch) {
  std::atomic<bool> cancelled = false;
  options_.cancelled = &cancelled;
  options_.limits.stall_timeout = std::chrono::seconds(60);
  const HttpServer server([&](const HttpRequest&) {
    cancelled = true;
    return HttpResponse{.ending = Ending::never};
  });
  const auto error = failure_of({item("a-1.0-py3-none-any.whl", server.url("/a.whl"), "wheel")});
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::interrupted);
  EXPECT_TRUE(downloads_are_gone());
}

TEST_F(FetchTest, UnwritableDownloadFolderIsNamed) {
  const HttpServer server([](const HttpRequest&) { return HttpResponse{.body = "wheel"}; });
  test::write_file(dir_.path() / "file", "");
  options_.download_dir = (dir_.path() / "file" / "downloads").string();
  const auto error = failure_of({item("a-1.0-py3-none-any.whl", server.url("/a.whl"), "wheel")});
  ASSERT_TRUE(error);
  EXPECT_NE(error->message().find(options_.download_dir), std::string::npos) << error->message();
}

TEST_F(FetchTest, PartsOfKilledProcessesAreSwept) {
  const HttpServer server([](const HttpRequest&) { return HttpResponse{.body = "wheel"}; });
  const fs::path old = fs::path(options_.download_dir) / "old.part";
  const fs::path fresh = fs::path(options_.download_dir) / "new.part";
  test::write_file(old, "x");
  test::write_file(fresh, "x");
  fs::last_write_time(old, fs::file_time_type::clock::now() - std::chrono::hours(48));
  fetch({item("a-1.0-py3-none-any.whl", server.url("/a.whl"), "wheel")});
  EXPECT_FALSE(fs::exists(old));
  EXPECT_TRUE(fs::exists(fresh));
}

}  // namespace
}  // namespace pel
