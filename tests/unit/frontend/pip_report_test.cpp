#include "frontend/pip_report.hpp"

#include <gtest/gtest.h>

#include "frontend/lock_text.hpp"
#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

const LockFolders kFolders{"/from", "/to"};

constexpr std::string_view kHost = "127.0.0.1";

TEST(PipReport, BecomesALock) {
  const LockDraft draft = read_pip_report(concat(R"({"version": "1", "install": [
    {"download_info": {"url": "https://u:p@)",
                                                 kHost, R"(/Foo-1-py3-none-any.whl",
                       "archive_info": {"hash": "sha256=aa", "hashes": {"sha256": "aa"}}},
     "is_direct": false,
     "metadata": {"name": "Foo.Bar", "version": "1", "requires_python": ">=3.8"}},
    {"download_info": {"url": "file:///to/s/bar-2.tar.gz", "archive_info": {"hash": "sha256=bb"}},
     "is_direct": false, "metadata": {"name": "bar", "version": "2"}},
    {"download_info": {"url": "https://127.0.0.1/c.zip", "archive_info": {"hashes": {"sha256": "cc"}}},
     "is_direct": true, "metadata": {"name": "c", "version": "3"}},
    {"download_info": {"url": "https://127.0.0.1/r.git", "subdirectory": "s",
                       "vcs_info": {"vcs": "git", "requested_revision": "v1", "commit_id": "dd"}},
     "is_direct": true, "metadata": {"name": "d", "version": "4"}},
    {"download_info": {"url": "file:///to/proj", "dir_info": {"editable": true}},
     "is_direct": true, "metadata": {"name": "e", "version": "5"}}]})"),
                                          kFolders);
  ASSERT_EQ(draft.packages.size(), 5U);
  EXPECT_EQ(draft.packages[0].name, "foo-bar");
  EXPECT_EQ(draft.packages[0].requires_python, ">=3.8");
  ASSERT_EQ(draft.packages[0].wheels.size(), 1U);
  EXPECT_EQ(draft.packages[0].wheels[0].url, "https://127.0.0.1/Foo-1-py3-none-any.whl");
  EXPECT_EQ(hash_of(draft.packages[0].wheels[0], "sha256"), "aa");
  EXPECT_EQ(draft.packages[1].sdist->path, "s/bar-2.tar.gz");
  EXPECT_EQ(hash_of(*draft.packages[1].sdist, "sha256"), "bb");
  EXPECT_EQ(draft.packages[2].source_text,
            "{ url = \"https://127.0.0.1/c.zip\", hashes = { sha256 = \"cc\" } }");
  EXPECT_EQ(draft.packages[3].source_text,
            "{ type = \"git\", url = \"https://127.0.0.1/r.git\", requested-revision = \"v1\", "
            "commit-id = "
            "\"dd\", subdirectory = \"s\" }");
  EXPECT_EQ(draft.packages[4].source_text, "{ path = \"proj\", editable = true }");
  EXPECT_EQ(draft.packages[4].version, "");
}

TEST(PipReport, OtherTextsAreRefused) {
  for (const char* const text : {"", "[]", "{}", "{\"install\": 1}", "{\"install\": [{}]}",
                                 "{\"install\": [{\"metadata\": 1, \"download_info\": 2}]}"}) {
    try {
      static_cast<void>(read_pip_report(text, kFolders));
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_TRUE(error.message().starts_with("cannot read pip's report: ")) << text;
    }
  }
}

}  // namespace
}  // namespace pel
