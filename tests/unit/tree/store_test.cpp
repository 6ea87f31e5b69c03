#include "store/tree/store.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "store/base/file_identity.hpp"
#include "store/tree/remove_tree.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wheel_builder.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;
using test::WheelBuilder;

constexpr const char* kDigits = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

mode_t mode_of(const fs::path& path) {
  struct stat status{};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777U;
}

class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override { store_.prepare(); }

  // Read-only trees are more than TempDir can delete.
  void TearDown() override {
    if (!HasFailure()) {
      remove_tree(dir_.path() / "home");
    }
  }

  Store::Added add(const WheelBuilder& wheel) {
    return store_.add(wheel.write(dir_.path()), wheel.file_name, std::nullopt, Trust::nobody);
  }

  // The findings as "kind path", with paths relative to the wheel.
  std::vector<std::string> problems(const std::string& id, Store::Depth depth) {
    std::vector<std::string> texts;
    for (const Finding& finding : store_.verify({{id}}, depth)) {
      EXPECT_EQ(finding.id, id);
      EXPECT_TRUE(finding.message.starts_with(finding.path) ||
                  finding.message.starts_with("cannot read"))
          << finding.message;
      texts.push_back(finding.path.substr(store_.layout().wheel(id).size()) + " " +
                      std::to_string(static_cast<int>(finding.kind)));
    }
    return texts;
  }

  static std::string problem(const std::string& path, FindingKind kind) {
    return path + " " + std::to_string(static_cast<int>(kind));
  }

  [[nodiscard]] bool tmp_is_empty() const { return fs::is_empty(store_.layout().tmp()); }

  test::TempDir dir_;
  Store store_{dir_.path() / "home"};
};

TEST(StoreId, IsMadeOfNameVersionTagsAndHash) {
  const Sha256 sha256 = *Sha256::parse_hex(kDigits);
  EXPECT_EQ(Store::id_of(WheelName::parse("Foo_Bar-1.0+x.1-2build-py2.py3-none-any.whl"), sha256),
            "Foo_Bar-1.0+x.1-py2.py3-none-any-0123456789abcdef");
}

TEST(StoreId, IsNeverLongerThan139Bytes) {
  const Sha256 sha256 = *Sha256::parse_hex(kDigits);
  const std::string tags(180, 't');
  const std::string id =
      Store::id_of(WheelName::parse("foo-1.0-py3-none-" + tags + ".whl"), sha256);
  EXPECT_EQ(id, "foo-1.0-py3-none-" + tags.substr(0, 105) + "-0123456789abcdef");
  EXPECT_EQ(id.size(), 139U);
  const std::string name(200, 'n');
  EXPECT_EQ(Store::id_of(WheelName::parse(name + "-1.0-py3-none-any.whl"), sha256),
            name.substr(0, 100) + "-py3-none-any-0123456789abcdef");
}

TEST(StoreId, IsOneComponent) {
  EXPECT_TRUE(is_store_id("foo-1.0-py3-none-any-0123456789abcdef"));
  for (const char* const text : {"", ".", "..", ".hidden", "a/b", "/a"}) {
    EXPECT_FALSE(is_store_id(text)) << text;
  }
}

TEST_F(StoreTest, PrepareCreatesDirectoriesWhateverTheUmask) {
  const StoreLayout& layout = store_.layout();
  for (const std::string& path : {layout.root(), layout.wheels(), layout.bytecode(),
                                  layout.composites(), layout.launchers(), layout.tables()}) {
    EXPECT_EQ(mode_of(path), 0755U) << path;
  }
  EXPECT_EQ(mode_of(layout.locks()), 0700U);
  EXPECT_EQ(mode_of(layout.roots()), 0700U);
  EXPECT_EQ(mode_of(layout.tmp()), 0700U);
  EXPECT_EQ(mode_of(layout.generation()), 0444U);
}

TEST_F(StoreTest, PrepareKeepsTheGeneration) {
  const auto before = identify(store_.layout().generation().c_str());
  store_.prepare();
  EXPECT_EQ(identify(store_.layout().generation().c_str()), before);
}

