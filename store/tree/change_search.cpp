#include "store/tree/change_search.hpp"

#include <algorithm>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "store/base/text.hpp"
#include "store/tree/changed_files.hpp"
#include "store/tree/stored_index.hpp"

namespace pel {
namespace {

constexpr std::size_t kChunkFiles = 512;  // what a thread looks at before it asks for more
constexpr unsigned kMostThreads = 4;      // with the owner's

}  // namespace

class ChangeSearch::State {
 public:
  explicit State(std::vector<std::string> roots) : roots_(std::move(roots)) {
    for (std::size_t root = 0; root < roots_.size(); ++root) {
      chunks_.push_back({.root = root, .first = 0, .index = nullptr});
    }
    const unsigned processors = std::min(std::thread::hardware_concurrency(), kMostThreads);
    while (threads_.size() + 1 < std::min<std::size_t>(processors, roots_.size() + 1)) {
      try {
        threads_.emplace_back([this] { work(); });
      } catch (const std::system_error&) {
        break;  // finish() does what is left
      }
    }
  }

  ~State() {
    {
      const std::scoped_lock lock(mutex_);
      chunks_.clear();
    }
    join();
  }

  State(const State&) = delete;
  State& operator=(const State&) = delete;

  std::vector<Found> finish() {
    work();
    join();
    if (failure_) {
      std::rethrow_exception(std::exchange(failure_, nullptr));
    }
    std::ranges::stable_sort(found_, {}, &Found::root);
    const auto rest = std::ranges::unique(found_, {}, &Found::root);
    found_.erase(rest.begin(), rest.end());
    return std::move(found_);
  }

 private:
  struct Chunk {
    std::size_t root = 0;
    std::size_t first = 0;                     // file
    std::shared_ptr<const StoredIndex> index;  // none yet in a tree's first one
  };

  std::optional<Chunk> take() {
    const std::scoped_lock lock(mutex_);
    if (chunks_.empty()) {
      return std::nullopt;
    }
    Chunk chunk = std::move(chunks_.front());
    chunks_.pop_front();
    return chunk;
  }

  void work() noexcept {
    try {
      while (auto chunk = take()) {
        look_at(*std::move(chunk));
      }
    } catch (...) {
      const std::scoped_lock lock(mutex_);
      failure_ = std::current_exception();
      chunks_.clear();
    }
  }

  void look_at(Chunk chunk) {
    const std::string& root = roots_[chunk.root];
    if (!chunk.index) {
      chunk.index = std::make_shared<const StoredIndex>(concat(root, "/", index_format::kFileName));
      if (chunk.index->view() == nullptr) {
        return;
      }
      share(chunk);
    }
    std::string path = ChangedFiles(root, *chunk.index->view()).find(chunk.first, kChunkFiles);
    if (!path.empty()) {
      const std::scoped_lock lock(mutex_);
      found_.push_back({chunk.root, std::move(path)});
    }
  }

  // All but the first part of a big tree is for whoever has time.
  void share(const Chunk& chunk) {
    const std::size_t count = chunk.index->view()->files().size();
    const std::scoped_lock lock(mutex_);
    for (std::size_t first = kChunkFiles; first < count; first += kChunkFiles) {
      chunks_.push_back({chunk.root, first, chunk.index});
    }
  }

  void join() {
    for (std::thread& thread : threads_) {
      thread.join();
    }
    threads_.clear();
  }

  const std::vector<std::string> roots_;
  std::mutex mutex_;
  std::deque<Chunk> chunks_;
  std::vector<Found> found_;
  std::exception_ptr failure_;
  std::vector<std::thread> threads_;  // last: they use all of the above
};

ChangeSearch::ChangeSearch(std::vector<std::string> roots)
    : state_(std::make_unique<State>(std::move(roots))) {}

ChangeSearch::~ChangeSearch() = default;

std::vector<ChangeSearch::Found> ChangeSearch::finish() {
  return state_->finish();
}

}  // namespace pel
