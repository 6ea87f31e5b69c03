#include "store/prefix/entry_point.hpp"

#include <gtest/gtest.h>

namespace pel {
namespace {

TEST(ObjectReference, ModuleAndAttributes) {
  const auto reference = ObjectReference::parse("jupyter_client.kernelspecapp:App.launch_instance");
  ASSERT_TRUE(reference);
  EXPECT_EQ(reference->module, "jupyter_client.kernelspecapp");
  EXPECT_EQ(reference->attributes, "App.launch_instance");
}

TEST(ObjectReference, ExtrasAndBlanksAreDropped) {
  for (const char* const text : {"m:f[i18n]", "m:f [d]", " m : f  [a, b] ", "m:f", "\tm:\tf"}) {
    const auto reference = ObjectReference::parse(text);
    ASSERT_TRUE(reference) << text;
    EXPECT_EQ(reference->module, "m") << text;
    EXPECT_EQ(reference->attributes, "f") << text;
  }
}

TEST(ObjectReference, NamesBeyondAscii) {
  EXPECT_TRUE(ObjectReference::parse("pépin:größe_2"));
}

TEST(ObjectReference, WhatCouldNotBeWrittenIntoAScriptIsRefused) {
  for (const char* const text :
       {"",       "m",     ":f",    "m:",    "m::f",  "m.:f",  ".m:f",           "m:f.",
        "m..n:f", "1m:f",  "m:1f",  "m:f()", "m:f;g", "m n:f", "m:f\nimport os", "m:f [d",
        "m-n:f",  "m:f,g", "m/n:f", "[d]"}) {
    EXPECT_FALSE(ObjectReference::parse(text)) << text;
  }
}

TEST(ScriptName, InterpretersAndNoFileNamesAreRefused) {
  for (const char* const name : {"python", "Python", "PYTHONW", "python3", "python3.11",
                                 "python3.13t", "python3.13T", "python2", "pyvenv.cfg"}) {
    EXPECT_STREQ(script_name_problem(name), "the name belongs to the interpreter") << name;
  }
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string("a/b"), std::string("a\nb"),
        std::string("a\x7f"), std::string(256, 'x')}) {
    EXPECT_STREQ(script_name_problem(name), "it is no file name") << name;
  }
}

TEST(ScriptName, OthersAreFine) {
  for (const char* const name : {"black", "rst2html.py", "pythonic", "python-argcomplete",
                                 "python3-config", "ipython3", "with space", "a:b", "größe"}) {
    EXPECT_EQ(script_name_problem(name), nullptr) << name;
  }
}

}  // namespace
}  // namespace pel