TEST(Store, PrepareSaysWhichDirectoryCannotBeMade) {
  const test::TempDir dir;
  test::write_file(dir.path() / "file", "");
  const Store store(dir.path() / "file" / "home");
  try {
    store.prepare();
    FAIL() << "no exception";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::io);
    EXPECT_EQ(error.message(), "cannot create directory " + (dir.path() / "file").string() +
                                   "/home/store/v1: not a directory");
    EXPECT_EQ(error.hint(), "set PYENVLAUNCH_HOME to a directory that you may write to");
  }
}

TEST(Store, ThatDoesNotExistIsEmpty) {
  const test::TempDir dir;
  const Store store(dir.path() / "home");
  EXPECT_TRUE(store.list().empty());
  EXPECT_TRUE(store.resolve("foo").empty());
  EXPECT_FALSE(store.show("foo").has_value());
  EXPECT_FALSE(fs::exists(dir.path() / "home"));
}

TEST_F(StoreTest, AddMakesAnImmutableTree) {
  const Store::Added added = add(WheelBuilder());
  EXPECT_FALSE(added.already_there);
  EXPECT_TRUE(added.warnings.empty());
  const fs::path tree = store_.layout().wheel(added.id);
  EXPECT_EQ(mode_of(tree), 0555U);
  EXPECT_EQ(mode_of(tree / "INDEX"), 0444U);
  EXPECT_EQ(mode_of(tree / "lib/python3/site-packages/foo"), 0555U);
  EXPECT_EQ(mode_of(tree / "lib/python3/site-packages/foo/__init__.py"), 0444U);
  EXPECT_TRUE(tmp_is_empty());
  EXPECT_TRUE(problems(added.id, Store::Depth::deep).empty());
}

TEST_F(StoreTest, AddTwiceIsOneWheel) {
  const Store::Added first = add(WheelBuilder());
  const Store::Added second = add(WheelBuilder());
  EXPECT_EQ(second.id, first.id);
  EXPECT_TRUE(second.already_there);
  EXPECT_EQ(store_.ids(), std::vector<std::string>{first.id});
  EXPECT_TRUE(tmp_is_empty());
}

TEST_F(StoreTest, WrongHashIsRefusedBeforeUnpacking) {
  WheelBuilder wheel;
  wheel.shape.after = "no zip at all";
  const std::string file = wheel.write(dir_.path());
  const Sha256 wrong = *Sha256::parse_hex(kDigits);
  try {
    store_.add(file, wheel.file_name, wrong, Trust::lock);
    FAIL() << "no exception";
  } catch (const Error& error) {
    const std::string bytes = wheel.bytes();
    EXPECT_EQ(error.code(), ErrorCode::corrupt);
    EXPECT_EQ(error.message(), "cannot add wheel " + file + ": its sha256 is " +
                                   sha256_of(std::as_bytes(std::span(bytes))).hex() + ", not " +
                                   kDigits);
  }
  EXPECT_TRUE(tmp_is_empty());
}

TEST_F(StoreTest, MissingAndEmptyFilesAreOneClearError) {
  const std::string missing = dir_.path() / "foo-1.0-py3-none-any.whl";
  try {
    store_.add(missing, "foo-1.0-py3-none-any.whl", std::nullopt, Trust::nobody);
    FAIL() << "no exception";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_EQ(error.message(), "cannot read wheel " + missing + ": no such file or directory");
  }
  test::write_file(missing, "");
  try {
    store_.add(missing, "foo-1.0-py3-none-any.whl", std::nullopt, Trust::nobody);
    FAIL() << "no exception";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::corrupt);
    EXPECT_EQ(error.message(), "cannot read wheel " + missing + ": it is empty");
  }
}

