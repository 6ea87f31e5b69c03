#include "store/format/container.hpp"

#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/format/container_builder.hpp"
#include "tests/support/sealed.hpp"

namespace pel {
namespace {

constexpr std::string_view kMagic = "PELTEST\n";
using Part = ContainerBuilder::Part;

std::string sample() {
  ContainerBuilder builder(kMagic, 3);
  builder.add_records(7, Part::hot, std::vector<std::uint32_t>{1, 2, 3});
  builder.add_section(8, Part::cold, 0, std::as_bytes(std::span(std::string_view("cold"))));
  builder.add_section(9, Part::hot, 0, std::as_bytes(std::span(std::string_view("text"))));
  return builder.finish();
}

// What open() says of the bytes: its reason, or "".
std::string reason_for(const std::string& bytes, std::uint32_t version = 3) {
  const char* reason = "";
  const test::ExactCopy copy(bytes);
  const auto view = ContainerView::open(copy.bytes(), kMagic, version, reason);
  EXPECT_EQ(view.has_value(), reason == nullptr);
  return reason == nullptr ? "" : reason;
}

template <class T>
std::string with(std::string bytes, std::size_t offset, T value) {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
  return bytes;
}

TEST(Container, ShowsWhatWasWritten) {
  const std::string bytes = sample();
  const char* reason = "";
  const auto view = ContainerView::open(std::as_bytes(std::span(bytes)), kMagic, 3, reason);
  ASSERT_TRUE(view);
  const auto numbers = view->records<std::uint32_t>(7);
  ASSERT_EQ(numbers.size(), 3U);
  EXPECT_EQ(numbers[2], 3U);
  EXPECT_EQ(numbers[3], 0U);  // out of range: a default record
  EXPECT_EQ(view->text(8), "cold");
  EXPECT_EQ(view->text(9), "text");
  EXPECT_TRUE(view->section(10).empty());
  EXPECT_TRUE(view->records<std::uint64_t>(7).empty());  // 12 bytes are no such records
  EXPECT_TRUE(view->cold_is_intact());
}

TEST(Container, RecordsAreReadInTurnAndInParts) {
  const std::string bytes = sample();
  const char* reason = "";
  const auto view = ContainerView::open(std::as_bytes(std::span(bytes)), kMagic, 3, reason);
  ASSERT_TRUE(view);
  const auto numbers = view->records<std::uint32_t>(7);
  const auto read = [](RecordSpan<std::uint32_t> records) {
    std::vector<std::uint32_t> result;
    for (const std::uint32_t number : records) {
      result.push_back(number);
    }
    return result;
  };
  using Numbers = std::vector<std::uint32_t>;
  EXPECT_EQ(read(numbers), (Numbers{1, 2, 3}));
  EXPECT_EQ(read(numbers.part(1, 2)), (Numbers{2, 3}));
  EXPECT_EQ(read(numbers.part(3, 0)), Numbers());
  // Not all there: none.
  EXPECT_TRUE(numbers.part(2, 2).empty());
  EXPECT_TRUE(numbers.part(4, 0).empty());
  EXPECT_TRUE(numbers.part(1, ~std::uint64_t{0}).empty());
  EXPECT_EQ(read(RecordSpan<std::uint32_t>()), Numbers());
}

TEST(Container, SectionsStartAtMultiplesOfEight) {
  const std::string bytes = sample();
  EXPECT_EQ(bytes.size() % 8, 0U);
  for (std::size_t i = 0; i < 3; ++i) {
    std::uint64_t offset = 1;
    std::memcpy(&offset, bytes.data() + 48 + i * 24 + 8, sizeof offset);
    EXPECT_EQ(offset % 8, 0U);
  }
}

TEST(Container, EqualContentGivesEqualBytes) {
  EXPECT_EQ(sample(), sample());
}

TEST(Container, EachKindOfDamageHasItsReason) {
  const std::string bytes = sample();
  EXPECT_EQ(reason_for(bytes), "");
  EXPECT_EQ(reason_for(""), "it is too short");
  EXPECT_EQ(reason_for(bytes.substr(0, 47)), "it is too short");
  EXPECT_EQ(reason_for("X" + bytes.substr(1)), "its magic number is wrong");
  EXPECT_EQ(reason_for(bytes, 4), "its format version is another");
  EXPECT_EQ(reason_for(bytes + std::string(8, '\0')), "its sizes do not fit");
  EXPECT_EQ(reason_for(bytes.substr(0, bytes.size() - 8)), "its sizes do not fit");
  EXPECT_EQ(reason_for(with(bytes, 20, 0xFFFFFFFFU)), "its sizes do not fit");
  EXPECT_EQ(reason_for(with(bytes, 32, std::uint64_t{40})), "its sizes do not fit");
  EXPECT_EQ(reason_for(with(bytes, 32, ~std::uint64_t{0})), "its sizes do not fit");
  const auto moved = [&](std::uint64_t offset) {
    return reason_for(test::sealed(with(bytes, 48 + 8, offset), kMagic, 3));
  };
  EXPECT_EQ(moved(4), "a section lies outside of it");  // not aligned
  EXPECT_EQ(moved(bytes.size() + 8), "a section lies outside of it");
  EXPECT_EQ(moved(~std::uint64_t{7}), "a section lies outside of it");
  const auto grown = [&](std::uint64_t size) {
    return reason_for(test::sealed(with(bytes, 48 + 16, size), kMagic, 3));
  };
  EXPECT_EQ(grown(~std::uint64_t{0}), "a section lies outside of it");
  // A hot section must not reach into the cold part, which nobody checked.
  EXPECT_EQ(grown(bytes.size() - 120), "a section lies outside of it");
}

// A single wrong bit anywhere is seen: in the hot part by open(), in the cold one on request.
TEST(Container, EveryFlippedBitIsSeen) {
  const std::string bytes = sample();
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    const char* reason = nullptr;
    const test::ExactCopy copy(damaged);
    const auto view = ContainerView::open(copy.bytes(), kMagic, 3, reason);
    EXPECT_TRUE(!view || !view->cold_is_intact()) << "bit " << bit;
  }
}

TEST(Container, EmptyViewHoldsNothing) {
  const ContainerView view;
  EXPECT_TRUE(view.section(1).empty());
  EXPECT_EQ(view.text(1), "");
  EXPECT_FALSE(view.cold_is_intact());
}

TEST(Container, MagicOfAnotherLengthIsAProgrammingError) {
  EXPECT_THROW(ContainerBuilder("SHORT", 1), std::logic_error);
}

TEST(Resolve, NothingOutsideOfTheStrings) {
  EXPECT_EQ(resolve("abc", {1, 2}), "bc");
  EXPECT_EQ(resolve("abc", {3, 0}), "");
  EXPECT_EQ(resolve("abc", {1, 3}), "");
  EXPECT_EQ(resolve("abc", {4, 0}), "");
  EXPECT_EQ(resolve("abc", {0xFFFFFFFF, 0xFFFFFFFF}), "");
}

TEST(StringPool, StoresEachStringOnce) {
  StringPool pool;
  std::vector<StringRef> refs;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 1000; ++i) {
      refs.push_back(pool.add("name" + std::to_string(i)));
    }
  }
  const auto bytes = pool.bytes();
  const std::string_view strings(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (std::size_t i = 0; i < 1000; ++i) {
    EXPECT_EQ(refs[i].offset, refs[i + 1000].offset);
    EXPECT_EQ(resolve(strings, refs[i]), "name" + std::to_string(i));
  }
}

}  // namespace
}  // namespace pel
