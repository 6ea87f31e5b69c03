#include "launcher/quantity.hpp"

#include <string>

#include <gtest/gtest.h>

#include "store/base/error.hpp"

namespace pel {
namespace {

TEST(Quantity, DurationsHaveAUnit) {
  EXPECT_EQ(parse_duration("90s", "--x").count(), 90);
  EXPECT_EQ(parse_duration("45m", "--x").count(), 45 * 60);
  EXPECT_EQ(parse_duration("12h", "--x").count(), 12 * 3600);
  EXPECT_EQ(parse_duration("30d", "--x").count(), 30 * 86400);
  EXPECT_EQ(parse_duration("2w", "--x").count(), 14 * 86400);
  EXPECT_EQ(parse_duration("1.5H", "--x").count(), 5400);
  EXPECT_EQ(parse_duration("0d", "--x").count(), 0);
}

TEST(Quantity, SizesMayHaveAUnit) {
  EXPECT_EQ(parse_size("4096", "--x"), 4096U);
  EXPECT_EQ(parse_size("5GiB", "--x"), 5ULL << 30U);
  EXPECT_EQ(parse_size("500MB", "--x"), 500'000'000U);
  EXPECT_EQ(parse_size("1.5k", "--x"), 1536U);
  EXPECT_EQ(parse_size("0", "--x"), 0U);
}

TEST(Quantity, RefusesTheRest) {
  for (const char* const text :
       {"", "d", "30", "-1d", "30 d", "30x", "nand", "infd", "1e300d", "3d4"}) {
    try {
      static_cast<void>(parse_duration(text, "--older-than"));
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::usage);
      EXPECT_EQ(error.message(), "bad value '" + std::string(text) + "' of --older-than");
    }
  }
  for (const char* const text : {"", "GB", "5X", "-1", "nan", "1e30GB", "5 GB"}) {
    EXPECT_THROW(static_cast<void>(parse_size(text, "--max-size")), Error) << text;
  }
}

}  // namespace
}  // namespace pel
