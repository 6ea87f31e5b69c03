#include "launcher/shell_files.hpp"

#include <string>

#include <gtest/gtest.h>

namespace pel {
namespace {

TEST(ShellFiles, PromptIsTheLocksName) {
  EXPECT_EQ(prompt_of_lock("/p/app.lock"), "app");
  EXPECT_EQ(prompt_of_lock("/p/pylock.toml"), "p");
  EXPECT_EQ(prompt_of_lock("/p/pylock.dev.toml"), "dev");
  EXPECT_EQ(prompt_of_lock("/pylock.toml"), "pylock");
  EXPECT_EQ(prompt_of_lock("/p/.lock"), ".lock");
}

TEST(ShellFiles, KnownShellsAreStartedWithFilesOfOurs) {
  EXPECT_EQ(interactive_start("/bin/bash", "/f", "", "").arguments.at(1), "/f/bashrc");
  const ShellStart zsh = interactive_start("/bin/zsh", "/f", "/home/z", "");
  EXPECT_EQ(zsh.variables.at(0).second, "/home/z");
  EXPECT_EQ(zsh.variables.at(1).second, "/f/zsh");
  EXPECT_EQ(interactive_start("/bin/dash", "/f", "", "/e").variables.at(0).second, "/e");
  EXPECT_TRUE(interactive_start("/bin/tcsh", "/f", "", "").arguments.empty());
}

}  // namespace
}  // namespace pel