TEST_F(StoreTest, MistakesInRecordAreWarningsWhenALockVouches) {
  WheelBuilder wheel;
  const std::string record = wheel.record_text();
  wheel.add("foo/more.py");
  wheel.add(wheel.record_name(), record);
  const std::string file = wheel.write(dir_.path());
  EXPECT_THROW(store_.add(file, wheel.file_name, std::nullopt, Trust::nobody), Error);
  const std::vector<std::string> warnings{"RECORD: 'foo/more.py' is in the wheel but not listed"};
  const Store::Added added = store_.add(file, wheel.file_name, std::nullopt, Trust::lock);
  EXPECT_EQ(added.warnings, warnings);
  EXPECT_EQ(store_.show(added.id)->warnings, warnings);
  const Store::Added again = store_.add(file, wheel.file_name, std::nullopt, Trust::lock);
  EXPECT_TRUE(again.already_there);
  EXPECT_EQ(again.warnings, warnings);
}

TEST_F(StoreTest, FindsOnlyWhatIsComplete) {
  const WheelBuilder wheel;
  const std::string bytes = wheel.bytes();
  const Sha256 sha256 = sha256_of(std::as_bytes(std::span(bytes)));
  const WheelName name = WheelName::parse(wheel.file_name);
  EXPECT_FALSE(store_.find(name, sha256).has_value());
  const Store::Added added = add(wheel);
  EXPECT_EQ(store_.find(name, sha256), added.id);

  // An add that was interrupted between its rename and its chmod.
  const std::string tree = store_.layout().wheel(added.id);
  ASSERT_EQ(::chmod(tree.c_str(), 0755), 0);
  EXPECT_EQ(store_.find(name, sha256), added.id);
  EXPECT_EQ(mode_of(tree), 0555U);
}

// Two wheels whose hashes begin alike are possible to make on purpose.
TEST_F(StoreTest, WheelWithTheSameIdIsNotTheWheel) {
  const WheelBuilder wheel;
  const std::string bytes = wheel.bytes();
  Sha256 other = sha256_of(std::as_bytes(std::span(bytes)));
  add(wheel);
  other.bytes.back() ^= 1U;
  EXPECT_FALSE(store_.find(WheelName::parse(wheel.file_name), other).has_value());
}

TEST_F(StoreTest, AddReplacesAWheelWithADamagedIndex) {
  const Store::Added added = add(WheelBuilder());
  const std::string index = store_.layout().index(added.id);
  ASSERT_EQ(::chmod(index.c_str(), 0644), 0);
  test::write_file(index, "damage");
  EXPECT_FALSE(store_.show(added.id)->damage.empty());
  EXPECT_EQ(problems(added.id, Store::Depth::quick),
            std::vector{problem("/INDEX", FindingKind::index)});
  const Store::Added again = add(WheelBuilder());
  EXPECT_EQ(again.id, added.id);
  EXPECT_FALSE(again.already_there);
  EXPECT_TRUE(problems(added.id, Store::Depth::deep).empty());
  EXPECT_TRUE(tmp_is_empty());
}

TEST_F(StoreTest, ManyThreadsAddTheSameWheels) {
  std::vector<std::string> files;
  std::vector<std::string> names;
  for (int i = 0; i < 8; ++i) {
    const WheelBuilder wheel("foo" + std::to_string(i));
    files.push_back(wheel.write(dir_.path()));
    names.push_back(wheel.file_name);
  }
  std::vector<std::thread> threads;
  threads.reserve(6);
  for (std::size_t t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < files.size(); ++i) {
        const std::size_t k = (i + t) % files.size();
        store_.add(files[k], names[k], std::nullopt, Trust::nobody);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  const std::vector<std::string> ids = store_.ids();
  EXPECT_EQ(ids.size(), files.size());
  EXPECT_TRUE(store_.verify(ids, Store::Depth::deep).empty());
  EXPECT_TRUE(tmp_is_empty());
}

TEST_F(StoreTest, ProcessesThatAreKilledLeaveAValidStore) {
  WheelBuilder wheel;
  for (int i = 0; i < 200; ++i) {
    wheel.add("foo/m" + std::to_string(i) + ".py", std::string(1000, 'x'));
  }
  const std::string file = wheel.write(dir_.path());
  for (int round = 0; round < 12; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      const Store own(dir_.path() / "home");
      own.add(file, wheel.file_name, std::nullopt, Trust::nobody);
      ::_exit(0);
    }
    ::usleep(static_cast<useconds_t>(500 * round));
    ::kill(child, SIGKILL);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    const Store again(dir_.path() / "home");
    again.prepare();
    EXPECT_TRUE(tmp_is_empty());
    for (const std::string& id : again.ids()) {
      EXPECT_EQ(again.find(WheelName::parse(wheel.file_name), again.show(id)->sha256), id);
      EXPECT_TRUE(problems(id, Store::Depth::deep).empty());
      again.remove(id);
    }
  }
}

