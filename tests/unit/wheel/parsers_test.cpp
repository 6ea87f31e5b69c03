// The readers of what lies in .dist-info, of names, and the hasher.

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "store/base/text.hpp"
#include "store/wheel/byte_view.hpp"
#include "store/wheel/digest.hpp"
#include "store/wheel/entry_points.hpp"
#include "store/wheel/foreign_text.hpp"
#include "store/wheel/header_fields.hpp"
#include "store/wheel/install_scheme.hpp"
#include "store/wheel/record.hpp"
#include "store/wheel/record_check.hpp"
#include "store/wheel/refusal.hpp"
#include "store/wheel/sha256_hasher.hpp"

namespace pel {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

TEST(Sha256Hasher, KnowsTheStandardsExamples) {
  EXPECT_EQ(sha256_of({}).hex(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_of(bytes_of("abc")).hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256Hasher, TakesPiecesAndStartsAnew) {
  Sha256Hasher hasher;
  hasher.update(bytes_of("a"));
  hasher.update({});
  hasher.update(bytes_of("bc"));
  EXPECT_EQ(hasher.finish(), sha256_of(bytes_of("abc")));
  EXPECT_EQ(hasher.finish(), sha256_of({}));
}

TEST(RecordDigest, KnowsThreeAlgorithms) {
  for (const auto& [name, size] :
       {std::pair{"sha256", 32U}, std::pair{"sha384", 48U}, std::pair{"sha512", 64U}}) {
    EXPECT_EQ(record_digest_size(name), size);
    EXPECT_EQ(record_digest(name, bytes_of("abc")).size(), size);
  }
  EXPECT_FALSE(record_digest_size("md5").has_value());
  EXPECT_THROW(static_cast<void>(record_digest("md5", {})), std::logic_error);
}

TEST(ByteView, NeverReadsOutside) {
  const ByteView view(bytes_of("\1\2\3\4\5"));
  EXPECT_EQ(view.u16(0), 0x0201U);
  EXPECT_EQ(view.u32(1), 0x05040302U);
  EXPECT_EQ(view.u32(2), 0U);
  EXPECT_EQ(view.u64(0), 0U);
  EXPECT_FALSE(view.has(6, 0));
  EXPECT_FALSE(view.has(~std::uint64_t{0}, 2));
  EXPECT_EQ(view.text(3, 2), "\4\5");
  EXPECT_EQ(view.text(3, 3), "");
  EXPECT_FALSE(view.range(5, 1).has_value());
}

TEST(ForeignText, FindsControlCharacters) {
  EXPECT_FALSE(has_control_character("a é€😀\xC2\xA0"));
  for (const std::string_view bad : {"\n", "a\x1B[", "\x7F", "\xC2\x85", "\xC2\x9B"}) {
    EXPECT_TRUE(has_control_character(bad)) << quote(bad);
  }
}

TEST(ForeignText, QuotesForATerminal) {
  EXPECT_EQ(quote("é"), "'é'");
  EXPECT_EQ(quote("a\x1B\xFF\xC2\x9B"), "'a\\x1b\\xff\\xc2\\x9b'");
  EXPECT_EQ(quote(std::string(2000, 'a')),
            "'" + std::string(40, 'a') + "…" + std::string(40, 'a') + "'");
}

TEST(HeaderFields, TakesTheFirstInAnyCase) {
  const HeaderFields fields = HeaderFields::parse("Name: foo\r\nVERSION:1.0 \r\nname: bar\r\n");
  EXPECT_EQ(fields.first("name"), "foo");
  EXPECT_EQ(fields.first("Version"), "1.0");
  EXPECT_EQ(fields.first("Missing"), "");
}

TEST(HeaderFields, JoinsFoldedLinesAndEndsAtTheBody) {
  const HeaderFields fields =
      HeaderFields::parse("Tag: py3-none\n  -any\nFolded:\n\tvalue\n\nName: body\n");
  EXPECT_EQ(fields.first("Tag"), "py3-none\n-any");
  EXPECT_EQ(fields.first("Folded"), "value");
  EXPECT_EQ(fields.first("Name"), "");
}

TEST(HeaderFields, PassesOverWhatIsNoField) {
  const HeaderFields fields =
      HeaderFields::parse(" folded first\nBad Name: x\nName: y\nbody\nZ: z");
  EXPECT_EQ(fields.all().size(), 1U);
  EXPECT_EQ(fields.first("Name"), "y");
}

TEST(EntryPoints, ReadsAsImportlibDoes) {
  const std::vector<EntryPoint> expected{
      {"console_scripts", "main", "pkg.mod:func"},
      {"console_scripts", "lap_pair", "pkg:attr.sub[cli]"},
      {"console_scripts", "main_bar", "pkg : f [bar,baz]"},
      {"a group", "key with spaces", "value = more"},
      {"a group", "empty", ""},
  };
  EXPECT_EQ(parse_entry_points("# comment\n; too\n\n[console_scripts]\r\nmain=pkg.mod:func\n"
                               "  lap_pair = pkg:attr.sub[cli]\nmain_bar = pkg : f [bar,baz]\n"
                               "[ a group ]\nkey with spaces = value = more\nempty =\n"),
            expected);
  EXPECT_TRUE(parse_entry_points("").empty());
}

TEST(EntryPoints, RejectsWhatCannotBeAProgram) {
  struct Bad {
    const char* text;
    const char* message;
  };

  for (const Bad& bad : {
           Bad{"x = y", "line 1: an entry comes before the first section"},
           Bad{"[a]\nx: y", "line 2: 'x: y' is neither a section nor 'name = value'"},
           Bad{"[console_scripts]\na/b = c:d", "line 2: the script name 'a/b' is no file name"},
           Bad{"[console_scripts]\n = c:d", "line 2: the script name '' is no file name"},
           Bad{"[console_scripts]\n.. = c:d", "line 2: the script name '..' is no file name"},
           Bad{"[console_scripts]\na\\b = c:d", "line 2: the script name 'a\\b' is no file name"},
           Bad{"[gui_scripts]\nPYTHON3.11 = c:d",
               "line 2: the script name 'PYTHON3.11' is reserved"},
       }) {
    try {
      static_cast<void>(parse_entry_points(bad.text));
      ADD_FAILURE() << "accepted: " << bad.text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::corrupt);
      EXPECT_EQ(error.message(), bad.message);
    }
  }
}

TEST(EntryPoints, KnowsATarget) {
  for (const std::string_view good : {"a:b", "a.b:c.d", " a : b ", "a:b [x]", "a:b[x,y]", "é:_1"}) {
    EXPECT_TRUE(is_program_target(good)) << good;
  }
  for (const std::string_view bad :
       {"", "a", ":weh", "weh:", "a:b:c", "a:b()", "a-b:c", "a..b:c", "a.:c", ".a:c", "1a:b",
        "a:b]", "a:b[", "a:b[x]y", "a:b [[x]]", "a b:c", "a:b; c"}) {
    EXPECT_FALSE(is_program_target(bad)) << bad;
  }
}

TEST(Record, ReadsCsv) {
  const Record record = parse_record("a.py,sha256=xyz,12\r\n\"b,\"\"c.py\",SHA256=q,\n./d,,\n\n");
  EXPECT_TRUE(record.faults.empty());
  ASSERT_EQ(record.rows.size(), 3U);
  EXPECT_EQ(record.rows[0].path, "a.py");
  EXPECT_EQ(record.rows[0].algorithm, "sha256");
  EXPECT_EQ(record.rows[0].digest, "xyz");
  EXPECT_EQ(record.rows[0].size, 12U);
  EXPECT_EQ(record.rows[1].path, "b,\"c.py");
  EXPECT_FALSE(record.rows[1].size.has_value());
  EXPECT_EQ(record.rows[2].path, "d");
  EXPECT_EQ(record.rows[2].line, 3U);
}

TEST(Record, ReportsRowsThatItCannotRead) {
  const Record record = parse_record("a\nb,c,d\ne,,f\n\"g,,\n\"h\"i,,\n,,\n\xff,,\n");
  EXPECT_TRUE(record.rows.empty());
  EXPECT_EQ(
      record.faults,
      (std::vector<std::string>{
          "line 1: it has 1 fields, not 3", "line 2: 'c' is not of the form 'algorithm=digest'",
          "line 3: the size 'f' is no number", "line 4: its quotes do not match",
          "line 5: its quotes do not match", "line 6: it has no path", "line 7: it is not UTF-8"}));
}

TEST(Record, DecodesBase64AndHex) {
  EXPECT_EQ(decode_digest("AAEC-_8", 5), std::string("\0\1\2\xFB\xFF", 5));
  EXPECT_EQ(decode_digest("AAEC-_8=", 5), std::string("\0\1\2\xFB\xFF", 5));
  EXPECT_EQ(decode_digest("000102fBff", 5), std::string("\0\1\2\xFB\xFF", 5));
  EXPECT_FALSE(decode_digest("AAEC+/8", 5).has_value());
  EXPECT_FALSE(decode_digest("AAEC", 5).has_value());
  EXPECT_FALSE(decode_digest("", 5).has_value());
}

TEST(Record, WritesWhatItReads) {
  RecordWriter writer;
  const Sha256 digest = sha256_of({});
  writer.add("a,\"b", digest, 7);
  writer.add_itself("RECORD");
  const Record record = parse_record(writer.text());
  ASSERT_EQ(record.rows.size(), 2U);
  EXPECT_EQ(record.rows[0].path, "a,\"b");
  EXPECT_EQ(record.rows[0].digest, digest.base64());
  EXPECT_EQ(record.rows[0].size, 7U);
  EXPECT_EQ(record.rows[1].path, "RECORD");
  EXPECT_EQ(record.rows[1].algorithm, "");
}

std::vector<std::string> check(const std::string& record) {
  const std::vector<RecordedFile> files{{"a", 3, sha256_of(bytes_of("abc"))},
                                        {"x.dist-info/RECORD", 9, {}},
                                        {"x.dist-info/RECORD.jws", 9, {}},
                                        {"x.dist-info/RECORD.p7s", 9, {}}};
  return check_record(record, "x.dist-info", files,
                      [](std::string_view, std::string_view algorithm) {
                        return record_digest(algorithm, bytes_of("abc"));
                      });
}

std::string faults_of(const std::string& row) {
  std::string text;
  for (const std::string& fault : check(row)) {
    text += fault + "\n";
  }
  return text;
}

TEST(RecordCheck, AcceptsEachRightDigest) {
  const std::string base64 = sha256_of(bytes_of("abc")).base64();
  EXPECT_EQ(faults_of("a,sha256=" + base64 + ",3\n"), "");
  EXPECT_EQ(faults_of("a,sha256=" + base64 + "=,\r\n"), "");
  EXPECT_EQ(faults_of("a,sha256=" + sha256_of(bytes_of("abc")).hex() + ",3\n"), "");
  EXPECT_EQ(faults_of("a,sha384=ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP_W-2AhgcroefMI1i67KE0yCWn,"
                      "3\ndirectory/,,\n"),
            "");
  EXPECT_EQ(faults_of("a,sha512=3a81oZNherrMQXNJriBBMRLm-k6JqX6iCp7u5ktV05ohkpkqJ0_BqDa6PCOj_uu9RU1"
                      "EI2Q86A4qmslPpUyknw,3\n"),
            "");
}

TEST(RecordCheck, SaysWhatIsWrong) {
  const std::string right = "a,sha256=" + sha256_of(bytes_of("abc")).base64() + ",3\n";
  const std::string wrong = sha256_of({}).base64();
  EXPECT_EQ(faults_of("a,sha256=" + wrong + ",3\n"), "RECORD: 'a': it has another hash\n");
  EXPECT_EQ(faults_of("a,sha512=" + std::string(86, 'A') + ",3\n"),
            "RECORD: 'a': it has another hash\n");
  EXPECT_EQ(faults_of("a,sha256=" + wrong + ",4\n"), "RECORD: 'a': it has 3 bytes, not 4\n");
  EXPECT_EQ(faults_of("a,,3\n"), "RECORD: 'a': its row has no hash\n");
  EXPECT_EQ(faults_of("a,md5=x,3\n"),
            "RECORD: 'a': its row has a hash by 'md5'; only sha256 and better are accepted\n");
  EXPECT_EQ(faults_of("a,sha256=x,3\n"), "RECORD: 'a': the hash 'x' is malformed\n");
  EXPECT_EQ(faults_of(""), "RECORD: 'a' is in the wheel but not listed\n");
  EXPECT_EQ(faults_of(right + "b," + right.substr(2)),
            "RECORD: 'b' is listed but not in the wheel\n");
}

TEST(RecordCheck, CutsALongListShort) {
  std::string record = "a,sha256=" + sha256_of(bytes_of("abc")).base64() + ",3\n";
  for (int i = 0; i < 60; ++i) {
    record += concat("b", std::to_string(i), ",,\n");
  }
  const std::vector<std::string> faults = check(record);
  ASSERT_EQ(faults.size(), 51U);
  EXPECT_EQ(faults.back(), "RECORD: 10 more such mistakes");
}

TEST(InstallScheme, PutsEachMemberInItsPlace) {
  const Refusal refusal("x.whl");
  const InstallScheme scheme(WheelName::parse("Foo_Bar-1.0-py3-none-any.whl"),
                             "Foo_Bar-1.0.dist-info", refusal);
  const std::string site = "lib/python3/site-packages/";
  const std::vector<std::pair<std::string, std::string>> places{
      {"foo/x.py", site + "foo/x.py"},
      {"foo/", site + "foo/"},
      {"top.py", site + "top.py"},
      {"other.data/scripts/x", site + "other.data/scripts/x"},
      {"Foo_Bar-1.0.data", site + "Foo_Bar-1.0.data"},
      {"Foo_Bar-1.0.data/", ""},
      {"Foo_Bar-1.0.data/scripts/", ""},
      {"Foo_Bar-1.0.data/purelib/x.py", site + "x.py"},
      {"foo.bar-1.0.data/platlib/x.so", site + "x.so"},
      {"Foo_Bar-1.0.data/scripts/run", "bin/run"},
      {"Foo_Bar-1.0.data/headers/a/b.h", "include/site/python3/foo-bar/a/b.h"},
      {"Foo_Bar-1.0.data/data/share/x", "share/x"},
      {"Foo_Bar-1.0.data/data/lib/libx.so", "lib/libx.so"},
      {"Foo_Bar-1.0.data/data/lib64/libx.so", "lib64/libx.so"},
      {"Foo_Bar-1.0.data/data/lib/python3.11/x.txt", "lib/python3.11/x.txt"},
      {"Foo_Bar-1.0.data/data/lib/python3.11/site-packages/a/x.py", site + "a/x.py"},
      {"Foo_Bar-1.0.data/data/lib64/python3.9/site-packages/x.py", site + "x.py"},
      {"Foo_Bar-1.0.data/data/lib/pythonx/site-packages/x.py", "lib/pythonx/site-packages/x.py"},
      {"Foo_Bar-1.0.data/data/bin/pythonic", "bin/pythonic"},
  };
  for (const auto& [member, place] : places) {
    EXPECT_EQ(scheme.place(member).path, place) << member;
  }
  EXPECT_TRUE(scheme.place("Foo_Bar-1.0.data/scripts/run").is_script);
  EXPECT_FALSE(scheme.place("Foo_Bar-1.0.data/data/bin/run").is_script);
}

TEST(InstallScheme, KnowsReservedScripts) {
  for (const char* const name : {"python", "Python", "pythonw", "python3", "python3.11",
                                 "PYTHON3.13t", "python2.7.18", "pyvenv.cfg", "PYVENV.cfg"}) {
    EXPECT_TRUE(is_reserved_script(name)) << name;
  }
  for (const char* const name : {"python-config", "pythonic", "ipython", "python3-config",
                                 "pythont", "python3.11tt", "python.3", "pytho"}) {
    EXPECT_FALSE(is_reserved_script(name)) << name;
  }
}

TEST(InstallScheme, NamesPathsAsRecordDoes) {
  EXPECT_EQ(record_path("lib/python3/site-packages/a/b.py"), "a/b.py");
  EXPECT_EQ(record_path("bin/ruff"), "../../../bin/ruff");
  EXPECT_EQ(record_path("lib/libx.so"), "../../libx.so");
  EXPECT_EQ(record_path("lib/python3/x"), "../x");
  EXPECT_EQ(record_path("lib64/libx.so"), "../../../lib64/libx.so");
  EXPECT_EQ(record_path("lib"), "../../../lib");
}

}  // namespace
}  // namespace pel
