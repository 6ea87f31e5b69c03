#pragma once

#include "lock/interpreter_facts.hpp"
#include "store/tree/store_layout.hpp"

namespace pel {

// Makes the pack of the interpreter's standard library for one optimisation level, unless there is
// one that is up to date: a few system calls then. Nothing is compiled: the code is that of the
// .pyc files that importlib would take, of a module without one the pack holds none. Tests of the
// library are left out. What cannot be read is left out silently; throws Error when the pack cannot
// be written.
//
// Up to date means that the library's directory and that of its extension modules have not changed.
// What was edited elsewhere costs a look at the files themselves until then, never a wrong answer.
void make_standard_pack(const InterpreterFacts& interpreter, const StoreLayout& layout,
                        unsigned optimization);

}  // namespace pel
