#include "launcher/hot/manager.hpp"

#include <gtest/gtest.h>

#include "store/base/error.hpp"

namespace pel {
namespace {

TEST(FindCompanions, OfAnInstallation) {
  const Companions found = find_companions("/opt/p/bin/pyenvlaunch");
  EXPECT_EQ(found.manager, "/opt/p/libexec/pyenvlaunch/pyenvlaunch-manager");
  EXPECT_EQ(found.embed, "/opt/p/libexec/pyenvlaunch/embed.so");
}

TEST(FindCompanions, OfACopyInAStore) {
  const Companions found = find_companions("/s/store/v1/launchers/0.1.0-a/pyenvlaunch");
  EXPECT_EQ(found.manager, "/s/store/v1/launchers/0.1.0-a/pyenvlaunch-manager");
  EXPECT_EQ(found.embed, "/s/store/v1/launchers/0.1.0-a/embed.so");
}

TEST(RunManager, TellsHowItEnded) {
  EXPECT_EQ(run_manager("/bin/sh", {"sh", "-c", "exit 3"}), 3);
  EXPECT_EQ(run_manager("/bin/sh", {"sh", "-c", "kill -9 $$"}), 128 + 9);
}

TEST(RunManager, AMissingOneIsAnIncompleteInstallation) {
  try {
    static_cast<void>(run_manager("/nonexistent/manager", {"manager"}));
    FAIL() << "no exception";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::not_found);
    EXPECT_EQ(error.message(), "cannot execute /nonexistent/manager: no such file");
    EXPECT_EQ(error.hint(), "the installation is incomplete: install pyenvlaunch again");
  }
}

}  // namespace
}  // namespace pel
