#include "launcher/hot/locations.hpp"

#include <cstdlib>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "store/base/error.hpp"

namespace pel {
namespace {

// Sets a variable, or takes it away, for the time of one test.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name); old != nullptr) {
      old_ = old;
    }
    if (value == nullptr) {
      ::unsetenv(name);
    } else {
      ::setenv(name, value, 1);
    }
  }

  ~Variable() {
    if (old_) {
      ::setenv(name_, old_->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }

  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> old_;
};

// What cache_home() throws.
Error usage_error() {
  try {
    static_cast<void>(cache_home());
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    return error;
  }
  ADD_FAILURE() << "no exception";
  return {ErrorCode::usage, ""};
}

TEST(Locations, OurVariableThenXdgThenHome) {
  const Variable home("HOME", "/h");
  const Variable xdg("XDG_DATA_HOME", nullptr);
  const Variable own("PYENVLAUNCH_HOME", nullptr);
  EXPECT_EQ(store_home(), "/h/.local/share/pyenvlaunch");
  {
    const Variable set("XDG_DATA_HOME", "/x//y/");
    EXPECT_EQ(store_home(), "/x/y/pyenvlaunch");
    const Variable ours("PYENVLAUNCH_HOME", "/store");
    EXPECT_EQ(store_home(), "/store");
  }
}

TEST(Locations, ARelativeXdgPathIsIgnored) {
  const Variable home("HOME", "/h");
  const Variable xdg("XDG_CACHE_HOME", "cache");
  const Variable own("PYENVLAUNCH_CACHE", nullptr);
  EXPECT_EQ(cache_home(), "/h/.cache/pyenvlaunch");
}

TEST(Locations, ARelativeHomeIsAnError) {
  const Variable home("HOME", "h");
  const Variable xdg("XDG_CACHE_HOME", nullptr);
  const Variable own("PYENVLAUNCH_CACHE", nullptr);
  EXPECT_EQ(usage_error().message(), "cannot use HOME: 'h' is no absolute path");
}

TEST(Locations, WithoutAnyPlaceTheErrorSaysWhichVariableToSet) {
  const Variable home("HOME", nullptr);
  const Variable xdg("XDG_CACHE_HOME", nullptr);
  const Variable own("PYENVLAUNCH_CACHE", nullptr);
  EXPECT_EQ(usage_error().hint(), "set PYENVLAUNCH_CACHE to a directory");
}

}  // namespace
}  // namespace pel
