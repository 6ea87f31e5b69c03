#include "store/interpreter/bytecode.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <map>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "store/base/mapped_file.hpp"
#include "store/base/text.hpp"
#include "store/format/index_builder.hpp"
#include "store/format/pack_builder.hpp"
#include "store/format/pack_view.hpp"
#include "store/interpreter/bytecode_tree.hpp"
#include "store/interpreter/interpreter.hpp"
#include "store/interpreter/process.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/interpreter/machine.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

constexpr const char* kId = "a-1.0-py3-none-any-0123456789abcdef";

class BytecodeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (test::real_interpreters().empty()) {
      GTEST_SKIP() << "there is no interpreter on this machine";
    }
    facts_ = ask_interpreter(test::any_interpreter(), "");
  }

  [[nodiscard]] fs::path in_site_packages(const std::string& name) const {
    return fs::path(layout_.site_packages(kId)) / name;
  }

  // A stored tree with these files below its root.
  void make_tree(const std::map<std::string, std::string>& files, const std::string& root) const {
    IndexBuilder builder;
    for (const auto& [name, text] : files) {
      test::write_file(fs::path(root) / name, text);
      IndexedFile file;
      file.size = text.size();
      builder.add_file(name, file);
    }
    IndexedTree tree;
    tree.name = "a";
    test::write_file(fs::path(root) / "INDEX", builder.finish(tree));
  }

  void make_wheel(const std::map<std::string, std::string>& modules) const {
    std::map<std::string, std::string> files{{"bin/script.py", "1"}};
    for (const auto& [name, text] : modules) {
      files.emplace(concat(index_format::kSitePackages, "/", name), text);
    }
    make_tree(files, layout_.wheel(kId));
  }

  void compile(unsigned optimization = 0, unsigned jobs = 2) const {
    const std::vector<std::string> ids{kId};
    compile_bytecode(facts_, layout_, ids, optimization, jobs);
  }

  [[nodiscard]] fs::path pack_path(unsigned optimization = 0) const {
    return fs::path(layout_.bytecode(kId)) / pack_file_name(facts_.cache_tag, optimization);
  }

  // The code of each module that has one, by its path below site-packages.
  [[nodiscard]] std::map<std::string, std::string> codes(unsigned optimization = 0) const {
    std::map<std::string, std::string> result;
    int error = 0;
    const MappedFile file =
        MappedFile::open(pack_path(optimization).c_str(), MappedFile::Trust::own_or_root, error);
    const char* reason = nullptr;
    const auto pack = PackView::open(file.bytes(), facts_.bytecode_magic, optimization, reason);
    EXPECT_TRUE(pack) << reason;
    for (const SourceFile& source : sources_of_tree(layout_, kId)) {
      std::span<const std::byte> code;
      if (pack && pack->find(source.number, code) == PackView::Lookup::found) {
        result[fs::path(source.path).lexically_relative(in_site_packages("")).string()] =
            std::string(reinterpret_cast<const char*>(code.data()), code.size());
      }
    }
    return result;
  }

  // What marshalled code prints when the interpreter runs it.
  [[nodiscard]] std::string run(const std::string& code) const {
    const std::vector<std::string> argv{
        facts_.executable, "-I", "-S", "-c",
        "import marshal, sys\ncode = marshal.loads(sys.stdin.buffer.read())\n"
        "exec(code, {'code': code})"};
    return run_process(argv, {.input = code}).out;
  }

  test::TempDir dir_;
  StoreLayout layout_{(dir_.path() / "home").string()};
  InterpreterFacts facts_;
};

