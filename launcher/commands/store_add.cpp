// pyenvlaunch store add: puts wheel files into the store. Needs no interpreter.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "launcher/command_line.hpp"
#include "launcher/commands/store.hpp"
#include "launcher/json_text.hpp"
#include "store/base/error.hpp"
#include "store/base/path.hpp"
#include "store/base/start_thread.hpp"
#include "store/base/text.hpp"
#include "store/format/selection_key.hpp"
#include "store/tree/store.hpp"

namespace pel {
namespace {

// One file of the command line and what came of it.
struct Task {
  std::string path;
  Store::Added added;
  std::exception_ptr failure;
};

// Adds all files, several at once. A wheel that cannot be added does not keep the others out.
void add_all(const Store& store, std::vector<Task>& tasks, const std::atomic<bool>& interrupted) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < tasks.size() && !interrupted; i = next++) {
      Task& task = tasks[i];
      try {
        task.added =
            store.add(task.path, std::string(name_of(task.path)), std::nullopt, Trust::nobody);
      } catch (...) {  // for the main thread to look at
        task.failure = std::current_exception();
      }
    }
  };
  // Each add waits for the disk at its end; meanwhile others unpack.
  const std::size_t most = std::max(1U, std::thread::hardware_concurrency()) + 2;
  std::vector<std::jthread> helpers;
  for (std::size_t i = 1; i < std::min(tasks.size(), most) && start_thread(helpers, work); ++i) {
  }
  work();
}

int run(CommandContext& context, std::span<const std::string_view> args) {
  bool json = false;
  CommandLine line(store_add_command);
  line.options().flag("json", json, "print JSON");
  const auto files = line.parse(context, args);
  if (!files) {
    return EXIT_SUCCESS;
  }
  expect_operands(*files, 1, std::numeric_limits<std::size_t>::max(), "wheel");
  const Store store(context.settings.locations().home, context.settings.unpack_limits());
  store.prepare();
  std::vector<Task> tasks;
  for (const std::string& file : *files) {
    tasks.push_back({absolute_path(file), {}, nullptr});
  }
  add_all(store, tasks, *context.settings.interrupted);
  if (*context.settings.interrupted) {
    throw Error(ErrorCode::interrupted, "interrupted");
  }
  int status = EXIT_SUCCESS;
  auto added = nlohmann::ordered_json::array();
  for (const Task& task : tasks) {
    try {
      if (task.failure) {
        std::rethrow_exception(task.failure);
      }
    } catch (const Error& error) {
      context.console.report(error);
      status = EXIT_FAILURE;
      continue;
    }
    for (const std::string& warning : task.added.warnings) {
      context.console.warn(warning);
    }
    if (json) {
      added.push_back({{"file", task.path}, {"id", task.added.id}});
    } else {
      context.console.print(concat(task.added.id, "\n"));
    }
  }
  if (json) {
    context.console.print(json_text(added));
  }
  return status;
}

}  // namespace

constinit const Command store_add_command{
    .name = "store add",
    .summary = "put wheel files into the store, and print their ids",
    .usage = "[OPTION]... WHEEL...",
    .run = run,
};

}  // namespace pel
