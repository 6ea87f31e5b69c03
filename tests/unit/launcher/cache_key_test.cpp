#include "launcher/cache_key.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace pel {
namespace {

InterpreterFacts interpreter() {
  InterpreterFacts facts;
  facts.platform = "linux-x86_64";
  facts.glibc_version = "2.36";
  facts.soabi = "cpython-311-x86_64-linux-gnu";
  facts.full_version = "3.11.2";
  facts.executable = "/usr/bin/python3.11";
  return facts;
}

std::string key(const InterpreterFacts& facts, const std::vector<std::string>& locks) {
  return CacheKey(facts, locks).text();
}

TEST(CacheKey, NamesTheMachineBeforeTheLocks) {
  const std::vector<std::string> locks = {"a"};
  const CacheKey one(interpreter(), locks);
  EXPECT_EQ(one.machine(),
            "pyenvlaunch-1.1.1-linux-x86_64-glibc2.36-cpython-311-x86_64-linux-gnu-3.11.2-");
  EXPECT_TRUE(one.text().starts_with(one.machine()));
  EXPECT_EQ(one.text().size(), one.machine().size() + 32);
}

TEST(CacheKey, OrderAndPlacesDoNotMatter) {
  InterpreterFacts elsewhere = interpreter();
  elsewhere.executable = "/opt/python/bin/python3.11";
  EXPECT_EQ(key(interpreter(), {"a", "b"}), key(elsewhere, {"b", "a"}));
}

TEST(CacheKey, EverythingElseDoes) {
  const std::string one = key(interpreter(), {"a", "b"});
  EXPECT_NE(one, key(interpreter(), {"a"}));
  EXPECT_NE(one, key(interpreter(), {"ab"}));
  InterpreterFacts other = interpreter();
  other.full_version = "3.11.3";
  EXPECT_NE(one, key(other, {"a", "b"}));
  other = interpreter();
  other.glibc_version.clear();
  other.musl_version = "1.2";
  EXPECT_NE(key(other, {"a"}).find("-musl1.2-"), std::string::npos);
}

TEST(CacheKey, HasPlainCharactersOnly) {
  InterpreterFacts odd = interpreter();
  odd.full_version = "3.11.2+ a/b";
  EXPECT_NE(key(odd, {}).find("-3.11.2__a_b-"), std::string::npos);
}

}  // namespace
}  // namespace pel
