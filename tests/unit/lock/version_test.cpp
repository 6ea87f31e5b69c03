#include "lock/version.hpp"

#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace pel {
namespace {

Version version(std::string_view text) {
  const auto parsed = Version::parse(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed.value();
}

TEST(Version, HasANormalisedForm) {
  EXPECT_EQ(version(" v1.0.0 ").text(), "1.0.0");
  EXPECT_EQ(version("1!01.02-Alpha.3_post.4-dev-05+Ubuntu_01").text(),
            "1!1.2a3.post4.dev5+ubuntu.1");
  EXPECT_EQ(version("0!1.0-1").text(), "1.0.post1");
  EXPECT_EQ(version("1.0c").text(), "1.0rc0");
  EXPECT_EQ(version("1.0rev").text(), "1.0.post0");
}

TEST(Version, IsOrderedAsPep440Says) {
  const std::vector<std::string> ascending{"0.dev0",
                                           "0",
                                           "1.0.dev1",
                                           "1.0.dev1+a",
                                           "1.0a1.dev1",
                                           "1.0a1",
                                           "1.0a1.post1",
                                           "1.0a2",
                                           "1.0b1",
                                           "1.0rc1",
                                           "1.0",
                                           "1.0+a",
                                           "1.0+a.1",
                                           "1.0+b",
                                           "1.0+1",
                                           "1.0+1.1",
                                           "1.0+2",
                                           "1.0+10",
                                           "1.0.post0",
                                           "1.0.post1",
                                           "1.0.1",
                                           "1.1",
                                           "1.9",
                                           "1.10",
                                           "255",
                                           "256",
                                           "65536",
                                           "1000000000000000000",
                                           "10000000000000000000",
                                           "99999999999999999999",
                                           "100000000000000000000",
                                           "1!0.1"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      EXPECT_EQ(version(ascending[i]) <=> version(ascending[j]), i <=> j)
          << ascending[i] << " and " << ascending[j];
    }
  }
}

TEST(Version, IgnoresTrailingZerosOfTheRelease) {
  EXPECT_EQ(version("1.0"), version("1.0.0.0"));
  EXPECT_EQ(version("0"), version("0.0"));
  EXPECT_NE(version("1.0.0.1"), version("1.0.1"));
  EXPECT_EQ(version("1.0a1"), version("1a1"));
}

TEST(Version, KnowsItsParts) {
  const Version all = version("2!1.20.3rc1.post2.dev3+local");
  EXPECT_TRUE(all.is_prerelease() && all.is_postrelease() && all.is_devrelease() &&
              all.has_local());
  EXPECT_EQ(all.epoch(), "2!");
  EXPECT_EQ(all.release(), "1.20.3");
  EXPECT_EQ(all.release_size(), 3U);
  EXPECT_EQ(all.release_number(1), 20U);
  EXPECT_EQ(all.release_number(7), 0U);
  EXPECT_EQ(version("1.99999999999999999999").release_number(1),
            std::numeric_limits<std::uint64_t>::max());
  const Version plain = version("1.0");
  EXPECT_FALSE(plain.is_prerelease() || plain.is_postrelease() || plain.is_devrelease() ||
               plain.has_local());
}

TEST(Version, RefusesWhatIsNone) {
  for (const char* const text :
       {"", " ", "a", "1.", ".1", "1..0", "1.0+", "1.0+a..b", "1!", "1.0 .dev1", "1.0x", "1.0--1",
        "1.0.*", "vv1", "1.0+x\xC3\xA9", "-1", "1,0"}) {
    EXPECT_FALSE(Version::parse(text).has_value()) << "'" << text << "'";
  }
  EXPECT_FALSE(Version::parse(std::string_view("1\0", 2)).has_value());
  EXPECT_FALSE(Version::parse(std::string(70'000, '1')).has_value());
}

}  // namespace
}  // namespace pel
