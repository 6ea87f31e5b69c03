#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "lock/interpreter_facts.hpp"
#include "store/tree/store_layout.hpp"

namespace pel {

struct BytecodeOptions {
  unsigned optimization = 0;  // 0, 1, 2: as -O and -OO
  unsigned jobs = 0;          // worker processes; 0: one per processor
  std::chrono::milliseconds file_timeout{60'000};
};

// Makes the packs of stored trees (wheels, composites) for one interpreter, in the background:
// trees may be added while others are still being downloaded. Each worker process of the
// interpreter compiles many files; a tree of thousands of files is shared by several.
//
// Every *.py below site-packages is compiled with its path in the store as co_filename. A file that
// cannot be compiled (syntax error, null bytes, too deep, crash, over a minute) is left out
// silently: the import shows the same error later. A tree that has a valid pack is skipped; a
// pack appears whole or not at all.
//
// The member functions may be called from any thread, finish() once.
class BytecodeCompiler {
 public:
  BytecodeCompiler(const InterpreterFacts& interpreter, const StoreLayout& layout,
                   const BytecodeOptions& options);
  ~BytecodeCompiler();  // without finish(): gives up what is not done
  BytecodeCompiler(const BytecodeCompiler&) = delete;
  BytecodeCompiler& operator=(const BytecodeCompiler&) = delete;

  // Whether the tree has a valid pack, so that enqueue() would do nothing.
  [[nodiscard]] bool is_compiled(const std::string& id) const;

  // `id` must be present in the store. Throws Error when its INDEX cannot be read.
  void enqueue(const std::string& id);

  // Waits until all packs are written. Throws the first Error that concerns more than one file:
  // the interpreter does not start, a source cannot be read, a pack cannot be written.
  void finish();

  struct Statistics {
    std::size_t packs = 0;     // written
    std::size_t compiled = 0;  // files
    std::size_t skipped = 0;   // files that could not be compiled
  };

  [[nodiscard]] Statistics statistics() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

// All of it in one call: makes the packs that are missing.
void compile_bytecode(const InterpreterFacts& interpreter, const StoreLayout& layout,
                      std::span<const std::string> wheel_ids, unsigned optimization, unsigned jobs);

}  // namespace pel
