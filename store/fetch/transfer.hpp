#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/base/error.hpp"
#include "store/fetch/fetch.hpp"

namespace pel {

// Where the body of a download goes. Called by the thread that runs the transfers.
class TransferTarget {
 public:
  TransferTarget() = default;
  virtual ~TransferTarget() = default;
  TransferTarget(const TransferTarget&) = delete;
  TransferTarget& operator=(const TransferTarget&) = delete;

  // A new attempt begins: what came before is void. May throw.
  virtual void restart() = 0;

  // Throws to end the attempt: Error(corrupt) when the server sends what it must not, anything
  // else when the machine cannot take it.
  virtual void receive(std::span<const char> bytes) = 0;

  // Before complete(): what the server called the body, and where it came from in the end.
  virtual void describe(std::string_view /*content_type*/, std::string_view /*url*/) {}

  // All bytes have come. Throws Error(corrupt) when they are the wrong ones.
  virtual void complete() = 0;
};

// One thing to get, from the first of its URLs that has it.
struct Transfer {
  std::string label;              // for people
  std::vector<std::string> urls;  // http and https; at least one
  TransferTarget* target = nullptr;
  std::optional<std::uint64_t> size;  // of the body; known sizes are begun biggest first
  bool is_page = false;               // a text, which may come compressed
  std::uint64_t most = UINT64_MAX;    // bytes of the body, whatever the server says

  // Called after complete(); the target is not used any more.
  std::function<void()> on_complete;

  // The page of a project in a package index. Called instead of a failure when there is none (404).
  std::function<void()> on_absent = {};
};

enum class TransferOrder { go_on, begin_nothing_new, drop_all };

// Runs transfers in the calling thread, many at a time over few connections.
//
// After the first failure, or when told so, nothing new is begun and what is under way comes to
// its end. `order` is asked several times a second.
class TransferEngine {
 public:
  TransferEngine(const TransferLimits& limits, ProgressSink* progress);
  ~TransferEngine();
  TransferEngine(const TransferEngine&) = delete;
  TransferEngine& operator=(const TransferEngine&) = delete;

  // The errors of transfers, in the order in which they happened. Throws what a target's
  // restart(), or anything but an Error of it, threw.
  [[nodiscard]] std::vector<Error> run(std::vector<Transfer> transfers,
                                       const std::function<TransferOrder()>& order);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pel
