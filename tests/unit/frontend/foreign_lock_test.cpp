#include "frontend/foreign_lock.hpp"

#include <algorithm>
#include <functional>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "store/fetch/index_pages.hpp"

namespace pel {
namespace {

using Words = std::vector<std::string>;

const LockFolders kFolders{"/from", "/to"};

std::string message_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.message();
  }
  return "no error";
}

TEST(ForeignKind, GoesByName) {
  EXPECT_EQ(foreign_kind("/x/uv.lock"), ForeignKind::uv);
  EXPECT_EQ(foreign_kind("tool.py.lock"), ForeignKind::uv);
  EXPECT_EQ(foreign_kind("a/poetry.lock"), ForeignKind::poetry);
  EXPECT_EQ(foreign_kind("pdm.lock"), ForeignKind::pdm);
  EXPECT_EQ(foreign_kind("Pipfile.lock"), ForeignKind::pipfile);
  EXPECT_EQ(foreign_kind("requirements-dev.txt"), ForeignKind::requirements);
  EXPECT_EQ(foreign_kind("app.lock"), ForeignKind::none);
  EXPECT_EQ(foreign_kind("pyproject.toml"), ForeignKind::none);
}

TEST(ForeignMarkers, TakeTheFormOfPep751) {
  EXPECT_EQ(extras_marker("extra == \"cli\" and os_name == 'nt'"),
            "'cli' in extras and os_name == 'nt'");
  EXPECT_EQ(extras_marker("os_name == 'extra'"), "os_name == 'extra'");
  EXPECT_EQ(extras_marker("extra"), "extra");
  EXPECT_EQ(marker_of_groups({{"", ""}, {"dev", "x"}}), "");
  EXPECT_EQ(marker_of_groups({{"dev", ""}}), "'dev' in dependency_groups");
  EXPECT_EQ(marker_of_groups({{"", "m"}, {"dev", "n"}, {"", "m"}}),
            "(m) or ('dev' in dependency_groups and (n))");
  EXPECT_EQ(marker_of_groups({{"cli", "", true}, {"dev", "", false}}),
            "('cli' in extras) or ('dev' in dependency_groups)");
  EXPECT_EQ(marker_of_groups({}), "");
}

TEST(PoetryLock, IsRead) {
  const ForeignLock lock = read_poetry_lock(R"(
[[package]]
name = "Foo_Bar"
version = "1.0"
optional = true
python-versions = ">=3.8"
groups = ["main", "dev"]
files = [{file = "foo_bar-1.0.tar.gz", hash = "sha256:AA"}]
[package.markers]
main = "extra == \"cli\""
[[package]]
name = "vcs"
version = "2"
python-versions = "*"
groups = ["dev"]
markers = "os_name == 'nt'"
files = []
[package.source]
type = "git"
url = "https://u:p@127.0.0.1/r.git"
reference = "main"
resolved_reference = "abc"
[[package]]
name = "here"
version = "3"
python-versions = "*"
groups = ["main"]
files = []
develop = true
[package.source]
type = "directory"
url = "../here"
[extras]
cli = ["foo-bar"]
[metadata]
lock-version = "2.1"
python-versions = "^3.9"
)",
                                            "poetry.lock", kFolders);
  EXPECT_EQ(lock.head.requires_python, ">=3.9,<4");
  EXPECT_EQ(lock.head.extras, Words{"cli"});
  EXPECT_EQ(lock.head.groups, Words{"dev"});
  ASSERT_EQ(lock.packages.size(), 3U);
  EXPECT_EQ(lock.packages[0].package.name, "foo-bar");
  EXPECT_EQ(lock.packages[0].package.marker, "('cli' in extras) or ('dev' in dependency_groups)");
  EXPECT_EQ(hash_of(lock.packages[0].files.at(0), "sha256"), "aa");
  EXPECT_EQ(lock.packages[1].package.marker, "'dev' in dependency_groups and (os_name == 'nt')");
  EXPECT_EQ(lock.packages[1].package.source_text,
            "{ type = \"git\", url = \"https://127.0.0.1/r.git\", requested-revision = \"main\", "
            "commit-id = "
            "\"abc\" }");
  EXPECT_EQ(lock.packages[2].package.source_text, "{ path = \"../here\", editable = true }");
  EXPECT_EQ(lock.problems, Words{});
}