// A limit on the size of files stands in for a full disk: a write fails part way.
TEST_F(StoreTest, FailedWriteNamesThePathAndLeavesNothing) {
  WheelBuilder wheel;
  wheel.add("foo/large", std::string(100'000, 'x'));
  const std::string file = wheel.write(dir_.path());
  rlimit old_limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old_limit), 0);
  auto* const old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{50'000, old_limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  std::string message;
  try {
    store_.add(file, wheel.file_name, std::nullopt, Trust::nobody);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::io);
    message = error.message();
  }
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old_limit), 0);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_TRUE(message.starts_with("cannot write " + store_.layout().tmp() + "/")) << message;
  EXPECT_TRUE(message.ends_with("/lib/python3/site-packages/foo/large: file too large")) << message;
  EXPECT_TRUE(tmp_is_empty());
  EXPECT_TRUE(store_.ids().empty());
}

TEST_F(StoreTest, ListIsSortedAndShowsWhatTheWheelSays) {
  WheelBuilder wheel("Zope.Thing", "2.0");
  wheel.add("Zope.Thing-2.0.dist-info/entry_points.txt",
            "[console_scripts]\nzope = Zope.Thing:main [extra]\n");
  wheel.add("Zope.Thing-2.0.data/scripts/tool", "#!python\n");
  const std::string zope = add(wheel).id;
  const std::string foo = add(WheelBuilder("foo", "1.0")).id;
  const std::string newer = add(WheelBuilder("foo", "1.1")).id;
  EXPECT_EQ(store_.ids(), (std::vector{zope, foo, newer}));
  const std::vector<StoredWheel> wheels = store_.list();
  ASSERT_EQ(wheels.size(), 3U);
  EXPECT_EQ(wheels[0].name, "Zope.Thing");
  EXPECT_EQ(wheels[0].normalized_name, "zope-thing");
  EXPECT_EQ(wheels[0].version, "2.0");
  EXPECT_EQ(wheels[0].wheel_file, "Zope.Thing-2.0-py3-none-any.whl");
  EXPECT_EQ(wheels[0].scripts, std::vector<std::string>{"tool"});
  EXPECT_EQ(wheels[0].entry_points,
            (std::vector<EntryPoint>{{"console_scripts", "zope", "Zope.Thing:main [extra]"}}));
  EXPECT_TRUE(wheels[0].root_is_purelib);
  EXPECT_EQ(wheels[0].damage, "");

  EXPECT_EQ(store_.resolve("ZOPE_thing"), std::vector{zope});
  EXPECT_EQ(store_.resolve("foo"), (std::vector{foo, newer}));
  EXPECT_EQ(store_.resolve(newer), std::vector{newer});
  EXPECT_TRUE(store_.resolve("fo").empty());
  EXPECT_TRUE(store_.resolve("../wheels/" + foo).empty());
  EXPECT_FALSE(store_.show("../wheels/" + foo).has_value());
}

TEST_F(StoreTest, PackageWithAVeryLongNameIsFound) {
  const std::string name(120, 'n');
  const std::string id = add(WheelBuilder(name)).id;
  EXPECT_EQ(store_.resolve(name), std::vector{id});
  EXPECT_TRUE(store_.resolve(name + "n").empty());
}

