#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "store/format/pack_builder.hpp"
#include "store/format/pack_view.hpp"

namespace pel {
namespace {

constexpr std::uint32_t kBytecodeMagic = 0x0A0D0DA7;
using Lookup = PackView::Lookup;

std::string sample() {
  PackBuilder builder(kBytecodeMagic, 1);
  builder.add(9, "nine");
  builder.add(2, "two");
  builder.add(5, "");
  return builder.finish();
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(Pack, FindsCodeByFileNumber) {
  const std::string bytes = sample();
  const char* reason = nullptr;
  const auto pack = PackView::open(std::as_bytes(std::span(bytes)), kBytecodeMagic, 1, reason);
  ASSERT_TRUE(pack) << reason;
  EXPECT_EQ(pack->size(), 3U);
  std::span<const std::byte> code;
  EXPECT_EQ(pack->find(2, code), Lookup::found);
  EXPECT_EQ(text_of(code), "two");
  EXPECT_EQ(pack->find(9, code), Lookup::found);
  EXPECT_EQ(text_of(code), "nine");
  EXPECT_EQ(pack->find(5, code), Lookup::found);
  EXPECT_EQ(text_of(code), "");
  EXPECT_EQ(pack->find(3, code), Lookup::absent);
  EXPECT_EQ(pack->find(10, code), Lookup::absent);
}

TEST(Pack, OfAnotherInterpreterIsRefused) {
  const std::string bytes = sample();
  const char* reason = nullptr;
  EXPECT_FALSE(PackView::open(std::as_bytes(std::span(bytes)), kBytecodeMagic + 1, 1, reason));
  EXPECT_STREQ(reason, "it is for another interpreter");
  EXPECT_FALSE(PackView::open(std::as_bytes(std::span(bytes)), kBytecodeMagic, 0, reason));
  EXPECT_STREQ(reason, "it is for another interpreter");
}

// The data is cold, so open() does not see damage there: find() must, because marshal would not.
TEST(Pack, DamagedCodeIsSeenBeforeItIsUsed) {
  std::string bytes = sample();
  bytes[bytes.find("nine")] = 'N';
  const char* reason = nullptr;
  const auto pack = PackView::open(std::as_bytes(std::span(bytes)), kBytecodeMagic, 1, reason);
  ASSERT_TRUE(pack) << reason;
  std::span<const std::byte> code;
  EXPECT_EQ(pack->find(9, code), Lookup::damaged);
  EXPECT_TRUE(code.empty());
  EXPECT_EQ(pack->find(2, code), Lookup::found);
}

TEST(Pack, IsNamedAfterInterpreterAndOptimisation) {
  EXPECT_EQ(pack_file_name("cpython-311", 0), "cpython-311.pack");
  EXPECT_EQ(pack_file_name("cpython-311", 2), "cpython-311.opt-2.pack");
}

}  // namespace
}  // namespace pel