TEST_F(BytecodeTest, EachInterpreterCanRunWhatItCompiled) {
  make_wheel({{"m.py", "def f(): return code.co_filename\nprint(f())\n"},
              {"p/__init__.py", ""},
              {"p/latin.py", "# -*- coding: latin-1 -*-\nprint(ascii('\xE4'))\n"},
              {"p/bom.py", "\xEF\xBB\xBFprint('bom')\n"},
              {"p/0001_initial.py", "print('number')\r\n"},
              {"p/\xC3\xA4.py", "print(ascii(code.co_filename[-4:]))"},
              {"data.txt", "no module"}});
  for (const fs::path& python : test::real_interpreters()) {
    facts_ = ask_interpreter(python.string(), "");
    compile();
    const auto found = codes();
    ASSERT_EQ(found.size(), 6U) << python;
    EXPECT_EQ(run(found.at("m.py")), in_site_packages("m.py").string() + "\n");
    EXPECT_EQ(run(found.at("p/latin.py")), "'\\xe4'\n");
    EXPECT_EQ(run(found.at("p/bom.py")), "bom\n");
    EXPECT_EQ(run(found.at("p/0001_initial.py")), "number\n");
    EXPECT_EQ(run(found.at("p/\xC3\xA4.py")), "'\\xe4.py'\n");
  }
}

