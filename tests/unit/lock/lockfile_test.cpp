#include "lock/lockfile.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

const std::string some_digest(64, 'a');

// Lines 1 and 2 of every lock here; `rest` begins in line 3.
std::string lock_text(std::string_view rest) {
  return concat("lock-version = '1.0'\ncreated-by = 'test'\n", rest);
}

// A package 'foo' in line 3, its name in line 4, `rest` from line 5 on.
std::string package_text(std::string_view rest) {
  return lock_text(concat("[[packages]]\nname = 'foo'\n", rest));
}

std::string wheel_text(std::string_view entry) {
  return package_text(concat("wheels = [{ ", entry, " }]\n"));
}

const std::string some_hashes = concat("hashes = { sha256 = '", some_digest, "' }");
const std::string some_wheels =
    concat("wheels = [{ path = 'foo-1.0-py3-none-any.whl', ", some_hashes, " }]\n");

constexpr const char* kNoLock =
    "a lock is what `pyenvlaunch lock` writes (pylock.toml, PEP 751); `pyenvlaunch lock --from "
    "FILE "
    "-o LOCK` makes one out of another tool's";

Lock parse(std::string_view text) {
  return parse_lock(text, "/x/app.lock");
}

TEST(Lockfile, IsReadWithEverythingThatTheSpecificationHas) {
  const Lock lock = parse(concat(R"(
lock-version = '1.0'
created-by = 'test'
requires-python = '>=3.9'
environments = ["sys_platform == 'linux'", "sys_platform == 'win32'"]
extras = ['Test', 'all.extras']
dependency-groups = ['dev']
default-groups = ['Default_Group']
unknown-key = 1

[[packages]]
name = 'Foo.Bar'
version = '1.0'
marker = "'test' in extras"
requires-python = '>=3.10'
dependencies = [{ name = 'baz' }]
index = 'https://example.org/simple'
attestation-identities = [{ kind = 'x' }]
wheels = [
  { path = './w/foo_bar-1.0-py3-none-any.whl', url = 'https://127.0.0.1/other.whl', size = 17, upload-time = 2024-01-01T00:00:00Z, hashes = { md5 = 'x', SHA256 = ')",
                                 some_digest, R"(' } },
  { name = 'foo_bar-1.0-cp311-cp311-linux_x86_64.whl', url = 'https://127.0.0.1/17', hashes = { sha256 = ')",
                                 some_digest, R"(' } },
]
sdist = { url = 'https://127.0.0.1/foo%5Fbar-1.0.tar.gz#x', hashes = { sha256 = ')",
                                 some_digest, R"(' } }
[packages.tool.x]
y = 1

[[packages]]
name = 'vcs'
vcs = { type = 'git', url = 'https://127.0.0.1/r', requested-revision = 'main', commit-id = '0123456789abcdef0123456789abcdef01234567', subdirectory = 'a/b' }

[[packages]]
name = 'directory'
directory = { path = '../d', editable = true, subdirectory = 's' }

[[packages]]
name = 'archive'
archive = { path = '/abs/a.zip', subdirectory = 's', hashes = { sha256 = ')",
                                 some_digest, R"(' } }

[tool.other]
a = 1

[tool.pyenvlaunch]
python = '3.12'
source-paths = ['src', '/abs', '.']
[tool.pyenvlaunch.scripts]
serve = 'pkg.mod:main.run'
[tool.pyenvlaunch.env]
NAME = 'value'
)"));
  EXPECT_EQ(lock.path, "/x/app.lock");
  EXPECT_EQ(lock.directory, "/x");
  EXPECT_EQ(lock.requires_python->text(), ">=3.9");
  EXPECT_EQ(lock.environments.size(), 2U);
  EXPECT_EQ(lock.extras, (std::vector<std::string>{"test", "all-extras"}));
  EXPECT_EQ(lock.dependency_groups, std::vector<std::string>{"dev"});
  EXPECT_EQ(lock.default_groups, std::vector<std::string>{"default-group"});
  ASSERT_EQ(lock.packages.size(), 4U);

  const LockedPackage& package = lock.packages[0];
  EXPECT_EQ(package.name, "Foo.Bar");
  EXPECT_EQ(package.normalized_name, "foo-bar");
  EXPECT_EQ(package.version->text(), "1.0");
  EXPECT_EQ(package.marker->text(), "\"test\" in extras");
  EXPECT_EQ(package.requires_python->text(), ">=3.10");
  EXPECT_EQ(package.line, 11U);
  ASSERT_EQ(package.wheels.size(), 2U);
  EXPECT_EQ(package.wheels[0].file_name, "foo_bar-1.0-py3-none-any.whl");
  EXPECT_EQ(package.wheels[0].path, "/x/w/foo_bar-1.0-py3-none-any.whl");
  EXPECT_EQ(package.wheels[0].url, "https://127.0.0.1/other.whl");
  EXPECT_EQ(package.wheels[0].size, 17U);
  EXPECT_EQ(package.wheels[0].sha256->hex(), some_digest);
  EXPECT_EQ(package.wheels[0].line, 20U);
  EXPECT_EQ(package.wheels[1].file_name, "foo_bar-1.0-cp311-cp311-linux_x86_64.whl");
  EXPECT_EQ(package.wheels[1].path, "");
  EXPECT_EQ(package.sdist->file_name, "foo_bar-1.0.tar.gz");

  EXPECT_EQ(lock.packages[1].vcs->commit_id, "0123456789abcdef0123456789abcdef01234567");
  EXPECT_EQ(lock.packages[1].vcs->subdirectory, "a/b");
  EXPECT_EQ(lock.packages[2].directory->path, "/d");
  EXPECT_TRUE(lock.packages[2].directory->editable);
  EXPECT_EQ(lock.packages[3].archive->file.path, "/abs/a.zip");
  EXPECT_EQ(lock.packages[3].archive->file.file_name, "a.zip");

  EXPECT_EQ(lock.python, "3.12");
  EXPECT_EQ(lock.source_paths, (std::vector<std::string>{"/x/src", "/abs", "/x"}));
  ASSERT_EQ(lock.scripts.size(), 1U);
  EXPECT_EQ(lock.scripts[0].name, "serve");
  EXPECT_EQ(lock.scripts[0].value, "pkg.mod:main.run");
  EXPECT_EQ(lock.env, (std::vector<std::pair<std::string, std::string>>{{"NAME", "value"}}));
}

TEST(Lockfile, MayHaveNoPackages) {
  EXPECT_TRUE(parse(lock_text("packages = []")).packages.empty());
}

TEST(Lockfile, TakesPathsOfWindows) {
  const Lock lock = parse(wheel_text(concat("path = 'w\\foo-1-py3-none-any.whl', ", some_hashes)));
  EXPECT_EQ(lock.packages[0].wheels[0].path, "/x/w/foo-1-py3-none-any.whl");
  EXPECT_EQ(lock.packages[0].wheels[0].file_name, "foo-1-py3-none-any.whl");
}

TEST(Lockfile, TakesNamesOfSourceDistributionsInOldForms) {
  for (const char* const name : {"Foo-1.0-1.tar.gz", "foo-1.0.post1.zip", "foo-1.0-r1.tar.gz",
                                 "v7.tar.gz", "bar-1.0.tar.bz2", "foo-1.0.post1-extra.zip"}) {
    const Lock lock = parse(package_text(
        concat("version = '1.0.post1'\nsdist = { path = '", name, "', ", some_hashes, " }")));
    EXPECT_EQ(lock.packages.front().sdist->file_name, name);
  }
}

TEST(Lockfile, TakesAnEmptySpecifierForEveryVersion) {
  const Lock lock = parse(lock_text(concat("requires-python = ''\n[[packages]]\nname = 'foo'\n",
                                           "requires-python = ''\ndirectory = { path = 'd' }\n")));
  EXPECT_TRUE(lock.requires_python->empty());
  EXPECT_TRUE(lock.packages.front().requires_python->empty());
}

TEST(Lockfile, AcceptsWheelsWhoseNamesItCannotRead) {
  EXPECT_EQ(parse(wheel_text(concat("url = 'https://127.0.0.1/strange', ", some_hashes)))
                .packages[0]
                .wheels[0]
                .file_name,
            "strange");
}

struct BadLock {
  const char* label;
  std::string text;
  std::string message;  // behind "cannot read lock /x/app.lock: "
  std::string hint;
  ErrorCode code = ErrorCode::corrupt;
};

class BadLockText : public ::testing::TestWithParam<BadLock> {};

TEST_P(BadLockText, IsRefusedWithItsReason) {
  const BadLock& bad = GetParam();
  try {
    (void)parse(bad.text);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), bad.code);
    EXPECT_EQ(error.message(), "cannot read lock /x/app.lock: " + bad.message);
    EXPECT_EQ(error.hint(), bad.hint);
  }
}

std::string label_of(const ::testing::TestParamInfo<BadLock>& info) {
  return info.param.label;
}

INSTANTIATE_TEST_SUITE_P(
    Top, BadLockText,
    ::testing::Values(
        BadLock{"Empty", "", "line 1: key 'lock-version' is missing", kNoLock},
        BadLock{"Slip", "lock_version = '1.0'", "line 1: key 'lock-version' is missing",
                "is 'lock_version' meant to be it?"},
        BadLock{"Major", "lock-version = '2.0'",
                "line 1: key 'lock-version' is '2.0', and this release reads version 1",
                "write the lock again as version 1.0, or update pyenvlaunch",
                ErrorCode::incompatible},
        BadLock{"BeforeMajor", "lock-version = '1.0rc1'",
                "line 1: key 'lock-version' is '1.0rc1', and this release reads version 1",
                "write the lock again as version 1.0, or update pyenvlaunch",
                ErrorCode::incompatible},
        BadLock{"NoVersion", "\nlock-version = 'x\\u001b'",
                "line 2: key 'lock-version' is no version: 'x\\u001b'", ""},
        BadLock{"Control", "lock-version = \"x\\u001b\"",
                "line 1: key 'lock-version' is no version: 'x\\x1b'", ""},
        BadLock{"Number", "lock-version = 1.0",
                "line 1: key 'lock-version' is a floating-point number, not a string", ""},
        BadLock{"NoCreator", "lock-version = '1.0'\npackages = []",
                "line 1: key 'created-by' is missing", ""},
        BadLock{"NoPackages", lock_text(""), "line 1: key 'packages' is missing", ""},
        BadLock{"PackagesTable", lock_text("[packages]"),
                "line 3: key 'packages' is a table, not an array", ""},
        BadLock{"PackageString", lock_text("packages = ['a']"),
                "line 3: key 'packages[0]' is a string, not a table", ""},
        BadLock{"RequiresPython", lock_text("requires-python = '3.9'"),
                "line 3: key 'requires-python' is wrong: '3.9' is no version specifier",
                "it has the form '>=3.9' or '==1.4.*'; several are joined by commas"},
        BadLock{"Environment", lock_text("environments = [\"os_name = 'x'\"]"),
                "line 3: key 'environments' is wrong: marker 'os_name = 'x'': column 9: expected "
                "one of ==, !=, <=, >=, <, >, ~=, ===, in, not in",
                ""},
        BadLock{"EnvironmentExtra", lock_text("environments = [\"'x' in extras\"]"),
                "line 3: key 'environments' asks for 'extras', which is for packages only: ''x' in "
                "extras'",
                ""},
        BadLock{"Extras", lock_text("extras = ['a b']"),
                "line 3: key 'extras' holds what is no name: 'a b'", ""},
        BadLock{"EmptyGroup", lock_text("dependency-groups = ['a', '']"),
                "line 3: key 'dependency-groups[1]' is empty", ""}),
    label_of);

INSTANTIATE_TEST_SUITE_P(
    Package, BadLockText,
    ::testing::Values(
        BadLock{"NoName", lock_text("[[packages]]\nversion = '1'"),
                "line 3: key 'packages[0].name' is missing", ""},
        BadLock{"Name", lock_text("[[packages]]\nname = 'a\tb'"),
                "line 4: package 'a\\tb': key 'name' is no package name", ""},
        BadLock{"Version", package_text("version = 'x'"),
                "line 5: package 'foo': key 'version' is no version: 'x'", ""},
        BadLock{"Marker", package_text("marker = 'x'"),
                "line 5: package 'foo': key 'marker' is wrong: marker 'x': column 1: expected a "
                "variable or a quoted string",
                ""},
        BadLock{"NoSource", package_text("version = '1'\nwheel = []"),
                "line 3: package 'foo': key 'wheels' is missing", "is 'wheel' meant to be it?"},
        BadLock{"EmptyWheels", package_text("wheels = []"),
                "line 5: package 'foo': key 'wheels' is empty, and the package has no other source",
                ""},
        BadLock{
            "TwoSources", package_text(concat(some_wheels, "directory = { path = 'd' }")),
            "line 6: package 'foo': key 'directory' excludes 'wheels': a package has one source",
            ""},
        BadLock{
            "SdistAndVcs",
            package_text(concat("sdist = { path = 'a.zip', ", some_hashes,
                                " }\nvcs = { type = 'hg', url = 'https://127.0.0.1/r', commit-id = "
                                "'a' }")),
            "line 6: package 'foo': key 'vcs' excludes 'sdist': a package has one source", ""},
        BadLock{"ArchiveOfAnother",
                package_text(concat("archive = { path = 'bar-1-py3-none-any.whl', ", some_hashes,
                                    " }")),
                "line 5: package 'foo': key 'archive' is a wheel of another package: "
                "'bar-1-py3-none-any.whl'",
                ""},
        BadLock{"SdistOfAnother",
                package_text(concat("sdist = { path = 'foo-bar-1.tar.gz', ", some_hashes, " }")),
                "line 5: package 'foo': key 'sdist' is a source distribution of another package: "
                "'foo-bar-1.tar.gz'",
                ""},
        BadLock{"SdistOfAnotherVersion",
                package_text(concat("version = '1.0'\nsdist = { path = 'foo-1.0-1.zip', ",
                                    some_hashes, " }")),
                "line 6: package 'foo': key 'sdist' is a source distribution of another version "
                "than '1.0': 'foo-1.0-1.zip'",
                ""},
        BadLock{"Index", package_text("index = ['a']\ndirectory = { path = 'd' }"),
                "line 5: package 'foo': key 'index' is an array, not a string", ""},
        BadLock{"Tool", package_text("tool = 'x'\ndirectory = { path = 'd' }"),
                "line 5: package 'foo': key 'tool' is a string, not a table", ""},
        BadLock{"Dependencies",
                package_text("dependencies = [{}, 'x']\ndirectory = { path = 'd' }"),
                "line 5: package 'foo': key 'dependencies[1]' is a string, not a table", ""},
        BadLock{
            "Identity",
            package_text("attestation-identities = [{ sort = 'x' }]\ndirectory = { path = 'd' }"),
            "line 5: package 'foo': key 'attestation-identities[0].kind' is missing", ""},
        BadLock{"NoCommit", package_text("vcs = { type = 'git', url = 'https://127.0.0.1/r' }"),
                "line 5: package 'foo': key 'vcs.commit-id' is missing", ""},
        BadLock{
            "OptionAsCommit",
            package_text("vcs = { type = 'git', url = 'https://127.0.0.1/r', commit-id = '--x' }"),
            "line 5: package 'foo': key 'vcs.commit-id' is no commit: '--x'", ""},
        BadLock{
            "VcsBranch",
            package_text("vcs = { type = 'git', url = 'https://127.0.0.1/r', commit-id = 'main' }"),
            "line 5: package 'foo': key 'vcs.commit-id' is no commit: 'main'",
            "give the whole hash (40 hexadecimal digits): a branch or a tag may move"},
        BadLock{"VcsNowhere", package_text("vcs = { type = 'git', commit-id = 'a' }"),
                "line 5: package 'foo': key 'vcs' has neither 'path' nor 'url'", ""},
        BadLock{"DirectoryNowhere", package_text("directory = {}"),
                "line 5: package 'foo': key 'directory.path' is missing", ""},
        BadLock{"Subdirectory",
                package_text("directory = { path = 'd', subdirectory = 'a/../..' }"),
                "line 5: package 'foo': key 'directory.subdirectory' leaves the source tree: "
                "'a/../..'",
                ""}),
    label_of);

INSTANTIATE_TEST_SUITE_P(
    Wheel, BadLockText,
    ::testing::Values(
        BadLock{"NoHashes", wheel_text("path = 'foo-1-py3-none-any.whl'"),
                "line 5: package 'foo': key 'wheels[0].hashes' is missing", ""},
        BadLock{"HashesSlip", wheel_text("path = 'foo-1-py3-none-any.whl', hash = {}"),
                "line 5: package 'foo': key 'wheels[0].hashes' is missing",
                "is 'hash' meant to be it?"},
        BadLock{"EmptyHashes", wheel_text("path = 'foo-1-py3-none-any.whl', hashes = {}"),
                "line 5: package 'foo': key 'wheels[0].hashes' is empty",
                "lock again with a tool that writes sha256 hashes"},
        BadLock{
            "OtherHashes",
            wheel_text("path = 'foo-1-py3-none-any.whl', hashes = { md5 = 'x', blake2b = 'y' }"),
            "line 5: package 'foo': key 'wheels[0].hashes' has no sha256, only md5, blake2b",
            "lock again from an index that gives sha256 hashes, or add the sha256 of the file "
            "to the lock",
            ErrorCode::incompatible},
        BadLock{"ShortHash",
                wheel_text("path = 'foo-1-py3-none-any.whl', hashes = { sha256 = 'ab' }"),
                "line 5: package 'foo': key 'wheels[0].hashes.sha256' is not 64 hexadecimal "
                "digits: 'ab'",
                ""},
        BadLock{"Nowhere", wheel_text(some_hashes),
                "line 5: package 'foo': key 'wheels[0]' has neither 'path' nor 'url'", ""},
        BadLock{"NoUrl", wheel_text(concat("url = 'me:secret@host/a b', ", some_hashes)),
                "line 5: package 'foo': key 'wheels[0].url' is no URL: 'me:host/a b'", ""},
        BadLock{"NoFileName", wheel_text(concat("url = 'https://127.0.0.1/', ", some_hashes)),
                "line 5: package 'foo': key 'wheels[0]' has no usable file name: ''",
                "give it by the key 'name'"},
        BadLock{"SlashInName",
                wheel_text(concat("name = '../x.whl', url = 'https://127.0.0.1/x', ", some_hashes)),
                "line 5: package 'foo': key 'wheels[0]' has no usable file name: '../x.whl'",
                "give it by the key 'name'"},
        BadLock{"EncodedSlash",
                wheel_text(concat("url = 'https://127.0.0.1/a%2Fb.whl', ", some_hashes)),
                "line 5: package 'foo': key 'wheels[0]' has no usable file name: 'a/b.whl'",
                "give it by the key 'name'"},
        BadLock{"ControlInPath", wheel_text(concat("path = \"a\\u0000b\", ", some_hashes)),
                "line 5: package 'foo': key 'wheels[0].path' has a control character: 'a\\x00b'",
                ""},
        BadLock{
            "UploadTime",
            wheel_text(concat("path = 'foo-1-py3-none-any.whl', upload-time = 2024-01-01, ",
                              some_hashes)),
            "line 5: package 'foo': key 'wheels[0].upload-time' is a date or a time alone, not a "
            "date with a time",
            ""},
        BadLock{"NegativeSize",
                wheel_text(concat("path = 'foo-1-py3-none-any.whl', size = -1, ", some_hashes)),
                "line 5: package 'foo': key 'wheels[0].size' is negative", ""},
        BadLock{"OtherPackage",
                wheel_text(concat("path = 'bar-1-py3-none-any.whl', ", some_hashes)),
                "line 5: package 'foo': key 'wheels[0]' is a wheel of another package: "
                "'bar-1-py3-none-any.whl'",
                ""},
        BadLock{"OtherVersion",
                package_text(concat("version = '1.0'\nwheels = [{ path = "
                                    "'foo-1.1-py3-none-any.whl', ",
                                    some_hashes, " }]")),
                "line 6: package 'foo': key 'wheels[0]' is a wheel of another version than '1.0': "
                "'foo-1.1-py3-none-any.whl'",
                ""}),
    label_of);

INSTANTIATE_TEST_SUITE_P(
    OwnTable, BadLockText,
    ::testing::Values(
        BadLock{"Unknown", lock_text("packages = []\n[tool.pyenvlaunch]\nsource-path = []"),
                "line 5: key 'tool.pyenvlaunch.source-path' is unknown",
                "did you mean 'source-paths'?"},
        BadLock{"UnknownAndFar", lock_text("packages = []\n[tool.pyenvlaunch]\nzzz = 1"),
                "line 5: key 'tool.pyenvlaunch.zzz' is unknown", ""},
        BadLock{"ScriptValue",
                lock_text("packages = []\n[tool.pyenvlaunch.scripts]\nx = 'mod.main'"),
                "line 5: key 'tool.pyenvlaunch.scripts.x' is not of the form 'module:function': "
                "'mod.main'",
                ""},
        BadLock{"ScriptCode",
                lock_text("packages = []\n[tool.pyenvlaunch.scripts]\nx = 'a:b;import os'"),
                "line 5: key 'tool.pyenvlaunch.scripts.x' is not of the form 'module:function': "
                "'a:b;import os'",
                ""},
        BadLock{"ScriptName",
                lock_text("packages = []\n[tool.pyenvlaunch.scripts]\n'../x' = 'a:b'"),
                "line 5: key 'tool.pyenvlaunch.scripts.../x' is no name for a script", ""},
        BadLock{"EnvName", lock_text("packages = []\n[tool.pyenvlaunch.env]\n'A=B' = 'x'"),
                "line 5: key 'tool.pyenvlaunch.env.A=B' is no name for a variable", ""},
        BadLock{"EnvValue", lock_text("packages = []\n[tool.pyenvlaunch.env]\nA = 1"),
                "line 5: key 'tool.pyenvlaunch.env.A' is an integer, not a string", ""},
        BadLock{"Python", lock_text("packages = []\n[tool.pyenvlaunch]\npython = ''"),
                "line 5: key 'tool.pyenvlaunch.python' is empty", ""}),
    label_of);

TEST(Lockfile, NeverShowsPasswords) {
  const char* const urls[] = {"https://me:secret@host/a b.whl", "me:secret@host", "secret",
                              "https://me:secret@host/%2F", "https://me:secret@host"};
  for (const char* const url : urls) {
    try {
      (void)parse(wheel_text(concat("url = '", url, "', ", some_hashes)));
    } catch (const Error& error) {
      if (std::string_view(url) != "secret") {
        EXPECT_EQ(error.message().find("secret"), std::string::npos) << error.message();
      }
    }
  }
}

TEST(Lockfile, SurvivesTruncationAnywhere) {
  const std::string text = package_text(concat("version = '1.0'\n", some_wheels));
  for (std::size_t size = 0; size < text.size(); ++size) {
    try {
      (void)parse(text.substr(0, size));
    } catch (const Error& error) {
      EXPECT_TRUE(error.message().starts_with("cannot read lock /x/app.lock: line "));
    }
  }
}

}  // namespace
}  // namespace pel
