#include "store/layout/mapped_trees.hpp"

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/base/error.hpp"
#include "store/format/index_builder.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

class MappedTreesTest : public ::testing::Test {
 protected:
  void add(const std::string& id) {
    IndexBuilder builder;
    builder.add_file("lib/python3/site-packages/m.py", {});
    IndexedTree tree;
    tree.name = "a";
    tree.version = "1.0";
    test::write_file(layout_.index(id), builder.finish(tree));
  }

  Error failure(const std::vector<std::string>& ids) {
    try {
      const MappedTrees mapped(layout_, ids);
    } catch (const Error& error) {
      return error;
    }
    throw std::logic_error("no exception");
  }

  test::TempDir dir_;
  StoreLayout layout_{dir_.path().string()};
};

TEST_F(MappedTreesTest, KeepsTheOrder) {
  add("b");
  add("a");
  const MappedTrees mapped(layout_, std::vector<std::string>{"b", "a"});
  ASSERT_EQ(mapped.trees().size(), 2U);
  EXPECT_EQ(mapped.trees()[0].id, "b");
  EXPECT_EQ(mapped.trees()[1].root, layout_.wheel("a"));
  EXPECT_EQ(display_name(mapped.trees()[0]), "a-1.0");
  EXPECT_EQ(site_packages_of(mapped.trees()[0]), layout_.site_packages("b"));
}

TEST_F(MappedTreesTest, NamesTheFileThatIsMissingOrDamaged) {
  const Error missing = failure({"gone"});
  EXPECT_EQ(missing.code(), ErrorCode::not_found);
  EXPECT_EQ(missing.message(), "cannot read " + layout_.index("gone") + ": no such file");
  test::write_file(layout_.index("bad"), std::string(100, 'x'));
  const Error damaged = failure({"bad"});
  EXPECT_EQ(damaged.code(), ErrorCode::corrupt);
  EXPECT_EQ(damaged.message(),
            "cannot use " + layout_.index("bad") + ": its magic number is wrong");
  EXPECT_FALSE(damaged.hint().empty());
}

TEST_F(MappedTreesTest, AFileThatOthersCanChangeIsNotBelieved) {
  add("a");
  fs::permissions(layout_.index("a"), fs::perms(0666));
  EXPECT_EQ(failure({"a"}).message(),
            "cannot use " + layout_.index("a") + ": others than its owner can change it");
}

}  // namespace
}  // namespace pel
