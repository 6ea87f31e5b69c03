#pragma once

#include <system_error>
#include <utility>
#include <vector>

namespace pel {

// One more thread that runs `work`. False where the system has none left, by a limit of processes
// or of memory: those that are there, or the caller, must do its part then.
template <class Thread, class Work>
[[nodiscard]] bool start_thread(std::vector<Thread>& threads, Work&& work) {
  try {
    threads.emplace_back(std::forward<Work>(work));
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

}  // namespace pel
