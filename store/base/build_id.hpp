#pragma once

namespace pel {

// "<version>-<16 hexadecimal digits>": the same in every program of one build, another after any
// change of a source. Names the launcher's copy in a store.
extern const char* const kBuildId;

// "0.1.0", for people.
extern const char* const kVersion;

}  // namespace pel
