#include "lock/tag.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace pel {
namespace {

InterpreterFacts facts() {
  InterpreterFacts facts;
  facts.implementation = "cpython";
  facts.major = 3;
  facts.minor = 11;
  facts.platform = "linux-x86_64";
  facts.glibc_version = "2.36";
  facts.soabi = "cpython-311-x86_64-linux-gnu";
  return facts;
}

std::vector<std::string> texts(const std::vector<Tag>& tags) {
  std::vector<std::string> result;
  std::ranges::transform(tags, std::back_inserter(result), &Tag::text);
  return result;
}

bool supports(const InterpreterFacts& interpreter, const std::string& tag) {
  return std::ranges::count(texts(supported_tags(interpreter)), tag) == 1;
}

TEST(Tag, ExpandsCompressedSets) {
  EXPECT_EQ(texts(parse_tag_set("py2.PY3", "none", "any")),
            (std::vector<std::string>{"py2-none-any", "py3-none-any"}));
  EXPECT_EQ(parse_tag_set("cp311", "cp311", "manylinux_2_17_x86_64.manylinux2014_x86_64").size(),
            2U);
}

TEST(Tag, RefusesMalformedAndHugeSets) {
  EXPECT_TRUE(parse_tag_set("", "none", "any").empty());
  EXPECT_TRUE(parse_tag_set("py3.", "none", "any").empty());
  EXPECT_TRUE(parse_tag_set("py3", "none", ".any").empty());
  EXPECT_TRUE(parse_tag_set("3py", "none", "any").empty());
  std::string many = "a";
  for (int i = 0; i < 40; ++i) {
    many += ".a";
  }
  EXPECT_TRUE(parse_tag_set(many, many, many).empty());
}

TEST(SupportedTags, BeginWithTheMostSpecific) {
  const std::vector<std::string> tags = texts(supported_tags(facts()));
  EXPECT_EQ(tags[0], "cp311-cp311-linux_x86_64");
  EXPECT_EQ(tags[1], "cp311-cp311-manylinux_2_36_x86_64");
  EXPECT_EQ(tags.back(), "py30-none-any");
}

TEST(SupportedTags, KnowTheLegacyNamesOfManylinux) {
  EXPECT_TRUE(supports(facts(), "cp311-cp311-manylinux2014_x86_64"));
  EXPECT_TRUE(supports(facts(), "cp311-abi3-manylinux1_x86_64"));
  EXPECT_TRUE(supports(facts(), "cp32-abi3-manylinux2010_x86_64"));
  EXPECT_FALSE(supports(facts(), "cp311-cp311-manylinux_2_37_x86_64"));
  EXPECT_FALSE(supports(facts(), "cp311-cp311-musllinux_1_2_x86_64"));
  EXPECT_FALSE(supports(facts(), "cp310-cp310-manylinux2014_x86_64"));
}

TEST(SupportedTags, OfMuslAreMusllinux) {
  InterpreterFacts musl = facts();
  musl.glibc_version.clear();
  musl.musl_version = "1.2";
  EXPECT_TRUE(supports(musl, "cp311-cp311-musllinux_1_0_x86_64"));
  EXPECT_FALSE(supports(musl, "cp311-cp311-manylinux2014_x86_64"));
}

TEST(SupportedTags, OfAFreeThreadedBuildHaveItsAbi) {
  InterpreterFacts threaded = facts();
  threaded.minor = 13;
  threaded.gil_disabled = true;
  EXPECT_TRUE(supports(threaded, "cp313-cp313t-linux_x86_64"));
  EXPECT_TRUE(supports(threaded, "cp313-abi3t-linux_x86_64"));
  EXPECT_FALSE(supports(threaded, "cp313-cp313-linux_x86_64"));
  EXPECT_FALSE(supports(threaded, "cp313-abi3-linux_x86_64"));
}

TEST(SupportedTags, OfADebugBuildHaveBothAbis) {
  InterpreterFacts debug = facts();
  debug.debug_build = true;
  EXPECT_EQ(texts(supported_tags(debug))[0], "cp311-cp311d-linux_x86_64");
  EXPECT_TRUE(supports(debug, "cp311-cp311-linux_x86_64"));
}

TEST(SupportedTags, OfAStrangeLibcAreFew) {
  InterpreterFacts strange = facts();
  for (const char* const version : {"", "x", "2", "2.", ".36", "-2.36", "2.-1", "2.99999"}) {
    strange.glibc_version = version;
    EXPECT_FALSE(supports(strange, "cp311-cp311-manylinux1_x86_64")) << version;
    EXPECT_TRUE(supports(strange, "py3-none-any"));
  }
}

}  // namespace
}  // namespace pel
