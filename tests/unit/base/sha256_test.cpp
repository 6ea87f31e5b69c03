#include "store/base/sha256.hpp"

#include <string>

#include <gtest/gtest.h>

namespace pel {
namespace {

// Of the empty file.
constexpr char kHex[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr char kBase64[] = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

TEST(Sha256, HexAndBase64NameTheSameDigest) {
  const auto digest = Sha256::parse_hex(kHex);
  ASSERT_TRUE(digest);
  EXPECT_EQ(digest->hex(), kHex);
  EXPECT_EQ(digest->base64(), kBase64);
  EXPECT_EQ(Sha256::parse_base64(kBase64), digest);
  EXPECT_EQ(Sha256::parse_base64(std::string(kBase64) + "="), digest);
}

TEST(Sha256, HexOfEitherCaseIsRead) {
  std::string upper = kHex;
  for (char& c : upper) {
    c = static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c);
  }
  EXPECT_EQ(Sha256::parse_hex(upper), Sha256::parse_hex(kHex));
}

TEST(Sha256, AnythingElseIsRefused) {
  const std::string hex = kHex;
  const std::string base64 = kBase64;
  EXPECT_FALSE(Sha256::parse_hex(""));
  EXPECT_FALSE(Sha256::parse_hex(hex + "0"));
  EXPECT_FALSE(Sha256::parse_hex(hex.substr(1)));
  EXPECT_FALSE(Sha256::parse_hex("g" + hex.substr(1)));
  EXPECT_FALSE(Sha256::parse_hex(std::string(64, '\0')));
  EXPECT_FALSE(Sha256::parse_base64(""));
  EXPECT_FALSE(Sha256::parse_base64(base64 + "A"));
  EXPECT_FALSE(Sha256::parse_base64(base64.substr(1)));
  EXPECT_FALSE(Sha256::parse_base64("+" + base64.substr(1)));
  // 43 characters hold 258 bits: the two that are left over must be zero.
  EXPECT_FALSE(Sha256::parse_base64(base64.substr(0, 42) + "V"));
}

}  // namespace
}  // namespace pel
