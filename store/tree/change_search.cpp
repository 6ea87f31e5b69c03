#include "store/tree/change_search.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "store/base/start_thread.hpp"
#include "store/base/text.hpp"
#include "store/tree/changed_files.hpp"

namespace pel {
namespace {

constexpr std::size_t kPartEntries = 512;  // what a thread looks at before it asks for more
constexpr unsigned kMostThreads = 8;       // with the owner's

struct Tree {
  std::size_t number = 0;
  std::string root;
  std::shared_ptr<const StoredIndex> index;
  std::optional<ChangedFiles> files;  // once somebody has begun
};

// What nobody looks at yet.
struct Task {
  std::shared_ptr<Tree> tree;
  ChangedFiles::Part part;  // of a tree that somebody has begun
};

}  // namespace

class ChangeSearch::State {
 public:
  State() = default;

  ~State() {
    {
      const std::scoped_lock lock(mutex_);
      tasks_.clear();
    }
    close();
    join();
  }

  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void add(std::string root, std::shared_ptr<const StoredIndex> index) {
    const std::size_t number = trees_++;
    if (!index || index->view() == nullptr) {
      return;
    }
    auto tree = std::make_shared<Tree>();
    tree->number = number;
    tree->root = std::move(root);
    tree->index = std::move(index);
    {
      const std::scoped_lock lock(mutex_);
      tasks_.push_back({std::move(tree), {}});
    }
    if (threads_.size() + 1 < processors_) {
      if (!start_thread(threads_, [this] { work(); })) {
        return;  // finish() does what is left
      }
    }
    come_.notify_one();
  }

  std::vector<Found> finish() {
    close();
    work();
    join();
    if (failure_) {
      std::rethrow_exception(std::exchange(failure_, nullptr));
    }
    for (const auto& tree : looked_at_) {
      if (std::ranges::find(found_, tree->number, &Found::root) == found_.end()) {
        tree->files->renew_stamp();
      }
    }
    std::ranges::stable_sort(found_, {}, &Found::root);
    const auto rest = std::ranges::unique(found_, {}, &Found::root);
    found_.erase(rest.begin(), rest.end());
    return std::move(found_);
  }

 private:
  // Waits while more may come.
  std::optional<Task> take() {
    std::unique_lock lock(mutex_);
    come_.wait(lock, [this] { return !tasks_.empty() || (closed_ && dividing_ == 0); });
    if (tasks_.empty()) {
      return std::nullopt;
    }
    Task task = std::move(tasks_.front());
    tasks_.pop_front();
    if (!task.tree->files) {
      ++dividing_;
    }
    return task;
  }

  void work() noexcept {
    try {
      while (auto task = take()) {
        look_at(*std::move(task));
      }
    } catch (...) {
      const std::scoped_lock lock(mutex_);
      failure_ = std::current_exception();
      tasks_.clear();
    }
  }

  void look_at(Task task) {
    Tree& tree = *task.tree;
    if (!tree.files) {
      task.part = divide(task.tree);
    }
    std::string path = tree.files->find(task.part);
    if (!path.empty()) {
      const std::scoped_lock lock(mutex_);
      found_.push_back({tree.number, std::move(path)});
    }
  }

  // The first part of a tree; all others are for whoever has time.
  ChangedFiles::Part divide(const std::shared_ptr<Tree>& tree) {
    const Dividing end(*this);
    tree->files.emplace(tree->root, *tree->index->view());
    const std::vector<ChangedFiles::Part> parts = tree->files->parts(kPartEntries);
    const std::scoped_lock lock(mutex_);
    looked_at_.push_back(tree);
    for (std::size_t i = 1; i < parts.size(); ++i) {
      tasks_.push_back({tree, parts[i]});
    }
    return parts.empty() ? ChangedFiles::Part{} : parts.front();
  }

  // Ends what take() has counted.
  class Dividing {
   public:
    explicit Dividing(State& search) : search_(search) {}

    ~Dividing() {
      {
        const std::scoped_lock lock(search_.mutex_);
        --search_.dividing_;
      }
      search_.come_.notify_all();
    }

    Dividing(const Dividing&) = delete;
    Dividing& operator=(const Dividing&) = delete;

   private:
    State& search_;
  };

  // Nothing comes any more.
  void close() {
    {
      const std::scoped_lock lock(mutex_);
      closed_ = true;
    }
    come_.notify_all();
  }

  void join() {
    for (std::thread& thread : threads_) {
      thread.join();
    }
    threads_.clear();
  }

  // Asked for once: the answer is read from a file.
  const unsigned processors_ = std::min(std::thread::hardware_concurrency(), kMostThreads);
  std::size_t trees_ = 0;
  std::mutex mutex_;
  std::condition_variable come_;
  bool closed_ = false;
  unsigned dividing_ = 0;  // threads that may have more tasks in a moment
  std::deque<Task> tasks_;
  std::vector<std::shared_ptr<const Tree>> looked_at_;
  std::vector<Found> found_;
  std::exception_ptr failure_;
  std::vector<std::thread> threads_;  // last: they use all of the above
};

ChangeSearch::ChangeSearch() : state_(std::make_unique<State>()) {}

ChangeSearch::~ChangeSearch() = default;

void ChangeSearch::add(std::string root, std::shared_ptr<const StoredIndex> index) {
  state_->add(std::move(root), std::move(index));
}

void ChangeSearch::add(std::string root) {
  auto index = std::make_shared<const StoredIndex>(concat(root, "/", index_format::kFileName));
  state_->add(std::move(root), std::move(index));
}

std::vector<ChangeSearch::Found> ChangeSearch::finish() {
  return state_->finish();
}

}  // namespace pel
