#include <algorithm>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "store/base/mapped_file.hpp"
#include "store/base/start_thread.hpp"
#include "store/base/text.hpp"
#include "store/format/pack_builder.hpp"
#include "store/format/pack_view.hpp"
#include "store/interpreter/bytecode.hpp"
#include "store/interpreter/bytecode_tree.hpp"
#include "store/interpreter/bytecode_worker.hpp"
#include "store/interpreter/pack_file.hpp"

namespace pel {
namespace {

// What a worker takes at a time: enough that the lock does not matter, little enough that the
// last tree is shared by all of them.
constexpr std::size_t kChunkFiles = 64;
constexpr std::uint64_t kChunkBytes = 256 * 1024;

bool is_valid_pack(const std::string& path, std::uint32_t magic, unsigned optimization) {
  int error = 0;
  const MappedFile file = MappedFile::open(path.c_str(), MappedFile::Trust::own_or_root, error);
  const char* reason = nullptr;
  return file && PackView::open(file.bytes(), magic, optimization, reason);
}

// A tree of which some files are not compiled yet.
struct Job {
  std::string id;
  std::vector<SourceFile> sources;
  std::uint64_t size = 0;
  std::size_t taken = 0;  // sources given to workers
  std::size_t done = 0;
  std::vector<std::optional<std::string>> codes;
};

// Biggest first, so that the end is made of small pieces; one is finished before the next is
// begun, so that little code is held at a time.
struct BiggestFirst {
  bool operator()(const std::shared_ptr<Job>& a, const std::shared_ptr<Job>& b) const {
    return a->size != b->size ? a->size > b->size : a->id < b->id;
  }
};

}  // namespace

class BytecodeCompiler::State {
 public:
  State(const InterpreterFacts& interpreter, const StoreLayout& layout,
        const BytecodeOptions& options)
      : interpreter_(interpreter), layout_(layout), options_(options) {
    if (options_.jobs == 0) {
      options_.jobs = std::max(1U, std::thread::hardware_concurrency());
    }
  }

  ~State() { stop(); }

  State(const State&) = delete;
  State& operator=(const State&) = delete;

  [[nodiscard]] bool is_compiled(const std::string& id) const {
    return is_valid_pack(pack_path(id), interpreter_.bytecode_magic, options_.optimization);
  }

  void enqueue(const std::string& id) {
    if (is_compiled(id)) {
      return;
    }
    auto job = std::make_shared<Job>();
    job->id = id;
    job->sources = sources_of_tree(layout_, id);
    for (const SourceFile& source : job->sources) {
      job->size += source.size;
    }
    job->codes.resize(job->sources.size());
    if (job->sources.empty()) {
      write_pack(*job);  // an empty one, so that nobody looks for it again
      return;
    }
    const std::scoped_lock lock(mutex_);
    if (!queued_.insert(id).second) {
      return;
    }
    jobs_.insert(std::move(job));
    while (threads_.size() < options_.jobs && start_thread(threads_, [this] { work(); })) {
    }
    changed_.notify_all();
  }

  void finish() {
    {
      const std::scoped_lock lock(mutex_);
      no_more_ = true;
      changed_.notify_all();
    }
    if (threads_.empty()) {
      work();
    }
    join();
    const std::scoped_lock lock(mutex_);
    if (failure_) {
      std::rethrow_exception(std::exchange(failure_, nullptr));
    }
  }

  [[nodiscard]] Statistics statistics() const {
    const std::scoped_lock lock(mutex_);
    return statistics_;
  }

 private:
  struct Chunk {
    std::shared_ptr<Job> job;
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  void stop() {
    {
      const std::scoped_lock lock(mutex_);
      no_more_ = true;
      jobs_.clear();
      changed_.notify_all();
    }
    join();
  }

  void join() {
    for (std::thread& thread : threads_) {
      thread.join();
    }
    threads_.clear();
  }

  [[nodiscard]] std::string pack_path(const std::string& id) const {
    return concat(layout_.bytecode(id), "/",
                  pack_file_name(interpreter_.cache_tag, options_.optimization));
  }

