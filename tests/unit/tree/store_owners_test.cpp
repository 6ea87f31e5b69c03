#include "store/tree/store_owners.hpp"

#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"

namespace pel {
namespace {

TEST(StoreOwners, AdviceOnWhatBelongsToOthers) {
  const test::TempDir dir;
  const std::string file = (dir.path() / "file").string();
  EXPECT_EQ(advice_on_owner(file), "") << "there is none";
  test::write_file(file, "");
  EXPECT_EQ(advice_on_owner(file), "");
  const bool is_root = ::geteuid() == 0;
  ASSERT_TRUE(!is_root || ::chown(file.c_str(), 1234, 1234) == 0);
  EXPECT_EQ(advice_on_owner(is_root ? file : "/"),
            std::string("it belongs to user ") + (is_root ? "1234" : "0") +
                "; after a run with sudo, `sudo chown -R` makes it yours");
}

}  // namespace
}  // namespace pel
