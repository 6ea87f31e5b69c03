#pragma once

namespace pel {

// Python runs with -O or -OO and the environment has no code for that level yet: has the second
// program make it, once, and waits. A failure is silent, and costs only speed. Called while an
// interpreter starts, when no other thread exists.
void complete_bytecode() noexcept;

// sys.flags.optimize as packs know it: 0, 1 or 2. Needs the GIL.
[[nodiscard]] unsigned optimization_level() noexcept;

}  // namespace pel
