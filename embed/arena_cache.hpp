#pragma once

namespace pel {

// Keeps chunks of the stack of Python frames that the interpreter gives back for the next one that
// it asks for. From 3.11 on CPython gives a chunk back whenever a call returns over its edge and
// maps a new one at the next call: a deep import crosses that edge hundreds of times, for two
// system calls and a page fault or more each.
//
// Arenas, of which CPython makes small objects, are parts of huge pages, where the kernel has such
// (2 MiB, `transparent_hugepage` in "madvise" or "always"): one page fault instead of 512. A
// process has up to one such page more in memory than without. Each arena is given back by itself,
// as ever.
//
// Call before Python starts, from one thread. Does nothing where the interpreter does not export
// what this needs. What is kept is bounded: sixteen chunks of 16 KiB.
void install_arena_cache() noexcept;

}  // namespace pel
