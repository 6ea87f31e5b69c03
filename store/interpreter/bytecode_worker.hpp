#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "lock/interpreter_facts.hpp"
#include "store/interpreter/bytecode_tree.hpp"
#include "store/interpreter/process.hpp"

namespace pel {

// Compiles source files in one process of an interpreter, which is started when it is needed, and
// replaced when a file kills it, hangs it, or has made it too big. One thread at a time.
class BytecodeWorker {
 public:
  BytecodeWorker(const InterpreterFacts& interpreter, unsigned optimization,
                 std::chrono::milliseconds file_timeout)
      : interpreter_(interpreter), optimization_(optimization), file_timeout_(file_timeout) {}

  // The marshalled code of each file; nothing for those that cannot be compiled. Throws Error when
  // a file cannot be read, when the interpreter does not start, or is not the one that the facts
  // describe.
  [[nodiscard]] std::vector<std::optional<std::string>> compile(std::span<const SourceFile> files);

 private:
  enum class Outcome { compiled, refused, unreadable, lost };

  void ensure_started();
  [[nodiscard]] bool request(const SourceFile& file) noexcept;
  [[nodiscard]] Outcome receive(std::string& code);
  [[nodiscard]] bool is_too_big() const;

  const InterpreterFacts& interpreter_;
  unsigned optimization_;
  std::chrono::milliseconds file_timeout_;
  std::unique_ptr<Worker> process_;
};

}  // namespace pel
