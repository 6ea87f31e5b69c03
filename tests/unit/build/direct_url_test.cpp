#include "store/build/direct_url.hpp"

#include <gtest/gtest.h>

#include "store/fetch/url.hpp"

namespace pel {
namespace {

const Sha256 kDigest{};
const std::string kHex(64, '0');

TEST(DirectUrl, OfAnArchive) {
  LockedArchive archive;
  archive.file.url = "https://u:p@127.0.0.1/a.zip?token=x";
  archive.file.sha256 = kDigest;
  archive.subdirectory = "sub";
  EXPECT_EQ(direct_url_text(archive),
            R"({"url":"https://127.0.0.1/a.zip","archive_info":{"hash":"sha256=)" + kHex +
                R"(","hashes":{"sha256":")" + kHex + R"("}},"subdirectory":"sub"})");
  archive.file.path = "/x/a b.zip";
  EXPECT_TRUE(direct_url_text(archive).starts_with(R"({"url":"file:///x/a%20b.zip",)"));
}

TEST(DirectUrl, OfADirectory) {
  EXPECT_EQ(direct_url_text(LockedDirectory{"/a", false, ""}),
            R"({"url":"file:///a","dir_info":{}})");
  EXPECT_EQ(direct_url_text(LockedDirectory{"/a", true, "b"}),
            R"({"url":"file:///a/b","dir_info":{"editable":true}})");
}

TEST(DirectUrl, OfARepository) {
  LockedVcs vcs;
  vcs.type = "git";
  vcs.url = "https://u:p@127.0.0.1/r.git";
  vcs.commit_id = "c1";
  EXPECT_EQ(direct_url_text(vcs),
            R"({"url":"https://127.0.0.1/r.git","vcs_info":{"vcs":"git","commit_id":"c1"}})");
  vcs.url = "ssh://git:p@127.0.0.1/r.git";
  EXPECT_TRUE(direct_url_text(vcs).starts_with(R"({"url":"ssh://git@127.0.0.1/r.git",)"));
  vcs.url = "ssh://git:p/w@127.0.0.1/r.git";
  EXPECT_TRUE(direct_url_text(vcs).starts_with(R"({"url":"ssh://127.0.0.1/r.git",)"));
  vcs.requested_revision = "main";
  vcs.subdirectory = "s";
  vcs.path = "/r";
  EXPECT_EQ(direct_url_text(vcs),
            R"({"url":"file:///r","vcs_info":{"vcs":"git","requested_revision":"main",)"
            R"("commit_id":"c1"},"subdirectory":"s"})");
}

TEST(DirectUrl, AnSdistIsNoDirectReference) {
  EXPECT_EQ(direct_url_text(LockedSdist{}), "");
}

TEST(FileUrl, EscapesAllButPathCharacters) {
  EXPECT_EQ(file_url("/a-b_c.d~/e f#g?h%i\xC3\xA4"), "file:///a-b_c.d~/e%20f%23g%3Fh%25i%C3%A4");
}

}  // namespace
}  // namespace pel
