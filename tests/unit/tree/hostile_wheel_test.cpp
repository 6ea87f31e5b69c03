// Every reason for which a wheel is refused: the whole message, and that nothing stays behind.

#include <filesystem>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "store/tree/store.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wheel_builder.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;
using test::deflate_run;
using test::WheelBuilder;
using test::ZipEntry;

// Small, so that a bomb needs no size.
constexpr UnpackLimits kLimits{.max_files = 2000,
                               .max_total_bytes = 10'000'000,
                               .max_ratio = 100,
                               .ratio_free_bytes = 1'000'000};

std::string in_info(const std::string& name) {
  return "foo-1.0.dist-info/" + name;
}

struct Case {
  const char* label;
  std::function<void(WheelBuilder&)> spoil;
  std::string reason;
};

Case member(const char* label, const std::string& name, const std::string& reason) {
  return {label, [name](WheelBuilder& wheel) { wheel.add(name); },
          "member '" + name + "': " + reason};
}

Case special(const char* label, std::uint32_t type, const std::string& what) {
  return {label, [type](WheelBuilder& wheel) { wheel.add("foo/x", "target", type | 0777U); },
          "member 'foo/x': it is " + what + ", not a file"};
}

// Changes one member that is otherwise right.
Case changed(const char* label, void (*change)(ZipEntry&), const std::string& reason) {
  return {label, [change](WheelBuilder& wheel) { change(wheel.add("foo/x", "some text")); },
          "member 'foo/x': " + reason};
}

Case text(const char* label, const std::string& file, const std::string& content,
          const std::string& reason) {
  return {label,
          [=](WheelBuilder& wheel) {
            wheel.remove(in_info(file));
            wheel.add(in_info(file), content);
          },
          "member '" + in_info(file) + "': " + reason};
}

class HostileWheel : public ::testing::TestWithParam<Case> {};

TEST_P(HostileWheel, IsRefusedAndLeavesNothing) {
  const test::TempDir dir;
  WheelBuilder wheel;
  GetParam().spoil(wheel);
  const std::string file = wheel.write(dir.path());
  const std::string home = dir.path() / "home";
  const Store store(home, kLimits);
  store.prepare();
  try {
    const Store::Added added = store.add(file, wheel.file_name, std::nullopt, Trust::nobody);
    ADD_FAILURE() << "added as " << added.id;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::corrupt);
    EXPECT_EQ(error.message(), "cannot unpack wheel " + file + ": " + GetParam().reason);
    EXPECT_FALSE(error.hint().empty());
  }
  EXPECT_TRUE(fs::is_empty(store.layout().tmp()));
  EXPECT_TRUE(fs::is_empty(store.layout().wheels()));
}

std::string label_of(const ::testing::TestParamInfo<Case>& test) {
  return test.param.label;
}

INSTANTIATE_TEST_SUITE_P(
    Names, HostileWheel,
    ::testing::Values(
        member("Absolute", "/etc/passwd", "its path is absolute"),
        member("Parent", "../x", "its path has '..'"),
        member("ParentInside", "foo/../../x", "its path has '..'"),
        member("ParentAtEnd", "foo/..", "its path has '..'"),
        member("Dot", "./foo/x", "its path has '.'"),
        member("EmptyComponent", "foo//x", "its path has an empty component"),
        member("EmptyComponentOfDirectory", "foo//", "its path has an empty component"),
        member("Backslash", "foo\\x", "its path has a backslash"),
        Case{"ControlCharacter", [](WheelBuilder& wheel) { wheel.add("foo/\x1b[2J"); },
             "member 'foo/\\x1b[2J': its path has a control character"},
        Case{"Newline", [](WheelBuilder& wheel) { wheel.add("foo/a\nb"); },
             "member 'foo/a\\x0ab': its path has a control character"},
        Case{"Nul", [](WheelBuilder& wheel) { wheel.add(std::string("foo/a\0b", 7)); },
             "member 'foo/a\\x00b': its path has a control character"},
        member("LongComponent", "foo/" + std::string(256, 'a'),
               "its path has a component longer than 255 bytes"),
        Case{"LongPath",
             [](WheelBuilder& wheel) {
               std::string name = "foo";
               for (int i = 0; i < 100; ++i) {
                 name += "/abcdefghi";
               }
               wheel.add(name);
             },
             [] {
               std::string name = "foo";
               for (int i = 0; i < 100; ++i) {
                 name += "/abcdefghi";
               }
               return "member '" + name + "': its path is longer than 1000 bytes";
             }()},
        Case{"NotUtf8", [](WheelBuilder& wheel) { wheel.add("foo/\xff"); },
             "member 'foo/\\xff': its name is not UTF-8, or not marked as such"},
        Case{"NotMarkedAsUtf8", [](WheelBuilder& wheel) { wheel.add("foo/é").flags = 0; },
             "member 'foo/é': its name is not UTF-8, or not marked as such"},
        Case{"NoName", [](WheelBuilder& wheel) { wheel.add("").mode = 0100644; },
             "member '': it has no name"},
        member("Twice", "foo/__init__.py", "it is in the archive twice"),
        Case{"DirectoryOverFile", [](WheelBuilder& wheel) { wheel.add("foo/__init__.py/"); },
             "member 'foo/__init__.py': it is a file where a directory is needed"},
        Case{"FileOverDirectory", [](WheelBuilder& wheel) { wheel.add("foo"); },
             "member 'foo': it is a file where a directory is needed"},
        Case{"FileBelowFile", [](WheelBuilder& wheel) { wheel.add("foo/__init__.py/x"); },
             "member 'foo/__init__.py': it is a file where a directory is needed"},
        Case{"SamePlace",
             [](WheelBuilder& wheel) { wheel.add("foo-1.0.data/purelib/foo/__init__.py"); },
             "member 'foo-1.0.data/purelib/foo/__init__.py': it is installed at the same place as "
             "'foo/__init__.py'"}),
    [](const auto& test) { return label_of(test); });