TEST(PoetryLock, OldAndOtherOnesAreRefused) {
  EXPECT_EQ(
      message_of([] {
        static_cast<void>(read_poetry_lock("[metadata]\nlock-version = \"2.0\"\n", "p", kFolders));
      }),
      "cannot convert p: version 2.0 of its format does not say which group needs which package");
  EXPECT_EQ(message_of([] { static_cast<void>(read_poetry_lock("a = 1\n", "p", kFolders)); }),
            "cannot read lock p: it is no lock of Poetry");
}

TEST(PoetryLock, SaysForWhichVersionsOfPythonItIs) {
  const auto head = [](const std::string& versions) {
    return read_poetry_lock(
               "[metadata]\nlock-version = '2.1'\npython-versions = '" + versions + "'\n", "p",
               kFolders)
        .head;
  };
  EXPECT_EQ(head("~3.11").requires_python, ">=3.11,<3.12");
  EXPECT_EQ(head("*").requires_python, "");
  EXPECT_EQ(head("3.10.* || ^3.12").environments.size(), 2U);
  EXPECT_EQ(message_of([&] { static_cast<void>(head("some")); }),
            "cannot convert p: key 'python-versions' is no set of versions: 'some'");
}

TEST(PoetryLock, LaterFormatsAreRefused) {
  EXPECT_EQ(
      message_of([] {
        static_cast<void>(read_poetry_lock("[metadata]\nlock-version = '3.0'\n", "p", kFolders));
      }),
      "cannot convert p: version 3.0 of its format is not known, only 2.1 and later ones that "
      "begin with 2");
}

TEST(PdmLock, OfSeveralTargetsIsForEachOfThem) {
  const ForeignLock lock = read_pdm_lock(R"([metadata]
lock_version = "4.5.0"
[[metadata.targets]]
requires_python = ">=3.9"
platform = "manylinux_2_17_x86_64"
[[metadata.targets]]
requires_python = ">=3.12"
platform = "windows_amd64"
)",
                                         "p", kFolders);
  EXPECT_EQ(lock.head.requires_python, "");
  EXPECT_EQ(lock.head.environments,
            (Words{"python_full_version >= '3.9' and sys_platform == 'linux'",
                   "python_full_version >= '3.12' and sys_platform == 'win32'"}));
}

TEST(PdmLock, IsReadWithExtrasAsOnePackage) {
  const ForeignLock lock = read_pdm_lock(R"(
[metadata]
groups = ["default", "dev"]
lock_version = "4.5.0"
[[metadata.targets]]
requires_python = ">=3.9"
[[package]]
name = "foo"
version = "1"
extras = ["x"]
groups = ["default"]
marker = "os_name == 'posix'"
files = [{url = "https://127.0.0.1/foo-1.tar.gz", hash = "sha256:bb"}]
[[package]]
name = "foo"
version = "1"
groups = ["dev"]
files = [{url = "https://127.0.0.1/foo-1.tar.gz", hash = "sha256:bb"}]
[[package]]
name = "empty"
version = "2"
groups = ["cli"]
)",
                                         "pdm.lock", kFolders, {"cli", "unused"});
  ASSERT_EQ(lock.packages.size(), 2U);
  EXPECT_EQ(lock.head.extras, Words{"cli"});
  EXPECT_EQ(lock.head.groups, Words{"dev"});
  EXPECT_EQ(lock.packages[0].package.marker,
            "(os_name == 'posix') or ('dev' in dependency_groups)");
  EXPECT_EQ(lock.packages[0].files.at(0).name, "foo-1.tar.gz");
  EXPECT_EQ(lock.head.requires_python, ">=3.9");
  EXPECT_EQ(lock.problems, Words{"empty 2: the lock has no files of it"});
  EXPECT_EQ(
      message_of([] {
        static_cast<void>(read_pdm_lock(
            "[metadata]\nlock_version='4'\n[[package]]\nname='a'\nversion='1'\n", "p", kFolders));
      }),
      "cannot convert p: it does not say which group needs a");
}

