#include "lock/specifier.hpp"

#include <string>

#include <gtest/gtest.h>

#include "store/base/error.hpp"

namespace pel {
namespace {

struct Membership {
  const char* specifiers;
  const char* version;
  bool contains;
};

class SpecifierMembership : public ::testing::TestWithParam<Membership> {};

TEST_P(SpecifierMembership, IsThatOfPep440) {
  const auto& [specifiers, version, contains] = GetParam();
  EXPECT_EQ(SpecifierSet::parse(specifiers).contains(Version::parse(version).value()), contains)
      << specifiers << " and " << version;
}

INSTANTIATE_TEST_SUITE_P(
    Cases, SpecifierMembership,
    ::testing::Values(
        Membership{"", "1.0", true}, Membership{">=3.9,<3.12", "3.11.7", true},
        Membership{">=3.9,<3.12", "3.12", false}, Membership{">=3.9, ,", "3.9.0", true},
        Membership{"==1.0", "1.0.0", true}, Membership{"==1.0", "1.0+local", true},
        Membership{"==1.0+local", "1.0", false}, Membership{"==1.0+local", "1.0+LOCAL", true},
        Membership{"!=1.0", "1.0+local", false}, Membership{"!=1.0", "1.0.post1", true},
        Membership{"==1.0.*", "1.0.9", true}, Membership{"==1.0.*", "1.0rc1", true},
        Membership{"==1.0.*", "1.1.dev0", false}, Membership{"==1.9.*", "1.10", false},
        Membership{"!=1.0.*", "1.0.post1", false}, Membership{"!=1!1.*", "1.5", true},
        Membership{"~=1.4.5", "1.4.9", true}, Membership{"~=1.4.5", "1.5", false},
        Membership{"~=1.4", "1.9", true}, Membership{"~=1.4", "2.0.dev0", false},
        Membership{"~=1.4.5a4", "1.4.5a5", true}, Membership{"<1.0", "1.0rc1", false},
        Membership{"<1.0", "0.9rc1", true}, Membership{"<1.0rc1", "1.0b1", true},
        Membership{"<1.0.post1", "1.0", true}, Membership{"<1.0.post1", "1.0.post1.dev1", false},
        Membership{">1.0", "1.0.post1", false}, Membership{">1.0", "1.0+local", false},
        Membership{">1.0.post1", "1.0.post2", true}, Membership{">1.0a1", "1.0a1.post1", false},
        Membership{">1.0.dev1", "1.0.dev2", true}, Membership{"<=1.0", "1.0+local", true},
        Membership{"===1.0", "1.0", true}, Membership{"===1.0", "1.0.0", false},
        Membership{">99999999999999999999", "100000000000000000000", true}));

TEST(SpecifierSet, TakesPreReleasesUnlessToldNotTo) {
  const SpecifierSet set = SpecifierSet::parse(">=1.0");
  const Version candidate = Version::parse("2.0rc1").value();
  EXPECT_TRUE(set.contains(candidate));
  EXPECT_TRUE(set.contains(candidate, true));
  EXPECT_FALSE(set.contains(candidate, false));
}

TEST(SpecifierSet, ComparesATextThatIsNoVersionByIdentityOnly) {
  EXPECT_TRUE(SpecifierSet::parse("===Foo").contains("fOO"));
  EXPECT_FALSE(SpecifierSet::parse(">=0").contains("foo"));
  EXPECT_TRUE(SpecifierSet().contains("foo"));
}

TEST(SpecifierSet, IsWrittenAsItWasRead) {
  EXPECT_EQ(SpecifierSet::parse(" >= 1.0 , !=1.2.*,, ===x ").text(), ">=1.0,!=1.2.*,===x");
}

TEST(SpecifierSet, RefusesWhatIsNone) {
  for (const char* const text : {"1.0", "=1.0", ">=", "~=1", ">=1.0+local", ">1.*", "==1.0a1.*",
                                 "==1.*.0", "==.*", "~=1.0.*", "== 1.0 .*", "===", "===a b",
                                 "===a;b", ">=1.0 <2", "=>1", "<>1", "~1.0", ">=1.0;"}) {
    try {
      (void)SpecifierSet::parse(text);
      ADD_FAILURE() << "accepted: " << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::corrupt);
      EXPECT_EQ(error.message(), "'" + std::string(text) + "' is no version specifier");
      EXPECT_FALSE(error.hint().empty());
    }
  }
}

TEST(SpecifierSet, NamesTheClauseThatIsWrong) {
  try {
    (void)SpecifierSet::parse(">=1.0,<two\x1b[31m");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "'<two\\x1b[31m' is no version specifier");
  }
}

}  // namespace
}  // namespace pel
