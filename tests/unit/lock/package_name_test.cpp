#include "lock/package_name.hpp"

#include <gtest/gtest.h>

namespace pel {
namespace {

TEST(PackageName, IsNormalisedAsPep503Says) {
  EXPECT_EQ(normalize_name("Django"), "django");
  EXPECT_EQ(normalize_name("zope.interface"), "zope-interface");
  EXPECT_EQ(normalize_name("a-_.b__C"), "a-b-c");
  EXPECT_EQ(normalize_name(""), "");
}

TEST(PackageName, NormalisingTwiceChangesNothing) {
  for (const char* const name : {"Foo.Bar", "-x-", "a__b--c..d", "\xC3\xA9"}) {
    const std::string once = normalize_name(name);
    EXPECT_EQ(normalize_name(once), once);
  }
}

TEST(PackageName, NeedsALetterOrDigitAtBothEnds) {
  for (const char* const good : {"a", "9", "A.b-c_d", "zope.interface"}) {
    EXPECT_TRUE(is_valid_name(good)) << good;
  }
  for (const char* const bad : {"", "-", "a-", ".a", "a b", "a/b", "x\xC3\xA9", "a\n"}) {
    EXPECT_FALSE(is_valid_name(bad)) << bad;
  }
}

}  // namespace
}  // namespace pel