INSTANTIATE_TEST_SUITE_P(
    Kinds, HostileWheel,
    ::testing::Values(
        special("Symlink", 0120000, "a symbolic link"), special("Fifo", 0010000, "a fifo"),
        special("Device", 0020000, "a device"), special("BlockDevice", 0060000, "a device"),
        special("Socket", 0140000, "a socket"),
        Case{"UnknownKind", [](WheelBuilder& wheel) { wheel.add("foo/x", "", 0170644); },
             "member 'foo/x': it is neither a file nor a directory"},
        Case{"DirectoryNamedAsFile", [](WheelBuilder& wheel) { wheel.add("foo/x", "", 0040755); },
             "member 'foo/x': it is a directory with the name of a file"},
        changed(
            "DosDirectory", [](ZipEntry& entry) { entry.dos_directory = true; },
            "it is a directory with the name of a file"),
        Case{"FileNamedAsDirectory",
             [](WheelBuilder& wheel) { wheel.add("foo/x/").mode = 0100644; },
             "member 'foo/x/': it is a file with the name of a directory"},
        Case{"DirectoryWithContent", [](WheelBuilder& wheel) { wheel.add("foo/x/", "text"); },
             "member 'foo/x/': it is a directory with content"}),
    [](const auto& test) { return label_of(test); });

constexpr const char* kMethods = "; wheels use stored (0) and deflate (8) only";

