#include "store/base/nearest.hpp"

#include <gtest/gtest.h>

namespace pel {
namespace {

constexpr std::string_view kWords[] = {"python", "scripts", "env", "source-paths"};

TEST(Nearest, FindsTheWordThatWasMeant) {
  EXPECT_EQ(nearest("script", kWords), "scripts");
  EXPECT_EQ(nearest("pythn", kWords), "python");
  EXPECT_EQ(nearest("pyhton", kWords), "python");
  EXPECT_EQ(nearest("sources", kWords), "");
  EXPECT_EQ(nearest("x", kWords), "");
  EXPECT_EQ(nearest(std::string(100'000, 'x'), kWords), "");
  EXPECT_EQ(nearest("env", {}), "");
}

TEST(Nearest, NeighboursInEachOthersPlaceAreOneSlip) {
  constexpr std::string_view kTwo[] = {"sdnc", "sync"};
  EXPECT_EQ(nearest("snyc", kTwo), "sync");
}

TEST(Nearest, HintNamesItOrSaysWhatElseThereIs) {
  EXPECT_EQ(nearest_hint("ebv", kWords), "did you mean 'env'?");
  EXPECT_EQ(nearest_hint("nothing", kWords), "");
  EXPECT_EQ(nearest_hint("nothing", kWords, "see the list"), "see the list");
  EXPECT_EQ(nearest_hint("blakc", std::vector<std::string>{"black"}), "did you mean 'black'?");
}

}  // namespace
}  // namespace pel
