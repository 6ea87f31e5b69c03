#include <sys/stat.h>

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/fetch/fetch.hpp"
#include "store/wheel/sha256_hasher.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/fetch/http_server.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;
using test::HttpRequest;
using test::HttpResponse;
using test::HttpServer;

constexpr const char* kName = "a-1.0-py3-none-any.whl";

class LocalFetchTest : public ::testing::Test {
 protected:
  LocalFetchTest() {
    options_.download_dir = (dir_.path() / "downloads").string();
    options_.on_ready = [this](std::size_t index, const std::string& file) {
      const std::scoped_lock lock(mutex_);
      ready_[index] = file;
    };
    item_.label = "a 1.0";
    item_.wheel.file_name = kName;
    item_.wheel.size = 5;
    const std::string content = "wheel";
    item_.wheel.sha256 = sha256_of(std::as_bytes(std::span(content)));
  }

  // A wheel of that content; its path.
  std::string put(const std::string& folder, const std::string& content = "wheel") {
    const fs::path path = dir_.path() / folder / kName;
    test::write_file(path, content);
    return path.string();
  }

  std::string folder(const std::string& name) const { return (dir_.path() / name).string(); }

  void fetch() { fetch_wheels({&item_, 1}, options_); }

  std::optional<Error> failure() {
    try {
      fetch();
    } catch (const Error& error) {
      return error;
    }
    return std::nullopt;
  }

  test::TempDir dir_;
  FetchOptions options_;
  FetchItem item_;
  std::mutex mutex_;
  std::map<std::size_t, std::string> ready_;
};

TEST_F(LocalFetchTest, PathIsUsedInPlaceAndStays) {
  item_.wheel.path = put("house");
  item_.wheel.url = "http://index.invalid/a";
  options_.offline = true;
  fetch();
  EXPECT_EQ(ready_[0], item_.wheel.path);
  EXPECT_TRUE(fs::exists(item_.wheel.path));
  EXPECT_FALSE(fs::exists(options_.download_dir));
}

TEST_F(LocalFetchTest, FileUrlIsUsedInPlace) {
  const std::string path = put("a house");
  for (const char* prefix : {"file://", "file://localhost", "FILE:"}) {
    item_.wheel.url = concat(prefix, folder("a%20house"), "/", kName);
    ready_.clear();
    fetch();
    EXPECT_EQ(ready_[0], path) << prefix;
  }
}

TEST_F(LocalFetchTest, WrongContentIsAnError) {
  item_.wheel.path = put("house", "wheeL");
  const auto error = failure();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::corrupt);
  EXPECT_TRUE(error->message().starts_with(
      concat("cannot use wheel ", item_.wheel.path, ": its sha256 is ")));
  EXPECT_EQ(error->context()[0], "getting a 1.0");
  EXPECT_TRUE(ready_.empty());
}

TEST_F(LocalFetchTest, WrongSizeIsAnError) {
  item_.wheel.path = put("house", "wheels");
  const auto error = failure();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message(),
            concat("cannot use wheel ", item_.wheel.path, ": it has 6 bytes, the lock says 5"));
}

TEST_F(LocalFetchTest, MissingPathIsAnErrorThatNamesIt) {
  item_.wheel.path = folder("house") + "/" + kName;
  const auto error = failure();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::not_found);
  EXPECT_EQ(error->message(), concat("cannot get a 1.0: there is no file ", item_.wheel.path));
}

TEST_F(LocalFetchTest, MissingPathIsReplacedByFindLinks) {
  item_.wheel.path = folder("house") + "/" + kName;
  const std::string path = put("links");
  options_.find_links = {folder("links")};
  fetch();
  EXPECT_EQ(ready_[0], path);
}

TEST_F(LocalFetchTest, FifoIsRefused) {
  fs::create_directory(dir_.path() / "house");
  item_.wheel.path = folder("house") + "/" + kName;
  ASSERT_EQ(::mkfifo(item_.wheel.path.c_str(), 0600), 0);
  const auto error = failure();
  ASSERT_TRUE(error);
  EXPECT_NE(error->message().find("it is no regular file"), std::string::npos);
}

TEST_F(LocalFetchTest, AnotherBuildInFindLinksIsPassedOver) {
  put("wrong", "other");
  const std::string path = put("right");
  options_.find_links = {folder("wrong"), folder("right")};
  fetch();
  EXPECT_EQ(ready_[0], path);
}

TEST_F(LocalFetchTest, OnlyAnotherBuildIsAnError) {
  const std::string path = put("wrong", "other");
  options_.find_links = {folder("wrong")};
  const auto error = failure();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message(),
            concat("cannot get a 1.0: ", path, " is not the file that was locked"));
}

TEST_F(LocalFetchTest, FindLinksComeBeforeTheUrl) {
  const HttpServer server([](const HttpRequest&) { return HttpResponse{.status = 404}; });
  item_.wheel.url = server.url("/a.whl");
  const std::string path = put("links");
  options_.find_links = {folder("links")};
  fetch();
  EXPECT_EQ(ready_[0], path);
  EXPECT_EQ(server.connections(), 0U);
}

TEST_F(LocalFetchTest, APageOfLinksLeadsToTheWheel) {
  const HttpServer server([](const HttpRequest& request) {
    return request.target == "/links/"
               ? HttpResponse{.body = concat("<a href='../files/", kName, "#sha256=0'>x</a>")}
           : request.target == concat("/files/", kName) ? HttpResponse{.body = "wheel"}
                                                        : HttpResponse{.status = 404};
  });
  options_.find_links = {server.url("/links/")};
  fetch();
  EXPECT_EQ(ready_.size(), 1U);
}

TEST_F(LocalFetchTest, AVainPageLeavesTheLocksUrl) {
  const HttpServer server([](const HttpRequest& request) {
    return request.target == "/lock.whl" ? HttpResponse{.body = "wheel"}
                                         : HttpResponse{.status = 404};
  });
  options_.find_links = {server.url("/links/")};
  item_.wheel.url = server.url("/lock.whl");
  fetch();
  EXPECT_EQ(ready_.size(), 1U);
}

TEST_F(LocalFetchTest, ALinkThatIsDeadLeavesTheLocksUrl) {
  const HttpServer server([](const HttpRequest& request) {
    return request.target == "/lock.whl" ? HttpResponse{.body = "wheel"}
           : request.target == "/links"  ? HttpResponse{.body = concat("<a href=", kName, ">")}
                                         : HttpResponse{.status = 404};
  });
  options_.find_links = {server.url("/links")};
  item_.wheel.url = server.url("/lock.whl");
  fetch();
  EXPECT_EQ(ready_.size(), 1U);
}

TEST_F(LocalFetchTest, MissingFolderOfFindLinksIsAnError) {
  options_.find_links = {folder("nowhere")};
  const auto error = failure();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::not_found);
  EXPECT_NE(error->message().find(folder("nowhere")), std::string::npos);
}

TEST_F(LocalFetchTest, UselessUrlIsAnError) {
  item_.wheel.url = "ftp://me:pw@host/a";
  const auto error = failure();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message(), "cannot get a 1.0: 'ftp://host/a' is no URL that can be used");
}

}  // namespace
}  // namespace pel