INSTANTIATE_TEST_SUITE_P(
    Archive, HostileWheel,
    ::testing::Values(
        Case{"Empty", [](WheelBuilder& wheel) { wheel.entries.clear(), wheel.record = false; },
             "it has no .dist-info directory"},
        Case{"LeadingBytes", [](WheelBuilder& wheel) { wheel.shape.before = "#!/bin/sh\n"; },
             "its directory is not where its end says: bytes are missing or added"},
        Case{"TrailingBytes", [](WheelBuilder& wheel) { wheel.shape.after = "more"; },
             "bytes follow its end"},
        Case{"BytesBeforeTheDirectory",
             [](WheelBuilder& wheel) { wheel.shape.before_directory = "more"; },
             "bytes that belong to no member lie before its directory"},
        Case{"BytesAtTheStart", [](WheelBuilder& wheel) { wheel.entries.front().before = "more"; },
             "member 'foo/__init__.py': bytes that belong to no member lie before it"},
        Case{"ArchiveInTheComment",
             [](WheelBuilder& wheel) { wheel.shape.comment = test::ZipWriter().finish(); },
             "it has two ends: its comment hides another archive"},
        Case{"LongComment",
             [](WheelBuilder& wheel) { wheel.shape.comment = std::string(65'535, 'c'); },
             "its comment has 65535 bytes, more than 16000"},
        Case{"MoreMembersAnnounced", [](WheelBuilder& wheel) { wheel.shape.count = 5; },
             "its directory has another length than its end says"},
        Case{"ManyMembersAnnounced", [](WheelBuilder& wheel) { wheel.shape.count = 60'000; },
             "its directory is shorter than its number of members"},
        Case{"FewerMembersAnnounced", [](WheelBuilder& wheel) { wheel.shape.count = 3; },
             "its directory has another length than its end says"},
        Case{"Split", [](WheelBuilder& wheel) { wheel.shape.disk = 1; },
             "it is one part of a split archive"},
        Case{"Overlap",
             [](WheelBuilder& wheel) {
               wheel.add("foo/x", "text");
               ZipEntry& other = wheel.add("foo/y", "text");
               other.central_offset = 0;
             },
             "member 'foo/y': it overlaps another member"}),
    [](const auto& test) { return label_of(test); });

constexpr const char* kDiffers = "its header and the archive's directory differ in ";

INSTANTIATE_TEST_SUITE_P(
    Members, HostileWheel,
    ::testing::Values(
        changed(
            "LocalName", [](ZipEntry& entry) { entry.local_name = "foo/y"; },
            std::string(kDiffers) + "its name, 'foo/y' in the header"),
        changed(
            "LocalCrc", [](ZipEntry& entry) { entry.local_crc = 1; },
            std::string(kDiffers) + "the CRC"),
        changed(
            "LocalSize", [](ZipEntry& entry) { entry.local_size = 1; },
            std::string(kDiffers) + "its size"),
        changed(
            "LocalMethod", [](ZipEntry& entry) { entry.local_method = 8; },
            std::string(kDiffers) + "the compression method"),
        changed(
            "LocalFlags", [](ZipEntry& entry) { entry.local_flags = 0x0801; },
            std::string(kDiffers) + "its flags"),
        changed(
            "Descriptor",
            [](ZipEntry& entry) {
              entry.descriptor = true;
              entry.descriptor_crc = 1;
            },
            std::string(kDiffers) + "its data descriptor"),
        changed(
            "OtherNameInExtra",
            [](ZipEntry& entry) { entry.extra = std::string("\x75\x70\x0a\0\1\0\0\0\0foo/y", 14); },
            "its extra fields give it another name"),
        changed(
            "ExtraTooShort", [](ZipEntry& entry) { entry.extra = std::string("\1\2\x50\0", 4); },
            "its extra fields are malformed"),
        changed(
            "Zip64TooShort",
            [](ZipEntry& entry) {
              entry.extra = std::string("\1\0\4\0\0\0\0\0", 8);
              entry.size = 0xFFFFFFFF;
            },
            "its zip64 field is too short"),
        changed(
            "Zip64Missing", [](ZipEntry& entry) { entry.size = 0xFFFFFFFF; },
            "it needs a zip64 field and has none"),
        changed(
            "Encrypted", [](ZipEntry& entry) { entry.flags |= 1U; }, "it is encrypted"),
        changed(
            "StronglyEncrypted", [](ZipEntry& entry) { entry.flags |= 0x40U; }, "it is encrypted"),
        changed(
            "MaskedHeaders", [](ZipEntry& entry) { entry.flags |= 0x2000U; }, "it is encrypted"),
        changed(
            "Bzip2", [](ZipEntry& entry) { entry.method = 12; },
            std::string("it is compressed by method 12") + kMethods),
        changed(
            "Lzma", [](ZipEntry& entry) { entry.method = 14; },
            std::string("it is compressed by method 14") + kMethods),
        changed(
            "Zstandard", [](ZipEntry& entry) { entry.method = 93; },
            std::string("it is compressed by method 93") + kMethods),
        changed(
            "StoredInAnotherSize", [](ZipEntry& entry) { entry.size = 5; },
            "it is stored, but its two sizes differ"),
        Case{"HeaderElsewhere",
             [](WheelBuilder& wheel) { wheel.add("foo/x").central_offset = 7'000'000; },
             "member 'foo-1.0.dist-info/RECORD': bytes that belong to no member lie before it"}),
    [](const auto& test) { return label_of(test); });

INSTANTIATE_TEST_SUITE_P(Content, HostileWheel,
                         ::testing::Values(changed(
                                               "StoredCrc",
                                               [](ZipEntry& entry) { entry.crc = 0x12345678; },
                                               "its CRC is wrong"),
                                           changed(
                                               "DeflateCrc",
                                               [](ZipEntry& entry) {
                                                 entry.method = 8;
                                                 entry.crc = 0x12345678;
                                               },
                                               "its CRC is wrong"),
                                           changed(
                                               "DeflateIsShorter",
                                               [](ZipEntry& entry) {
                                                 entry.method = 8;
                                                 entry.size = 10;
                                               },
                                               "it has another size than announced"),
                                           changed(
                                               "DeflateIsLonger",
                                               [](ZipEntry& entry) {
                                                 entry.method = 8;
                                                 entry.size = 5;
                                               },
                                               "it has another size than announced"),
                                           changed(
                                               "DeflateIsDamaged",
                                               [](ZipEntry& entry) {
                                                 entry.method = 8;
                                                 entry.data = "\x07 nonsense";
                                               },
                                               "its content cannot be unpacked"),
                                           changed(
                                               "DeflateIsCutShort",
                                               [](ZipEntry& entry) {
                                                 entry.method = 8;
                                                 entry.data =
                                                     test::deflate_stored("some text").substr(0, 9);
                                               },
                                               "its content cannot be unpacked"),
                                           Case{"Ratio",
                                                [](WheelBuilder& wheel) {
                                                  ZipEntry& bomb = wheel.add("foo/bomb");
                                                  bomb.method = 8;
                                                  bomb.data = deflate_run(20'000);
                                                  bomb.size = 1 + 258 * 20'000;
                                                },
                                                "it unpacks to more than 100 times its size"},
                                           Case{"Total",
                                                [](WheelBuilder& wheel) {
                                                  ZipEntry& bomb = wheel.add("foo/bomb");
                                                  bomb.method = 8;
                                                  bomb.size = 20'000'000;
                                                },
                                                "it unpacks to more than 10000000 bytes"},
                                           Case{"Count",
                                                [](WheelBuilder& wheel) {
                                                  for (int i = 0; i < 2001; ++i) {
                                                    wheel.add("foo/" + std::to_string(i));
                                                  }
                                                },
                                                "it has 2005 members, more than 2000"},
                                           Case{"DirectoriesOfFewMembers",
                                                [](WheelBuilder& wheel) {
                                                  for (int i = 0; i < 5; ++i) {
                                                    std::string name = std::to_string(i);
                                                    for (int depth = 0; depth < 450; ++depth) {
                                                      name += "/a";
                                                    }
                                                    wheel.add(name);
                                                  }
                                                },
                                                "its members lie in more than 2000 directories"}),
                         [](const auto& test) { return label_of(test); });

INSTANTIATE_TEST_SUITE_P(
    DistInfo, HostileWheel,
    ::testing::Values(
        Case{"None",
             [](WheelBuilder& wheel) {
               std::erase_if(wheel.entries, [](const ZipEntry& entry) {
                 return entry.name.starts_with("foo-1.0.dist-info");
               });
               wheel.record = false;
             },
             "it has no .dist-info directory"},
        Case{"Several", [](WheelBuilder& wheel) { wheel.add("bar-1.0.dist-info/METADATA"); },
             "it has several .dist-info directories, 'foo-1.0.dist-info' and 'bar-1.0.dist-info'"},
        Case{
            "InData",
            [](WheelBuilder& wheel) { wheel.add("foo-1.0.data/purelib/bar-2.dist-info/METADATA"); },
            "member 'foo-1.0.data/purelib/bar-2.dist-info/METADATA': a .dist-info directory lies "
            "in .data"},
        Case{"IsAFile", [](WheelBuilder& wheel) { wheel.add("bar-1.0.dist-info"); },
             "member 'bar-1.0.dist-info': it is a file where a directory is needed"},
        Case{"NoWheel", [](WheelBuilder& wheel) { wheel.remove(in_info("WHEEL")); },
             "it has no foo-1.0.dist-info/WHEEL"},
        Case{"NoMetadata", [](WheelBuilder& wheel) { wheel.remove(in_info("METADATA")); },
             "it has no foo-1.0.dist-info/METADATA"},
        Case{"NoRecord", [](WheelBuilder& wheel) { wheel.record = false; },
             "it has no foo-1.0.dist-info/RECORD"},
        Case{"OfAnotherPackage",
             [](WheelBuilder& wheel) { wheel.file_name = "bar-1.0-py3-none-any.whl"; },
             "its directory 'foo-1.0.dist-info' is of another package or version than its file "
             "name"},
        Case{"OfAnotherVersion",
             [](WheelBuilder& wheel) { wheel.file_name = "foo-1.1-py3-none-any.whl"; },
             "its directory 'foo-1.0.dist-info' is of another package or version than its file "
             "name"},
        text("OtherName", "METADATA", "Name: bar\nVersion: 1.0\n",
             "Name 'bar' is not that of the wheel's file name"),
        text("NoName", "METADATA", "Version: 1.0\n", "Name '' is no package name"),
        text("BadName", "METADATA", "Name: f/oo\nVersion: 1.0\n", "Name 'f/oo' is no package name"),
        text("OtherVersion", "METADATA", "Name: foo\nVersion: 1.1\n",
             "Version '1.1' is not that of the wheel's file name"),
        text("OtherLocalVersion", "METADATA", "Name: foo\nVersion: 1.0+x\n",
             "Version '1.0+x' is not that of the wheel's file name"),
        text("NoVersion", "METADATA", "Name: foo\n",
             "Version '' is not that of the wheel's file name"),
        text("MetadataVersion3", "METADATA", "Metadata-Version: 3.0\nName: foo\nVersion: 1.0\n",
             "Metadata-Version '3.0' is not supported, only 1.x and 2.x are"),
        text("WheelVersion2", "WHEEL", "Wheel-Version: 2.0\n",
             "Wheel-Version '2.0' is not supported, only 1.x is"),
        text("WheelVersion0", "WHEEL", "Wheel-Version: 0.1\n",
             "Wheel-Version '0.1' is not supported, only 1.x is"),
        text("WheelVersionIsNone", "WHEEL", "Wheel-Version: 1.x\n",
             "Wheel-Version '1.x' is no version"),
        text("NoWheelVersion", "WHEEL", "Generator: x\n", "it says no Wheel-Version")),
    [](const auto& test) { return label_of(test); });

INSTANTIATE_TEST_SUITE_P(
    Data, HostileWheel,
    ::testing::Values(
        member("UnknownKey", "foo-1.0.data/boot/x", "there is no place for 'boot' in .data"),
        member("UnknownKeyIsADirectory", "foo-1.0.data/boot/",
               "there is no place for 'boot' in .data"),
        member("FileInsteadOfKey", "foo-1.0.data/scripts",
               "there is no place for 'scripts' in .data"),
        member("ScriptInADirectory", "foo-1.0.data/scripts/sub/x",
               "a script lies in a directory of its own"),
        member("ReservedScript", "foo-1.0.data/scripts/python3",
               "the script name 'python3' is reserved"),
        member("ReservedProgram", "foo-1.0.data/data/bin/Python3.13T",
               "the script name 'Python3.13T' is reserved"),
        member("ConfigurationBesidePython", "foo-1.0.data/scripts/pyvenv.cfg",
               "the script name 'pyvenv.cfg' is reserved"),
        member("ConfigurationAsData", "foo-1.0.data/data/bin/Pyvenv.CFG",
               "the script name 'Pyvenv.CFG' is reserved"),
        member("FileIsBin", "foo-1.0.data/data/bin", "it is a file where a directory is needed"),
        member("FileIsLib64", "foo-1.0.data/data/lib64",
               "it is a file where a directory is needed"),
        member("FileIsTheLibrary", "foo-1.0.data/data/lib64/python3.11",
               "it is a file where a directory is needed"),
        member("OurStartFile", "!pyenvlaunch.pth", "its place is reserved"),
        member("OurStartFileInPurelib", "foo-1.0.data/purelib/!pyenvlaunch.roots.pth",
               "its place is reserved"),
        member("OurHiddenStartFile", ".pyenvlaunch.roots.pth", "its place is reserved"),
        member("OurStartFileInData",
               "foo-1.0.data/data/lib/python3.11/site-packages/!pyenvlaunch.pth",
               "its place is reserved"),
        member("OurRecord", "foo-1.0.data/data/pyenvlaunch.edits", "its place is reserved"),
        member("PyvenvCfg", "foo-1.0.data/data/pyvenv.cfg", "its place is reserved"),
        member("Index", "foo-1.0.data/data/INDEX", "its place is reserved"),
        member("OurSitePackages", "foo-1.0.data/data/lib/python3/site-packages/x",
               "its place is reserved"),
        member("FileIsSitePackages", "foo-1.0.data/data/lib/python3.11/site-packages",
               "it is a file where a directory is needed")),
    [](const auto& test) { return label_of(test); });

INSTANTIATE_TEST_SUITE_P(
    EntryPoints, HostileWheel,
    ::testing::Values(
        text("Slash", "entry_points.txt", "[console_scripts]\n../x = foo:main\n",
             "line 2: the script name '../x' is no file name"),
        text("Reserved", "entry_points.txt", "[gui_scripts]\nPythonW = foo:main\n",
             "line 2: the script name 'PythonW' is reserved"),
        text("Configuration", "entry_points.txt", "[console_scripts]\npyvenv.cfg = foo:main\n",
             "line 2: the script name 'pyvenv.cfg' is reserved"),
        text("Value", "entry_points.txt", "[console_scripts]\n\nx = foo:main; import os\n",
             "line 3: script 'x': 'foo:main; import os' is not of the form 'module:function'"),
        text("NotUtf8", "entry_points.txt", "[x]\n\xff = y\n", "line 2: it is not UTF-8")),
    [](const auto& test) { return label_of(test); });

INSTANTIATE_TEST_SUITE_P(
    Record, HostileWheel,
    ::testing::Values(Case{"WrongHash",
                           [](WheelBuilder& wheel) {
                             wheel.add(wheel.record_name(),
                                       wheel.record_text() +
                                           WheelBuilder::row("foo/__init__.py", "other text ..\n"));
                           },
                           "RECORD: 'foo/__init__.py': it has 16 bytes, not 14"},
                      Case{"NotListed",
                           [](WheelBuilder& wheel) {
                             const std::string record = wheel.record_text();
                             wheel.add("foo/more.py");
                             wheel.add(wheel.record_name(), record);
                           },
                           "RECORD: 'foo/more.py' is in the wheel but not listed"},
                      Case{"NotThere",
                           [](WheelBuilder& wheel) {
                             wheel.add(wheel.record_name(),
                                       wheel.record_text() + WheelBuilder::row("foo/more.py", ""));
                           },
                           "RECORD: 'foo/more.py' is listed but not in the wheel"},
                      Case{"Malformed",
                           [](WheelBuilder& wheel) {
                             wheel.add(wheel.record_name(), "foo\n" + wheel.record_text());
                           },
                           "RECORD: line 1: it has 1 fields, not 3"}),
    [](const auto& test) { return label_of(test); });

constexpr std::size_t kStep = 7;  // fuzzing tries them all

// Cut anywhere, a wheel is refused, and no cut crashes.
TEST(TruncatedWheel, IsRefusedAtAnyLength) {
  const test::TempDir dir;
  const WheelBuilder wheel;
  const std::string whole = wheel.bytes();
  const Store store(dir.path() / "home");
  store.prepare();
  const std::string file = dir.path() / wheel.file_name;
  for (std::size_t size = 0; size < whole.size(); size += kStep) {
    test::write_file(file, whole.substr(0, size));
    try {
      static_cast<void>(store.add(file, wheel.file_name, std::nullopt, Trust::nobody));
      ADD_FAILURE() << "added with " << size << " bytes";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::corrupt) << error.message();
      EXPECT_NE(error.message().find(file), std::string::npos) << error.message();
    }
  }
  EXPECT_TRUE(fs::is_empty(store.layout().tmp()));
}

// No change of one byte makes a wheel that is taken in with other content under the same names.
TEST(DamagedWheel, IsRefusedOrHarmlessAtAnyByte) {
  const test::TempDir dir;
  const WheelBuilder wheel;
  const std::string whole = wheel.bytes();
  const Store store(dir.path() / "home");
  store.prepare();
  const std::string file = dir.path() / wheel.file_name;
  for (std::size_t at = 0; at < whole.size(); at += kStep) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x41);
    test::write_file(file, damaged);
    try {
      const Store::Added added = store.add(file, wheel.file_name, std::nullopt, Trust::nobody);
      const std::string site_packages = store.layout().site_packages(added.id);
      EXPECT_EQ(test::read_file(site_packages + "/foo/__init__.py"), "VERSION = '1.0'\n") << at;
      EXPECT_TRUE(store.verify({{added.id}}, Store::Depth::deep).empty());
      store.remove(added.id);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::corrupt) << error.message();
    }
  }
  EXPECT_TRUE(fs::is_empty(store.layout().tmp()));
}

}  // namespace
}  // namespace pel
