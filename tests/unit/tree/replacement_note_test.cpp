#include "store/tree/replacement_note.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

#include <gtest/gtest.h>

#include "store/tree/store.hpp"
#include "store/tree/temporary_tree.hpp"
#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

class ReplacementNoteTest : public ::testing::Test {
 protected:
  void SetUp() override { store_.prepare(); }

  void leave_note() {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ReplacementNote note(layout_);
      note.add("alpha-1.0");
      note.add("beta-1.0");
      ::_exit(0);  // no destructor runs
    }
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  }

  test::TempDir dir_;
  Store store_{dir_.path().string()};
  const StoreLayout& layout_ = store_.layout();
};

TEST_F(ReplacementNoteTest, IsFoundWhenItsProcessIsDead) {
  leave_note();
  store_.prepare();  // which clears up all else
  InterruptedReplacements found(layout_);
  EXPECT_EQ(found.wheel_ids(), (std::vector<std::string>{"alpha-1.0", "beta-1.0"}));
  EXPECT_TRUE(InterruptedReplacements(layout_).wheel_ids().empty()) << "two do the same";
  found.forget();
  EXPECT_TRUE(fs::is_empty(layout_.tmp()));
}

TEST_F(ReplacementNoteTest, StaysUntilSomebodyHasDoneTheRest) {
  leave_note();
  EXPECT_EQ(InterruptedReplacements(layout_).wheel_ids().size(), 2U);
  EXPECT_EQ(InterruptedReplacements(layout_).wheel_ids().size(), 2U);
}

TEST_F(ReplacementNoteTest, OfALivingProcessIsItsOwn) {
  ReplacementNote note(layout_);
  note.add("alpha-1.0");
  EXPECT_TRUE(InterruptedReplacements(layout_).wheel_ids().empty());
  note.done();
  EXPECT_TRUE(fs::is_empty(layout_.tmp()));
}

TEST_F(ReplacementNoteTest, AnErrorLeavesItToOthers) {
  {
    ReplacementNote note(layout_);
    note.add("alpha-1.0");
  }
  EXPECT_EQ(InterruptedReplacements(layout_).wheel_ids(), std::vector<std::string>{"alpha-1.0"});
}

TEST_F(ReplacementNoteTest, NothingIsMadeForNothing) {
  const ReplacementNote note(layout_);
  EXPECT_TRUE(fs::is_empty(layout_.tmp()));
}

}  // namespace
}  // namespace pel
