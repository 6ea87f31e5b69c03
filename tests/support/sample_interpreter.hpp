#pragma once

#include "lock/interpreter_facts.hpp"

namespace pel::test {

inline InterpreterFacts sample_interpreter() {
  InterpreterFacts facts;
  facts.executable = "/opt/python/bin/python3.11";
  facts.implementation = "cpython";
  facts.major = 3;
  facts.minor = 11;
  facts.micro = 7;
  facts.full_version = "3.11.7";
  facts.soabi = "cpython-311-x86_64-linux-gnu";
  facts.cache_tag = "cpython-311";
  facts.bytecode_magic = 0x0a0d0da7;
  facts.extension_suffixes = {".cpython-311-x86_64-linux-gnu.so", ".abi3.so", ".so"};
  facts.version_line = "3.11.7 (main)";
  facts.libpython = "/opt/python/lib/libpython3.11.so.1.0";
  return facts;
}

}  // namespace pel::test