TEST(PipfileLock, IsRead) {
  const ForeignLock lock = read_pipfile_lock(R"({"_meta": {"requires": {"python_version": "3.11"},
    "sources": [{"url": "https://127.0.0.1/simple"}]},
    "default": {"Foo": {"version": "==1.0", "hashes": ["sha256:aa", "sha256:bb"], "markers": "m"}},
    "develop": {"foo": {"version": "==1.0", "hashes": ["sha256:aa", "sha256:bb"]}, "bar": {"version": "==2"},
                "git": {"git": "https://127.0.0.1/r.git", "ref": "cc"}}})",
                                             "Pipfile.lock", kFolders);
  EXPECT_EQ(lock.head.requires_python, "==3.11.*");
  EXPECT_EQ(lock.indexes, Words{"https://127.0.0.1/simple"});
  ASSERT_EQ(lock.packages.size(), 3U);
  EXPECT_EQ(lock.packages[0].package.name, "foo");
  EXPECT_EQ(lock.packages[0].package.marker, "(m) or ('develop' in dependency_groups)");
  EXPECT_EQ(lock.packages[0].files.size(), 2U);
  EXPECT_EQ(lock.problems, Words{"bar 2: the lock has no hash of it"});
  for (const char* const text :
       {"", "{}", "[]", "{\"_meta\": 1}", "{\"_meta\": {}, \"default\": 3}"}) {
    EXPECT_EQ(message_of([&] { static_cast<void>(read_pipfile_lock(text, "p", kFolders)); }),
              "cannot read lock p: it is no Pipfile.lock")
        << text;
  }
}

TEST(PipfileLock, HasCategoriesAndPackagesForOtherSystems) {
  const ForeignLock lock = read_pipfile_lock(R"({"_meta": {},
    "default": {"win": {"version": "*", "markers": "sys_platform == 'win32'"},
                "mine": {"version": "*", "markers": "sys_platform == 'linux'"},
                "two": {"file": "https://127.0.0.1/two.zip", "hashes": ["sha256:aa", "sha256:bb"]}},
    "Docs_1": {"foo": {"version": "==1.0", "hashes": ["sha512:cc", "sha256:aa"]}}})",
                                             "Pipfile.lock", kFolders);
  EXPECT_EQ(lock.head.groups, Words{"docs-1"});
  EXPECT_EQ(lock.problems,
            (Words{"mine: the lock has no version of it",
                   "two: the lock has several hashes of one file, https://127.0.0.1/two.zip"}));
  EXPECT_EQ(lock.hint,
            "where it is for other systems, say so by `markers` in the Pipfile, and lock again "
            "with Pipenv");
  const auto foo = std::ranges::find_if(
      lock.packages, [](const auto& found) { return found.package.name == "foo"; });
  ASSERT_NE(foo, lock.packages.end());
  EXPECT_EQ(foo->package.marker, "'docs-1' in dependency_groups");
  EXPECT_EQ(foo->files.size(), 1U);
}