TEST_F(BytecodeTest, FilesThatCannotBeCompiledAreLeftOut) {
  std::string deep(200'000, '-');
  make_wheel({{"good.py", "print(1)"},
              {"python2.py", "print 1\n"},
              {"null.py", std::string("x = 1\0", 6)},
              {"coding.py", "# coding: no-such-coding\n"},
              {"utf8.py", "x = '\xFF'\n"},
              {"deep.py", deep + "1"},
              {"nested.py", std::string(5'000, '(') + std::string(5'000, ')')},
              {"warns.py", "'\\d' is 1\nassert (1, 2)\n"},
              {"zzz.py", "print(2)"}});
  BytecodeCompiler compiler(facts_, layout_, {.jobs = 1});
  compiler.enqueue(kId);
  compiler.finish();
  const auto found = codes();
  EXPECT_TRUE(found.contains("good.py"));
  EXPECT_TRUE(found.contains("warns.py"));
  EXPECT_TRUE(found.contains("zzz.py"));
  for (const char* name : {"python2.py", "null.py", "coding.py", "utf8.py", "nested.py"}) {
    EXPECT_FALSE(found.contains(name)) << name;
  }
  EXPECT_EQ(compiler.statistics().compiled, found.size());
  EXPECT_EQ(compiler.statistics().skipped, 9 - found.size());
  EXPECT_EQ(compiler.statistics().packs, 1U);
}

TEST_F(BytecodeTest, AFileThatHangsTheWorkerIsSkipped) {
  make_wheel({{"a.py", "print(1)"}, {"hang.py", ""}, {"z.py", "print(2)"}});
  fs::remove(in_site_packages("hang.py"));
  ASSERT_EQ(::mkfifo(in_site_packages("hang.py").c_str(), 0600), 0);
  BytecodeCompiler compiler(facts_, layout_,
                            {.jobs = 1, .file_timeout = std::chrono::milliseconds(1000)});
  compiler.enqueue(kId);
  compiler.finish();
  const auto found = codes();
  EXPECT_EQ(found.size(), 2U);
  EXPECT_TRUE(found.contains("a.py") && found.contains("z.py"));
}

TEST_F(BytecodeTest, ManyFilesAreSharedByTheWorkersAndDoNotDependOnTheirNumber) {
  std::map<std::string, std::string> modules;
  for (int i = 0; i < 500; ++i) {
    const std::string number = std::to_string(i);
    modules[concat("p/m", number, ".py")] =
        concat("import os\nx", number, " = 'text'\ndef f(a, b=", number, "): return a + b\n");
  }
  make_wheel(modules);
  compile(0, 1);
  const std::string first = test::read_file(pack_path());
  EXPECT_EQ(codes().size(), 500U);
  fs::remove(pack_path());
  compile(0, 3);
  EXPECT_EQ(codes().size(), 500U);
  EXPECT_EQ(test::read_file(pack_path()), first);
}

TEST_F(BytecodeTest, OptimisationLevelsHavePacksOfTheirOwn) {
  make_wheel({{"m.py", "'''doc'''\nassert False\nprint(globals().get('__doc__'))\n"}});
  compile(1);
  compile(2);
  EXPECT_FALSE(fs::exists(pack_path(0)));
  EXPECT_EQ(run(codes(1).at("m.py")), "doc\n");
  EXPECT_EQ(run(codes(2).at("m.py")), "None\n");
}

TEST_F(BytecodeTest, PacksAreReadOnlyAndAloneInTheirFolder) {
  make_wheel({{"m.py", ""}});
  compile();
  struct stat status{};
  ASSERT_EQ(::stat(pack_path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0444U);
  EXPECT_EQ(std::distance(fs::directory_iterator(layout_.bytecode(kId)), {}), 1);
}

TEST_F(BytecodeTest, AValidPackIsLeftAloneAndADamagedOneReplaced) {
  make_wheel({{"m.py", "print(1)"}});
  compile();
  struct stat before{};
  struct stat after{};
  ASSERT_EQ(::stat(pack_path().c_str(), &before), 0);
  compile();
  ASSERT_EQ(::stat(pack_path().c_str(), &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino);

  fs::permissions(pack_path(), fs::perms::owner_all);
  test::write_file(pack_path(), "PELPACK\n damaged");
  compile();
  EXPECT_EQ(codes().size(), 1U);
}

TEST_F(BytecodeTest, ATreeWithoutModulesHasAnEmptyPack) {
  make_wheel({{"data.txt", ""}});
  compile();
  EXPECT_TRUE(codes().empty());
  EXPECT_TRUE(fs::exists(pack_path()));
}

TEST_F(BytecodeTest, CompositesAreCompiledToo) {
  const std::string root = layout_.composites() + "/0123";
  make_tree({{concat(index_format::kSitePackages, "/m.py"), "print(1)"}}, root);
  const std::vector<std::string> ids{"0123"};
  compile_bytecode(facts_, layout_, ids, 0, 1);
  EXPECT_TRUE(fs::exists(layout_.bytecode("0123")));
  EXPECT_EQ(sources_of_tree(layout_, "0123").at(0).path,
            concat(root, "/", index_format::kSitePackages, "/m.py"));
}

TEST_F(BytecodeTest, TreesMayComeOneByOneFromSeveralThreads) {
  make_wheel({{"m.py", "print(1)"}});
  BytecodeCompiler compiler(facts_, layout_, {});
  compiler.enqueue(kId);
  compiler.enqueue(kId);
  for (int i = 0; i < 20; ++i) {
    const std::string id = concat("c", std::to_string(i));
    make_tree({{concat(index_format::kSitePackages, "/m.py"), "print(1)"}}, layout_.wheel(id));
    compiler.enqueue(id);
  }
  compiler.finish();
  EXPECT_EQ(compiler.statistics().packs, 21U);
}

TEST_F(BytecodeTest, GivingUpIsQuickAndLeavesNothing) {
  make_wheel({{"hang.py", ""}});
  fs::remove(in_site_packages("hang.py"));
  ASSERT_EQ(::mkfifo(in_site_packages("hang.py").c_str(), 0600), 0);
  {
    BytecodeCompiler compiler(facts_, layout_,
                              {.jobs = 1, .file_timeout = std::chrono::milliseconds(200)});
    compiler.enqueue(kId);
  }
  EXPECT_TRUE(!fs::exists(layout_.bytecode(kId)) || fs::exists(pack_path()));
}

TEST_F(BytecodeTest, WhatConcernsAllFilesIsAnError) {
  make_wheel({{"m.py", ""}});
  const InterpreterFacts good = facts_;
  const auto failure = [this] {
    try {
      compile();
    } catch (const Error& error) {
      return error.message();
    }
    return std::string("no error");
  };
  facts_.executable = "/bin/false";
  EXPECT_EQ(failure(), "cannot compile with /bin/false: it does not start");
  facts_ = good;
  ++facts_.bytecode_magic;
  EXPECT_EQ(failure(), concat("cannot compile with ", facts_.executable,
                              ": it was replaced while it was in use"));
  facts_ = good;
  fs::remove(in_site_packages("m.py"));
  EXPECT_EQ(failure(), concat("cannot read ", in_site_packages("m.py").string(), " to compile it"));
  fs::remove_all(layout_.wheel(kId));
  EXPECT_EQ(failure(),
            concat("cannot compile '", kId, "': it is not in the store ", layout_.root()));
  EXPECT_FALSE(fs::exists(pack_path()));
}

}  // namespace
}  // namespace pel
