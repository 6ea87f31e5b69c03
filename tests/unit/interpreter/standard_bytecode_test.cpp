#include "store/interpreter/standard_bytecode.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "store/base/mapped_file.hpp"
#include "store/base/text.hpp"
#include "store/format/standard_view.hpp"
#include "store/interpreter/standard_listing.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;
using standard_format::ModuleKind;

constexpr std::uint32_t kMagic = 0x0A0D0DA7;
constexpr std::time_t kOld = 1'600'000'000;

class StandardBytecode : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(layout_.root());
    facts_.executable = "/nowhere/bin/python3.11";
    facts_.stdlib = library_.string();
    facts_.cache_tag = "cpython-311";
    facts_.bytecode_magic = kMagic;
    facts_.extension_suffixes = {".cpython-311-x86_64-linux-gnu.so", ".abi3.so", ".so"};
  }

  void write(const std::string& name, const std::string& text) const {
    test::write_file(library_ / name, text);
  }

  // A .pyc with this header's flags, time and size.
  void compile(const std::string& name, const std::string& code, std::uint32_t flags,
               std::uint32_t mtime, std::uint32_t size) const {
    std::string bytes;
    for (const std::uint32_t number : {kMagic, flags, mtime, size}) {
      for (unsigned shift = 0; shift < 32; shift += 8) {
        bytes.push_back(static_cast<char>(number >> shift & 0xFFU));
      }
    }
    write(name, bytes + code);
  }

  // As if all of it had been there for long.
  void age() const {
    const timespec times[2] = {{kOld, 5}, {kOld, 5}};
    for (const auto& entry : fs::recursive_directory_iterator(library_)) {
      ASSERT_EQ(::utimensat(AT_FDCWD, entry.path().c_str(), times, 0), 0);
    }
    ASSERT_EQ(::utimensat(AT_FDCWD, library_.c_str(), times, 0), 0);
  }

  [[nodiscard]] fs::path pack() const {
    return fs::path(layout_.bytecode(StandardPackId(facts_.executable).view())) /
           "cpython-311.pack";
  }

  test::TempDir folder_;
  fs::path library_ = fs::path(folder_.path()) / "lib/python3.11";
  StoreLayout layout_{(fs::path(folder_.path()) / "home").string()};
  InterpreterFacts facts_;
};

ModuleKind kind_of(const StandardDirectory& directory, const std::string& name) {
  for (const auto& module : directory.modules) {
    if (module.name == name) {
      return module.kind;
    }
  }
  ADD_FAILURE() << name << " is not listed";
  return ModuleKind::other;
}

TEST_F(StandardBytecode, ListsWhatImportlibWouldFind) {
  write("plain.py", "");
  write("both.py", "");
  write("both.so", "");
  write("package/__init__.py", "");
  write("package.py", "");
  write("strange/__init__.py", "");
  write("strange/__init__.so", "");
  write("folder/file.txt", "");
  write("only.pyc", "");
  write("tests/__init__.py", "");
  write("_x.cpython-311-x86_64-linux-gnu.so", "");
  write("with.dot.py", "");
  write("lib-dynload/_y.abi3.so", "");
  write("package/deep/__init__.py", "");
  age();
  const auto found = list_standard_library(facts_);
  ASSERT_EQ(found.size(), 4U);
  const StandardDirectory& top = found.at("");
  EXPECT_EQ(kind_of(top, "plain"), ModuleKind::source);
  EXPECT_EQ(kind_of(top, "both"), ModuleKind::extension);
  EXPECT_EQ(kind_of(top, "package"), ModuleKind::package);
  for (const char* name : {"strange", "folder", "only", "tests"}) {
    EXPECT_EQ(kind_of(top, name), ModuleKind::other) << name;
  }
  EXPECT_EQ(kind_of(top, "_x"), ModuleKind::extension);
  EXPECT_EQ(kind_of(found.at("lib-dynload"), "_y"), ModuleKind::extension);
  EXPECT_EQ(kind_of(found.at("package"), "deep"), ModuleKind::package);
  EXPECT_TRUE(found.contains("package/deep"));
  for (const auto& module : top.modules) {
    EXPECT_EQ(module.name.find('.'), std::string::npos) << module.name;
  }
}

TEST_F(StandardBytecode, TakesTheCodeThatImportlibWouldTake) {
  for (const char* name : {"good", "stale", "hashed", "bare", "other"}) {
    write(concat(name, ".py"), "12345");
  }
  const auto old = static_cast<std::uint32_t>(kOld);
  compile("__pycache__/good.cpython-311.pyc", "good code", 0, old, 5);
  compile("__pycache__/stale.cpython-311.pyc", "stale", 0, old, 6);
  compile("__pycache__/hashed.cpython-311.pyc", "hashed", 1, old, 5);
  compile("__pycache__/other.cpython-310.pyc", "other", 0, old, 5);
  age();
  make_standard_pack(facts_, layout_, 0);
  int error = 0;
  const MappedFile file = MappedFile::open(pack().c_str(), MappedFile::Trust::own_or_root, error);
  const char* reason = nullptr;
  const auto view = StandardView::open(file.bytes(), kMagic, 0, reason);
  ASSERT_TRUE(view) << reason;
  std::span<const std::byte> code;
  ASSERT_EQ(view->code(*view->module(0, "good"), code), PackView::Lookup::found);
  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(code.data()), code.size()), "good code");
  for (const char* name : {"stale", "hashed", "bare", "other"}) {
    EXPECT_EQ(view->code(*view->module(0, name), code), PackView::Lookup::absent) << name;
  }
}

TEST_F(StandardBytecode, IsMadeAgainWhenTheLibraryHasChanged) {
  write("one.py", "");
  age();
  make_standard_pack(facts_, layout_, 0);
  const auto identity = [&] {
    struct stat status{};
    EXPECT_EQ(::stat(pack().c_str(), &status), 0);
    return status.st_ino;
  };
  const auto first = identity();
  make_standard_pack(facts_, layout_, 0);
  EXPECT_EQ(identity(), first);
  write("two.py", "");
  const std::string kept = concat(pack().string(), ".kept");
  fs::create_hard_link(pack(), kept);  // or the new one could get the old one's number
  make_standard_pack(facts_, layout_, 0);
  EXPECT_NE(identity(), first);
}

TEST_F(StandardBytecode, IsNotMadeOfALibraryThatIsNotThere) {
  make_standard_pack(facts_, layout_, 0);
  EXPECT_FALSE(fs::exists(pack()));
}

}  // namespace
}  // namespace pel
