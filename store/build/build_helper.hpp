#pragma once

#include <string>
#include <vector>

#include "lock/interpreter_facts.hpp"

namespace pel {

// What is done around a build by the interpreter that it is for. All throw Error(corrupt) with the
// helper's own reason, or Error(io).
class BuildHelper {
 public:
  explicit BuildHelper(const InterpreterFacts& interpreter) : python_(interpreter.executable) {}

  // Unpacks a tar or zip archive into the new directory `target`, refusing members that lie
  // elsewhere. The path of the source tree: the only directory in it, or itself.
  [[nodiscard]] std::string unpack(const std::string& archive, const std::string& target) const;

  // Copies a directory of sources, without what tree_digest() passes over, but with what version
  // control needs.
  void copy(const std::string& source, const std::string& target) const;

  // Writes the wheel again, into the folder `target`, with this direct_url.json in it. Its path.
  [[nodiscard]] std::string with_direct_url(const std::string& wheel, const std::string& target,
                                            const std::string& text) const;

  // Makes a wheel, in the folder `target`, of what a front end has installed into `tree`. Its path.
  [[nodiscard]] std::string pack(const std::string& tree, const std::string& target,
                                 const std::string& direct_url) const;

 private:
  [[nodiscard]] std::string run(const std::vector<std::string>& words) const;

  std::string python_;
};

}  // namespace pel
