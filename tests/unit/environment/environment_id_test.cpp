#include "store/environment/environment_id.hpp"

#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/sample_interpreter.hpp"

namespace pel {
namespace {

TEST(EnvironmentId, ChangesWithEverythingThatTheEnvironmentIsMadeOf) {
  const InterpreterFacts interpreter = test::sample_interpreter();
  const std::vector<std::string> wheels = {"a", "b"};
  const Lock lock;
  std::set<std::string> ids;
  const auto add = [&](const std::vector<std::string>& w, const InterpreterFacts& i, const Lock& l,
                       const std::string& build) {
    const std::string id = environment_id(w, i, l, build);
    EXPECT_EQ(id.size(), 32U);
    EXPECT_TRUE(ids.insert(id).second) << "the same id again, number " << ids.size();
  };
  add(wheels, interpreter, lock, "1");
  add(wheels, interpreter, lock, "2");
  add({"b", "a"}, interpreter, lock, "1");
  add({"a"}, interpreter, lock, "1");
  add({"ab"}, interpreter, lock, "1");
  add({}, interpreter, lock, "1");
  InterpreterFacts other = interpreter;
  other.executable = "/usr/bin/python3.11";
  add(wheels, other, lock, "1");
  other = interpreter;
  other.libpython = "/usr/lib/libpython3.11.so";
  add(wheels, other, lock, "1");
  other = interpreter;
  other.version_line = "3.11.7 (another build)";
  add(wheels, other, lock, "1");
  Lock with;
  with.scripts = {{"x", "m:f"}};
  add(wheels, interpreter, with, "1");
  with = Lock();
  with.env = {{"x", "m:f"}};
  add(wheels, interpreter, with, "1");
  with = Lock();
  with.source_paths = {"/src"};
  add(wheels, interpreter, with, "1");
}

TEST(EnvironmentId, DoesNotCareWhereTheLockLies) {
  const InterpreterFacts interpreter = test::sample_interpreter();
  Lock here;
  here.path = "/a/app.lock";
  Lock there;
  there.path = "/b/app.lock";
  EXPECT_EQ(environment_id({}, interpreter, here, "1"),
            environment_id({}, interpreter, there, "1"));
}

}  // namespace
}  // namespace pel
