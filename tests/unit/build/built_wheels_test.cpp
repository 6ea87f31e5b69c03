#include "store/build/built_wheels.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "store/tree/store.hpp"

namespace pel {
namespace {

class BuiltWheelsTest : public ::testing::Test {
 protected:
  BuiltWheelsTest() {
    root_ = ::testing::TempDir() + "built_wheels_XXXXXX";
    EXPECT_NE(::mkdtemp(root_.data()), nullptr);
    store_.emplace(root_);
    store_->prepare();
    facts_.soabi = "cpython-311-x86_64-linux-gnu";
    other_.soabi = "cpython-312-x86_64-linux-gnu";
  }

  // A wheel file where builds are made; its content does not matter here.
  [[nodiscard]] std::string file(const std::string& name, const std::string& text) const {
    std::string path = store_->layout().tmp() + "/" + name;
    std::ofstream(path) << text;
    return path;
  }

  std::string root_;
  std::optional<Store> store_;
  InterpreterFacts facts_;
  InterpreterFacts other_;
};

TEST_F(BuiltWheelsTest, UniversalOneIsForAll) {
  const BuiltWheels built(store_->layout());
  EXPECT_FALSE(built.find("k", facts_));
  const LockedArtifact wheel = built.publish("k", facts_, file("a-1-py3-none-any.whl", "x"));
  EXPECT_EQ(wheel.path,
            store_->layout().built() + "/k.any/" + wheel.sha256->hex() + "/a-1-py3-none-any.whl");
  EXPECT_EQ(::access(wheel.path.c_str(), R_OK), 0);
  const auto found = built.find("k", other_);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->path, wheel.path);
  EXPECT_FALSE(built.find("other", facts_));
}

TEST_F(BuiltWheelsTest, AnotherIsForItsInterpreterOnly) {
  const BuiltWheels built(store_->layout());
  const std::string name = "a-1-cp311-cp311-linux_x86_64.whl";
  static_cast<void>(built.publish("k", facts_, file(name, "x")));
  EXPECT_TRUE(built.find("k", facts_));
  EXPECT_FALSE(built.find("k", other_));
}

TEST_F(BuiltWheelsTest, TheFirstWins) {
  const BuiltWheels built(store_->layout());
  const auto first = built.publish("k", facts_, file("a-1-py3-none-any.whl", "x"));
  const auto second = built.publish("k", facts_, file("a-1-py3-none-any.whl", "y"));
  EXPECT_EQ(first.sha256, second.sha256);
}

TEST_F(BuiltWheelsTest, ListHasTheIdsOfTheStore) {
  const BuiltWheels built(store_->layout());
  EXPECT_TRUE(built.list().empty());
  const auto wheel = built.publish("k", facts_, file("a-1-py3-none-any.whl", "x"));
  const auto entries = built.list();
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].id, "a-1-py3-none-any-" + wheel.sha256->hex().substr(0, 16));
  EXPECT_EQ(entries[0].path, store_->layout().built() + "/k.any");
}

}  // namespace
}  // namespace pel
