#pragma once

namespace pel {

// Makes every interpreter of this process install our finders while it starts: after importlib is
// complete, before `site`. Call once, before Python starts. False if the library does not let us.
//
// How it works: `abc` is imported by `io`, which each start needs for the standard streams, just
// before `site`; and `_abc` behind it is a built-in module, whose entry in the table of built-in
// modules (PyImport_Inittab) gets an initialiser of ours around its own, which adds one execution
// slot (PEP 489) to the module's definition. So nothing that a program
// can see is added: no module, no name in sys.builtin_module_names, no other `site`.
//
// A first step is taken in the same way by `time`, which importlib's own start needs: from then on
// our finders answer for `encodings`, the first package that every start looks for.
[[nodiscard]] bool arm_start_hook() noexcept;

}  // namespace pel