  // Waits for something to compile; an empty chunk when there will be nothing more.
  Chunk take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return no_more_ || !jobs_.empty(); });
    if (jobs_.empty()) {
      return {};
    }
    Chunk chunk{*jobs_.begin()};
    Job& job = *chunk.job;
    chunk.begin = job.taken;
    std::uint64_t bytes = 0;
    while (job.taken < job.sources.size() && job.taken - chunk.begin < kChunkFiles &&
           (bytes == 0 || bytes + job.sources[job.taken].size <= kChunkBytes)) {
      bytes += job.sources[job.taken].size;
      ++job.taken;
    }
    chunk.end = job.taken;
    if (job.taken == job.sources.size()) {
      jobs_.erase(jobs_.begin());
    }
    return chunk;
  }

  void work() {
    BytecodeWorker worker(interpreter_, options_.optimization, options_.file_timeout);
    try {
      for (Chunk chunk = take(); chunk.job; chunk = take()) {
        compile(worker, chunk);
      }
    } catch (...) {
      const std::scoped_lock lock(mutex_);
      if (!failure_) {
        failure_ = std::current_exception();
      }
      no_more_ = true;
      jobs_.clear();
      changed_.notify_all();
    }
  }

  void compile(BytecodeWorker& worker, const Chunk& chunk) {
    Job& job = *chunk.job;
    const std::size_t count = chunk.end - chunk.begin;
    auto codes = worker.compile(std::span(job.sources).subspan(chunk.begin, count));
    bool complete = false;
    {
      const std::scoped_lock lock(mutex_);
      for (std::size_t i = 0; i < count; ++i) {
        ++(codes[i] ? statistics_.compiled : statistics_.skipped);
        job.codes[chunk.begin + i] = std::move(codes[i]);
      }
      job.done += count;
      complete = job.done == job.sources.size();
    }
    if (complete) {
      write_pack(job);
    }
  }

  // The job is complete: no other thread knows it any more.
  void write_pack(Job& job) {
    PackBuilder builder(interpreter_.bytecode_magic, options_.optimization);
    for (std::size_t i = 0; i < job.sources.size(); ++i) {
      if (job.codes[i]) {
        builder.add(job.sources[i].number, *job.codes[i]);
        job.codes[i].reset();
      }
    }
    write_pack_file(layout_, job.id, pack_file_name(interpreter_.cache_tag, options_.optimization),
                    builder.finish());
    const std::scoped_lock lock(mutex_);
    ++statistics_.packs;
  }

  const InterpreterFacts interpreter_;
  const StoreLayout layout_;
  BytecodeOptions options_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::set<std::shared_ptr<Job>, BiggestFirst> jobs_;  // with files that nobody has taken
  std::set<std::string> queued_;
  std::vector<std::thread> threads_;
  std::exception_ptr failure_;
  Statistics statistics_;
  bool no_more_ = false;
};

BytecodeCompiler::BytecodeCompiler(const InterpreterFacts& interpreter, const StoreLayout& layout,
                                   const BytecodeOptions& options)
    : state_(std::make_unique<State>(interpreter, layout, options)) {}

BytecodeCompiler::~BytecodeCompiler() = default;

bool BytecodeCompiler::is_compiled(const std::string& id) const {
  return state_->is_compiled(id);
}

void BytecodeCompiler::enqueue(const std::string& id) {
  state_->enqueue(id);
}

void BytecodeCompiler::finish() {
  state_->finish();
}

BytecodeCompiler::Statistics BytecodeCompiler::statistics() const {
  return state_->statistics();
}

void compile_bytecode(const InterpreterFacts& interpreter, const StoreLayout& layout,
                      std::span<const std::string> wheel_ids, unsigned optimization,
                      unsigned jobs) {
  BytecodeCompiler compiler(interpreter, layout, {.optimization = optimization, .jobs = jobs});
  for (const std::string& id : wheel_ids) {
    compiler.enqueue(id);
  }
  compiler.finish();
}

}  // namespace pel
