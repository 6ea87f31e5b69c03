#include "store/fetch/url.hpp"

#include <string_view>

#include <gtest/gtest.h>

#include "store/base/text.hpp"
#include "store/fetch/find_links.hpp"
#include "store/fetch/html_links.hpp"

namespace pel {
namespace {

TEST(Url, MessagesHideCredentialsAndQueries) {
  EXPECT_EQ(url_for_messages("https://u:p@h:1/a?X-Signature=1#x"), "https://h:1/a");
  EXPECT_EQ(url_for_messages("https://127.0.0.1/a"), "https://127.0.0.1/a");
  EXPECT_EQ(url_for_messages("https://u:p/w@127.0.0.1/a"), "https://127.0.0.1/a");
  EXPECT_EQ(url_for_messages("u:p@127.0.0.1/a.whl"), "127.0.0.1/a.whl");
  EXPECT_EQ(url_for_messages("https://127.0.0.1/a\nb\x1b[1m"), "https://127.0.0.1/a?b?[1m");
  EXPECT_EQ(url_for_messages(""), "");
  EXPECT_EQ(url_for_messages("https://u:p%40h/a"), "https://u/a");
  EXPECT_EQ(url_for_messages("https://[::1]:80/a"), "https://[::1]:80/a");
  EXPECT_EQ(url_for_messages("https://[::1]/a:b"), "https://[::1]/a:b");
}

TEST(Credentials, AreTakenOutOfUrls) {
  EXPECT_EQ(without_credentials("https://u:p@h:1/a@1"), "https://h:1/a@1");
  EXPECT_EQ(without_credentials("https://u:p@q@127.0.0.1/a"), "https://127.0.0.1/a");
  EXPECT_EQ(without_credentials("git+https://git@127.0.0.1/r@v1"), "git+https://127.0.0.1/r@v1");
  EXPECT_EQ(without_credentials("git+ssh://git@127.0.0.1/r@v1"), "git+ssh://git@127.0.0.1/r@v1");
  EXPECT_EQ(without_credentials("SSH://me:p@h:22/r"), "SSH://me@h:22/r");
  EXPECT_EQ(without_credentials("ssh://h/r:a@b"), "ssh://h/r:a@b");
  EXPECT_EQ(without_credentials("https://127.0.0.1/a@1"), "https://127.0.0.1/a@1");
  EXPECT_EQ(without_credentials("not a url@"), "not a url@");
  EXPECT_EQ(without_credentials_anywhere("get `https://u:p@127.0.0.1/x` and http://v@k, a@b"),
            "get `https://127.0.0.1/x` and http://k, a@b");
}

TEST(Url, OfARepository) {
  EXPECT_EQ(repository_url("git@127.0.0.1:o/r.git"), "ssh://git@127.0.0.1/o/r.git");
  EXPECT_EQ(repository_url("me@h:/srv/r"), "ssh://me@h/srv/r");
  EXPECT_EQ(repository_url("https://u:p@127.0.0.1/o/r.git"), "https://127.0.0.1/o/r.git");
  EXPECT_EQ(repository_url("ssh://git@127.0.0.1:22/r"), "ssh://git@127.0.0.1:22/r");
  EXPECT_EQ(repository_url("../a@b:c"), "../a@b:c");
  EXPECT_EQ(repository_url("file:///a@b:c"), "file:///a@b:c");
}

TEST(Url, UserAndPassword) {
  const auto user = user_of_url("HTTPS://me%40x:p%3aw%2f@h:8080/r.git?a@b");
  ASSERT_TRUE(user.has_value());
  EXPECT_EQ(user->url, "HTTPS://h:8080/r.git?a@b");
  EXPECT_EQ(user->origin, "HTTPS://h:8080");
  EXPECT_EQ(user->name, "me@x");
  EXPECT_EQ(user->password, "p:w/");
  const auto token = user_of_url("http://a@b@h");
  ASSERT_TRUE(token.has_value());
  EXPECT_EQ(token->url, "http://h");
  EXPECT_EQ(token->name, "a@b");
  EXPECT_EQ(token->password, "");
  for (const char* const url :
       {"https://127.0.0.1/r", "https://127.0.0.1/a@b", "ssh://git@127.0.0.1/r", "git@h:r", "h@"}) {
    EXPECT_FALSE(user_of_url(url).has_value()) << url;
  }
}

TEST(Url, PathsOfFileUrls) {
  EXPECT_EQ(path_of_file_url("file:///a%20b/c%2Bd"), "/a b/c+d");
  EXPECT_EQ(path_of_file_url("file://localhost/a"), "/a");
  EXPECT_EQ(path_of_file_url("file:/a"), "/a");
  EXPECT_EQ(path_of_file_url("file:///a#sha256=1"), "/a");
  EXPECT_EQ(path_of_file_url("file:///50%"), "/50%");
  EXPECT_EQ(path_of_file_url("file://server/a"), std::nullopt);
  EXPECT_EQ(path_of_file_url("file:a"), std::nullopt);
  EXPECT_EQ(path_of_file_url("file:///a%00b"), std::nullopt);
  EXPECT_EQ(path_of_file_url("http://127.0.0.1/a"), std::nullopt);
}

TEST(Url, RelativeLinksAreResolved) {
  EXPECT_EQ(resolve_url("https://127.0.0.1/x/page.html", "../f/a"), "https://127.0.0.1/f/a");
  EXPECT_EQ(resolve_url("https://127.0.0.1/x/", "a"), "https://127.0.0.1/x/a");
  EXPECT_EQ(resolve_url("https://127.0.0.1/x", "//g/a"), "https://g/a");
  EXPECT_EQ(resolve_url("https://127.0.0.1/x", "http://g/a"), "http://g/a");
  EXPECT_EQ(resolve_url("file:///d/p.html", "a.whl"), "file:///d/a.whl");
}

TEST(Url, FileNameIsTheLastComponentDecoded) {
  EXPECT_EQ(file_name_of_link("https://127.0.0.1/x/a-1%2Bl-py3-none-any.whl?q#f"),
            "a-1+l-py3-none-any.whl");
  EXPECT_EQ(file_name_of_link("a.whl"), "a.whl");
  EXPECT_EQ(file_name_of_link("https://127.0.0.1/x/"), "");
}

TEST(HtmlLinks, TakesWhatPagesReallyLookLike) {
  const HtmlLinks links = scan_html_links(
      "<!DOCTYPE html><html><head><BASE HREF=\"https://127.0.0.1/b/\"><title>a < b</title></head>"
      "<!-- <a href='commented'> --><body><A\n class=x HREF = 'one&amp;two' data-x>1</A>"
      "<a href=bare>2</a><a href=\"q&#43;&#x2b;&unknown;&\"/>3<abbr href=no><a name=none>"
      "<a href=\"\xC3\xA4&#228;\"");
  EXPECT_EQ(links.base, "https://127.0.0.1/b/");
  EXPECT_EQ(links.hrefs,
            (std::vector<std::string>{"one&two", "bare", "q++&unknown;&", "\xC3\xA4\xC3\xA4"}));
}

TEST(HtmlLinks, SurvivesAnything) {
  for (const char* html : {"", "<", "<a", "<a href", "<a href=", "<a href='", "<!--", "<!---->",
                           "<a =x==>", "<a href=x", "<////>", "<a href = ", "&#x;", "<a href='&#'>",
                           "<a href='&#99999999;&#0;'>"}) {
    EXPECT_NO_THROW(static_cast<void>(scan_html_links(html))) << html;
  }
}

TEST(FindLinks, WheelLinksHaveTheWheelsNameAndAnAbsoluteUrl) {
  const std::string_view unusable = "http://[bad";
  const auto links =
      wheel_links(concat("<a href='a-1%2B1-py3-none-any.whl#sha256=0'><a href='b.tar.gz'><a href='",
                         unusable, "/c.whl'>"),
                  "https://127.0.0.1/p/index.html");
  ASSERT_EQ(links.size(), 1U);
  EXPECT_EQ(links[0].file_name, "a-1+1-py3-none-any.whl");
  EXPECT_EQ(links[0].url, "https://127.0.0.1/p/a-1%2B1-py3-none-any.whl#sha256=0");
}

}  // namespace
}  // namespace pel
