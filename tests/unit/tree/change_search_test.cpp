#include "store/tree/change_search.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/tree/store.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wheel_builder.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

constexpr int kFolders = 9;
constexpr int kFilesInEach = 60;  // more in all than one thread looks at

class SearchForChanges : public ::testing::Test {
 protected:
  SearchForChanges() {
    store_.prepare();
    for (const std::string name : {"one", "two", "three"}) {
      test::WheelBuilder wheel(name);
      for (int i = 0; name == "two" && i < kFolders * kFilesInEach; ++i) {
        const std::string folder = "two/f" + std::to_string(i / kFilesInEach);
        wheel.add(folder + "/" + std::to_string(i) + ".txt", "data");
      }
      wheel.add(wheel.stem + ".data/data/share/" + name + ".txt", "data");
      const std::string file = wheel.write(dir_.path());
      const std::string id = store_.add(file, wheel.file_name, std::nullopt, Trust::nobody).id;
      roots_.push_back(store_.layout().wheel(id));
    }
  }

  [[nodiscard]] std::vector<ChangeSearch::Found> find() const {
    ChangeSearch search;
    for (const std::string& root : roots_) {
      search.add(root);
    }
    return search.finish();
  }

  // As paths, with the number of the root in front.
  [[nodiscard]] std::vector<std::string> search() const {
    std::vector<std::string> texts;
    for (const ChangeSearch::Found& found : find()) {
      texts.push_back(std::to_string(found.root) + found.path);
    }
    return texts;
  }

  [[nodiscard]] std::vector<std::string> files_of(std::size_t root) const {
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(roots_[root])) {
      if (entry.is_regular_file() && entry.path().filename() != "INDEX") {
        files.push_back(entry.path());
      }
    }
    return files;
  }

  test::TempDir dir_;
  Store store_{(dir_.path() / "home").string()};
  std::vector<std::string> roots_;
};

// As somebody changes it, and then as it was.
void set_mode(const std::string& file, mode_t mode) {
  ASSERT_EQ(::chmod(file.c_str(), mode), 0);
}

TEST_F(SearchForChanges, FindsAnyFile) {
  EXPECT_EQ(search(), std::vector<std::string>());
  const std::vector<std::string> files = files_of(1);
  ASSERT_GT(files.size(), std::size_t{kFolders * kFilesInEach});
  for (std::size_t i = 0; i < files.size(); i += 3) {  // each as good as any
    const std::string& file = files[i];
    set_mode(file, 0644);
    EXPECT_EQ(search(), std::vector<std::string>{"1" + file});
    set_mode(file, 0444);
  }
  EXPECT_EQ(search(), std::vector<std::string>());
}

TEST_F(SearchForChanges, FindsOneOfEachTree) {
  for (std::size_t root = 0; root < roots_.size(); ++root) {
    for (const std::string& file : files_of(root)) {
      set_mode(file, 0644);
    }
  }
  const auto found = find();
  ASSERT_EQ(found.size(), roots_.size());
  for (std::size_t root = 0; root < roots_.size(); ++root) {
    EXPECT_EQ(found[root].root, root);
    EXPECT_TRUE(found[root].path.starts_with(roots_[root] + "/"));
  }
}

TEST_F(SearchForChanges, PassesOverWhatHasNoIndex) {
  roots_.insert(roots_.begin(), (dir_.path() / "missing").string());
  set_mode(files_of(3)[0], 0644);
  EXPECT_EQ(search(), std::vector<std::string>{"3" + files_of(3)[0]});
}

TEST_F(SearchForChanges, MayBeGivenUp) {
  ChangeSearch search;
  for (const std::string& root : roots_) {
    search.add(root);
  }
}

TEST_F(SearchForChanges, OfNothing) {
  EXPECT_TRUE(ChangeSearch().finish().empty());
}

}  // namespace
}  // namespace pel
