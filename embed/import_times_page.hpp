#pragma once

namespace pel {

// A page that draws imports, without its data: a JSON object {"end": ms, "imports": [[name, number
// of its parent or -1, depth, begin in ms, duration in ms, failed], ...]} stands between the two.
// It uses nothing from anywhere else.
extern const char* const kImportTimesPageHead;
extern const char* const kImportTimesPageTail;

}  // namespace pel
