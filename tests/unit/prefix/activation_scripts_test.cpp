#include "store/prefix/activation_scripts.hpp"

#include <string>

#include <gtest/gtest.h>

namespace pel {
namespace {

std::string text_of(const PrefixPlan& plan, const char* path) {
  const auto found = plan.entries().find(path);
  return found == plan.entries().end() ? "" : found->second.content;
}

TEST(ActivationScripts, HoldTheDirectoryAsALiteralOfTheShell) {
  PrefixPlan plan;
  add_activation_scripts(plan, "/it's/a!\\b", "p'q");
  EXPECT_NE(text_of(plan, "bin/activate").find("VIRTUAL_ENV='/it'\\''s/a!\\b'\n"),
            std::string::npos);
  EXPECT_NE(text_of(plan, "bin/activate.fish").find("VIRTUAL_ENV '/it\\'s/a!\\\\b'\n"),
            std::string::npos);
  EXPECT_NE(text_of(plan, "bin/activate.csh").find("setenv VIRTUAL_ENV '/it'\\''s/a\\!\\b'\n"),
            std::string::npos);
  EXPECT_NE(text_of(plan, "bin/Activate.ps1").find("$env:VIRTUAL_ENV = '/it''s/a!\\b'\n"),
            std::string::npos);
  for (const char* const file :
       {"bin/activate", "bin/activate.fish", "bin/activate.csh", "bin/Activate.ps1"}) {
    EXPECT_EQ(text_of(plan, file).find("@DIR@"), std::string::npos) << file;
    EXPECT_EQ(text_of(plan, file).find("@PROMPT@"), std::string::npos) << file;
  }
}

// A wheel's own script of that name is what an installer would leave there.
TEST(ActivationScripts, DoNotReplaceAScriptOfAWheel) {
  PrefixPlan plan;
  plan.add("bin/activate", {PrefixEntry::Kind::text, "of a wheel"});
  add_activation_scripts(plan, "/d", "d");
  EXPECT_EQ(text_of(plan, "bin/activate"), "of a wheel");
}

// What is filled in is not searched for more to fill in.
TEST(ActivationScripts, TakeAtSignsInNamesAsTheyAre) {
  PrefixPlan plan;
  add_activation_scripts(plan, "/a@PROMPT@b", "@DIR@");
  EXPECT_NE(text_of(plan, "bin/activate").find("VIRTUAL_ENV='/a@PROMPT@b'\n"), std::string::npos);
  EXPECT_NE(text_of(plan, "bin/activate").find("VIRTUAL_ENV_PROMPT='@DIR@'\n"), std::string::npos);
}

}  // namespace
}  // namespace pel
