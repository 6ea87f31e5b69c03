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
  const auto parsed = DependencySpecifier::parse("a @ https://127.0.0.1/x;y ; os_name == 'posix'");
  EXPECT_EQ(parsed.url, "https://127.0.0.1/x;y");
  EXPECT_TRUE(parsed.marker);
  EXPECT_FALSE(DependencySpecifier::parse("a@https://127.0.0.1/x").marker);
}

TEST(DependencySpecifier, RefusesWhatIsNone) {
  for (const char* const text :
       {"",        "-a",     "a-",        "a[b",   "a[b c]", "a[b,,c]", "a @ ",
        "a @ u x", "a (==1", "a 1",       "a==",   "a; x",   "a ;",     "==1",
        "a=1",     "a[b,]",  "a >=1,,<2", "a (,)", "a ,>=1", "a ==="}) {
    try {
      static_cast<void>(DependencySpecifier::parse(text));
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::corrupt) << text;
    }
  }
}

TEST(DependencySpecifier, IsTakenApart) {
  const auto found =
      DependencySpecifier::try_parse(" Foo.Bar [A_b, c] >=1,<2 ; python_version < '3.9' ");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->normalized_name, "foo-bar");
  EXPECT_EQ(found->extras, (std::vector<std::string>{"a-b", "c"}));
  EXPECT_EQ(found->versions.text(), ">=1,<2");
  EXPECT_EQ(found->marker_text, "python_version < '3.9'");
  EXPECT_EQ(found->pinned_version(), "");
}

TEST(DependencySpecifier, OfAUrl) {
  const auto found =
      DependencySpecifier::try_parse("foo @ https://127.0.0.1/foo-1.whl ; os_name == 'nt'");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->url, "https://127.0.0.1/foo-1.whl");
  EXPECT_EQ(found->marker_text, "os_name == 'nt'");
}

TEST(DependencySpecifier, KnowsWhatPinsAVersion) {
  const auto pinned = [](std::string_view text) {
    return DependencySpecifier::try_parse(text)->pinned_version();
  };
  EXPECT_EQ(pinned("a==1.0"), "1.0");
  EXPECT_EQ(pinned("a (== 1.0+local)"), "1.0+local");
  EXPECT_EQ(pinned("a===1.0"), "1.0");
  EXPECT_EQ(pinned("a==1.*"), "");
  EXPECT_EQ(pinned("a==1.0,!=2"), "");
  EXPECT_EQ(pinned("a>=1.0"), "");
  EXPECT_EQ(pinned("a"), "");
}

TEST(DependencySpecifier, PathsAndOptionsAreNone) {
  for (const char* const text : {"./foo", "/x/y", "-e .", "foo/bar", "foo bar", "", "foo[a"}) {
    EXPECT_FALSE(DependencySpecifier::try_parse(text)) << text;
  }
}

}  // namespace
}  // namespace pel
