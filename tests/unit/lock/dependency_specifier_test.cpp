#include "lock/dependency_specifier.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/base/error.hpp"

namespace pel {
namespace {

using Words = std::vector<std::string>;

TEST(DependencySpecifier, HasAllItsParts) {
  const auto parsed =
      DependencySpecifier::parse(" Zope.Interface [A_b, c] >=1,<2 ; python_version >= '3.9' ");
  EXPECT_EQ(parsed.name, "Zope.Interface");
  EXPECT_EQ(parsed.normalized_name, "zope-interface");
  EXPECT_EQ(parsed.extras, (Words{"a-b", "c"}));
  EXPECT_EQ(parsed.versions.text(), ">=1,<2");
  EXPECT_EQ(parsed.url, "");
  ASSERT_TRUE(parsed.marker);
  EXPECT_EQ(parsed.text, "Zope.Interface [A_b, c] >=1,<2 ; python_version >= '3.9'");
}

TEST(DependencySpecifier, FormsOfVersions) {
  EXPECT_TRUE(DependencySpecifier::parse("a").versions.empty());
  EXPECT_TRUE(DependencySpecifier::parse("a[]").extras.empty());
  EXPECT_EQ(DependencySpecifier::parse("a(==1.0)").versions.text(), "==1.0");
  EXPECT_EQ(DependencySpecifier::parse("a (~= 1.0)").versions.text(), "~=1.0");
  EXPECT_EQ(DependencySpecifier::parse("a==1").versions.text(), "==1");
}

TEST(DependencySpecifier, UrlEndsAtWhiteSpace) {
  const auto parsed = DependencySpecifier::parse("a @ https://h/x;y ; os_name == 'posix'");
  EXPECT_EQ(parsed.url, "https://h/x;y");
  EXPECT_TRUE(parsed.marker);
  EXPECT_FALSE(DependencySpecifier::parse("a@https://h/x").marker);
}

TEST(DependencySpecifier, RefusesWhatIsNone) {
  for (const char* const text : {"", "-a", "a-", "a[b", "a[b c]", "a[b,,c]", "a @ ", "a @ u x",
                                 "a (==1", "a 1", "a==", "a; x", "a ;", "==1", "a=1"}) {
    try {
      static_cast<void>(DependencySpecifier::parse(text));
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::corrupt) << text;
    }
  }
}

}  // namespace
}  // namespace pel