TEST(PipfileLock, CategoriesMayHaveOtherVersions) {
  const ForeignLock lock = read_pipfile_lock(R"({"_meta": {"requires": {"python_version": "3.11",
                                                 "python_full_version": "3.11.7"}},
    "default": {"a": {"version": "==1", "hashes": ["sha256:aa"], "index": "pypi"}},
    "develop": {"a": {"version": "==1", "hashes": ["sha256:aa"], "markers": "os_name == 'posix'"}},
    "docs": {"A": {"version": "==2", "hashes": ["sha256:bb"]}}})",
                                             "Pipfile.lock", kFolders);
  EXPECT_EQ(lock.head.requires_python, "==3.11.7");
  ASSERT_EQ(lock.packages.size(), 2U);
  EXPECT_EQ(lock.packages[0].package.version, "1");
  EXPECT_EQ(lock.packages[0].package.marker, "");
  EXPECT_EQ(lock.packages[1].package.version, "2");
  EXPECT_EQ(lock.packages[1].package.marker, "'docs' in dependency_groups");
}

TEST(PdmLock, KeepsTheGroupsOfDirectories) {
  const ForeignLock lock = read_pdm_lock(
      "[metadata]\nlock_version='4'\n[[package]]\nname='a'\nversion='1'\npath='../a'\n"
      "editable=true\ngroups=['dev']\n",
      "p", kFolders);
  ASSERT_EQ(lock.packages.size(), 1U);
  EXPECT_EQ(lock.packages[0].package.marker, "'dev' in dependency_groups");
}

TEST(IndexPage, IsReadAsJsonAndAsHtml) {
  const std::string sum(64, 'a');
  const auto json = parse_index_page(
      R"({"files": [{"filename": "foo-1.whl", "url": "../../f/foo-1.whl", "size": 7,
          "hashes": {"sha256": ")" +
          std::string(64, 'A') + R"("}, "core-metadata": {"sha256": ")" + std::string(64, 'b') +
          R"("}}, {"filename": 3}]})",
      "application/vnd.pypi.simple.v1+json", "https://127.0.0.1/simple/foo/");
  ASSERT_EQ(json.size(), 1U);
  EXPECT_EQ(json[0].url, "https://127.0.0.1/f/foo-1.whl");
  EXPECT_EQ(json[0].sha256, sum);
  EXPECT_EQ(json[0].size, 7U);
  EXPECT_EQ(json[0].metadata_sha256, std::string(64, 'b'));
  const auto older = parse_index_page(
      R"({"meta": {"api-version": "1.0"}, "files": [{"filename": "foo-1.whl", "url": "foo-1.whl",
          "dist-info-metadata": {"sha256": ")" +
          sum + R"("}}]})",
      "application/vnd.pypi.simple.v1+json", "https://127.0.0.1/simple/foo/");
  ASSERT_EQ(older.size(), 1U);
  EXPECT_EQ(older[0].metadata_sha256, sum);
  const auto html =
      parse_index_page("<a href='../../f/foo-1%2B2.whl#sha256=" + sum + "'>x</a><a href='y'>",
                       "text/html", "https://127.0.0.1/simple/foo/");
  ASSERT_EQ(html.size(), 2U);
  EXPECT_EQ(html[0].name, "foo-1+2.whl");
  EXPECT_EQ(html[0].url, "https://127.0.0.1/f/foo-1%2B2.whl");
  EXPECT_EQ(html[0].sha256, sum);
  EXPECT_EQ(html[1].sha256, "");
  EXPECT_EQ(message_of([] {
              static_cast<void>(parse_index_page("{}", "application/vnd.pypi.simple.v1+json",
                                                 "https://u:p@127.0.0.1/s/"));
            }),
            "cannot read https://127.0.0.1/s/: it is no page of an index");
  EXPECT_EQ(
      message_of([] {
        static_cast<void>(parse_index_page(R"({"meta": {"api-version": "2.0"}, "files": []})",
                                           "application/vnd.pypi.simple.v1+json",
                                           "https://u:p@127.0.0.1/s/"));
      }),
      "cannot read https://127.0.0.1/s/: its API version is '2.0', and this release reads 1.x");
}

}  // namespace
}  // namespace pel
