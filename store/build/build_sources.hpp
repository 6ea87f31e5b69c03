#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lock/interpreter_facts.hpp"
#include "lock/selection.hpp"
#include "store/fetch/fetch.hpp"
#include "store/tree/store_layout.hpp"

namespace pel {

struct BuildOptions {
  bool offline = false;
  std::vector<std::string> find_links;
  std::string download_dir;
  DownloadLimits downloads;
  std::string log_dir;  // made when there is something to log
  const std::atomic<bool>* cancelled = nullptr;
  std::function<void(std::string_view)> notify;  // one line for people; may be empty
};

// Fills in the wheels of those packages of a selection whose sources have been built before. True
// if that is all of them. Changes nothing on disk. Throws Error(not_found) when the directory of
// one is gone.
bool find_built(const StoreLayout& layout, const InterpreterFacts& facts, Selection& selection);

// The same, and builds the others, one after the other, by the front end that is present; how many.
// Each is kept in the store under its source's identity, so that it is built once; several
// processes may do so at once. Needs a store that can be written.
//
// Throws Error "cannot build <package> from <source>: ..." when a front end fails, with the end of
// what it has said; the whole is in a file that the hint names. Nothing is kept then.
[[nodiscard]] std::size_t build_sources(const StoreLayout& layout, const InterpreterFacts& facts,
                                        Selection& selection, const BuildOptions& options);

}  // namespace pel