TEST_F(StoreTest, VerifyReportsEachKindOfDamage) {
  WheelBuilder wheel;
  for (const char* const name : {"gone", "mode", "size", "content", "link"}) {
    wheel.add(std::string("foo/") + name, "1234");
  }
  wheel.add("foo/empty/");
  const std::string id = add(wheel).id;
  const fs::path package = fs::path(store_.layout().site_packages(id)) / "foo";
  fs::permissions(package, fs::perms::owner_all);
  fs::remove(package / "gone");
  fs::remove(package / "link");
  fs::create_symlink("mode", package / "link");
  fs::permissions(package / "mode", fs::perms::owner_all);
  for (const char* const name : {"size", "content"}) {
    fs::permissions(package / name, fs::perms::owner_all);
    test::write_file(package / name, name == std::string("size") ? "12345" : "4321");
    ASSERT_EQ(::chmod((package / name).c_str(), 0444), 0);
  }
  fs::create_directory(package / "__pycache__");
  fs::remove(package / "empty");
  ASSERT_EQ(::chmod(package.c_str(), 0555), 0);

  const std::string base = "/lib/python3/site-packages/foo/";
  std::vector<std::string> expected{problem(base + "gone", FindingKind::missing),
                                    problem(base + "link", FindingKind::missing),
                                    problem(base + "mode", FindingKind::mode),
                                    problem(base + "size", FindingKind::size),
                                    problem(base + "empty", FindingKind::missing),
                                    problem(base + "__pycache__", FindingKind::extra)};
  const auto sorted = [](std::vector<std::string> texts) {
    std::ranges::sort(texts);
    return texts;
  };
  EXPECT_EQ(sorted(problems(id, Store::Depth::quick)), sorted(expected));
  expected.push_back(problem(base + "content", FindingKind::content));
  EXPECT_EQ(sorted(problems(id, Store::Depth::deep)), sorted(expected));
}

TEST_F(StoreTest, VerifyReportsAMissingWheel) {
  const std::vector<Finding> findings = store_.verify({{"foo"}}, Store::Depth::quick);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].kind, FindingKind::missing);
  EXPECT_EQ(findings[0].message, store_.layout().wheel("foo") + ": it is missing");
}

TEST_F(StoreTest, DiskUsageCountsFilesDirectoriesAndBytecode) {
  const std::string id = add(WheelBuilder()).id;
  test::write_file(fs::path(store_.layout().bytecode(id)) / "cpython-311.pack", "12345");
  const std::vector<WheelUsage> usage = store_.disk_usage({{id}});
  ASSERT_EQ(usage.size(), 1U);
  // lib/python3/site-packages/{foo,foo-1.0.dist-info} and the top are six directories; INDEX,
  // __init__.py, METADATA, WHEEL, RECORD and INSTALLER are six files.
  EXPECT_EQ(usage[0].inodes, 12U);
  EXPECT_EQ(usage[0].bytes,
            store_.show(id)->installed_size + fs::file_size(store_.layout().index(id)));
  EXPECT_EQ(usage[0].bytecode_inodes, 2U);
  EXPECT_EQ(usage[0].bytecode_bytes, 5U);
}

TEST_F(StoreTest, RemoveTakesWheelAndBytecodeAndChangesTheGeneration) {
  const std::string id = add(WheelBuilder()).id;
  test::write_file(fs::path(store_.layout().bytecode(id)) / "cpython-311.pack", "12345");
  const auto before = identify(store_.layout().generation().c_str());
  EXPECT_TRUE(store_.remove(id));
  EXPECT_FALSE(fs::exists(store_.layout().wheel(id)));
  EXPECT_FALSE(fs::exists(store_.layout().bytecode(id)));
  EXPECT_NE(identify(store_.layout().generation().c_str()), before);
  EXPECT_FALSE(store_.remove(id));
  EXPECT_FALSE(store_.remove("../wheels"));
  EXPECT_TRUE(tmp_is_empty());
}

}  // namespace
}  // namespace pel
