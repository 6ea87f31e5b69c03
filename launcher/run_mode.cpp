#include "launcher/run_mode.hpp"

#include "store/base/text.hpp"

namespace pel {

RunMode run_mode(const FoundInterpreter& found, std::string_view wanted) {
  if (!found.problem.empty() || !found.facts) {
    return {{}, found.problem};
  }
  const InterpreterFacts& facts = *found.facts;
  if (wanted == "hosted") {
    return {"hosted", "PYENVLAUNCH_MODE says so"};
  }
  if (!facts.libpython.empty()) {
    return {"embedded", facts.libpython};
  }
  if (wanted == "embedded") {
    return {{}, concat("PYENVLAUNCH_MODE says embedded, but ", facts.libpython_reason)};
  }
  return {"hosted", facts.libpython_reason};
}

}  // namespace pel
