#include "store/fetch/transfer.hpp"

#include <algorithm>
#include <chrono>
#include <list>
#include <random>
#include <string_view>
#include <utility>

#include "store/base/text.hpp"
#include "store/fetch/curl_request.hpp"
#include "store/fetch/transfer_failure.hpp"
#include "store/fetch/url.hpp"

namespace pel {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr long kOk = 200;
constexpr long kNotFound = 404;
constexpr int kLongestWait = 200;  // milliseconds between two looks at the order

// Of the body of an answer that is an error: read, so that the connection stays usable.
constexpr std::uint64_t kLargestErrorBody = 256 * 1024;

// Bytes, those of all redirects and trailers included.
constexpr std::uint64_t kMostHeaders = 4UL * 1024 * 1024;

milliseconds with_jitter(milliseconds delay) {
  thread_local std::minstd_rand random(std::random_device{}());
  return delay * std::uniform_int_distribution<int>(50, 150)(random) / 100;
}

}  // namespace

class TransferEngine::Impl {
 public:
  Impl(const TransferLimits& limits, ProgressSink* progress)
      : limits_(limits), progress_(progress), multi_(curl().multi_init()) {
    limits_.parallel = std::max(1U, limits_.parallel);
    curl().multi_setopt(multi_.get(), CURLMOPT_PIPELINING, long{CURLPIPE_MULTIPLEX});
    curl().multi_setopt(multi_.get(), CURLMOPT_MAX_TOTAL_CONNECTIONS,
                        static_cast<long>(limits_.parallel));
  }

  ~Impl() { drop_all(); }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::vector<Error> run(std::vector<Transfer> transfers,
                         const std::function<TransferOrder()>& order) {
    std::ranges::stable_sort(transfers, std::ranges::greater(),
                             [](const Transfer& transfer) { return transfer.size.value_or(0); });
    for (Transfer& transfer : transfers) {
      expect(transfer.size.value_or(0));
      Attempt& attempt = waiting_.emplace_back();
      attempt.engine = this;
      attempt.transfer = std::move(transfer);
    }
    while (!running_.empty() || !waiting_.empty()) {
      const TransferOrder told = order();
      ending_ = ending_ || told != TransferOrder::go_on;
      if (told == TransferOrder::drop_all || (ending_ && running_.empty())) {
        drop_all();
        break;
      }
      begin_due();
      int still_running = 0;
      curl().multi_perform(multi_.get(), &still_running);
      if (!take_finished()) {
        curl().multi_poll(multi_.get(), nullptr, 0, wait_time(), nullptr);
      }
    }
    ending_ = false;
    return std::exchange(errors_, {});
  }

 private:
  // A transfer with the state of its current attempt.
  struct Attempt {
    Impl* engine = nullptr;
    Transfer transfer;
    std::size_t url = 0;    // number in transfer.urls
    unsigned tries = 0;     // of that URL, the current one included
    Clock::time_point due;  // not before
    EasyHandle handle;      // set while it runs
    ErrorBuffer errors{};
    std::uint64_t received = 0;
    std::uint64_t counted = 0;   // of these, what progress has been told
    std::uint64_t headers = 0;   // bytes of them
    std::string encoding;        // Content-Encoding, if the answer has one
    std::exception_ptr refused;  // what the target threw
    std::optional<Error> last_error;

    [[nodiscard]] const std::string& current_url() const { return transfer.urls[url]; }

    [[nodiscard]] long status() const {
      long value = 0;
      curl().easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &value);
      return value;
    }
  };

  using Position = std::list<Attempt>::iterator;

  // Those that wait for another attempt have failed by now.
  void drop_all() {
    for (Attempt& attempt : running_) {
      curl().multi_remove_handle(multi_.get(), attempt.handle.get());
    }
    for (Attempt& attempt : waiting_) {
      if (attempt.last_error) {
        errors_.push_back(std::move(*attempt.last_error));
      }
    }
    running_.clear();
    waiting_.clear();
  }

  void expect(std::uint64_t bytes) {
    expected_ += bytes;
    if (progress_ != nullptr && bytes > 0) {
      progress_->total(expected_);
    }
  }

  // Starts what may start now.
  void begin_due() {
    const auto now = Clock::now();
    for (auto next = waiting_.begin(); next != waiting_.end();) {
      const Position attempt = next++;
      if (ending_ || running_.size() >= limits_.parallel) {
        return;
      }
      if (attempt->due <= now) {
        running_.splice(running_.end(), waiting_, attempt);
        begin(*attempt);
      }
    }
  }

  void begin(Attempt& attempt) {
    ++attempt.tries;
    attempt.received = 0;
    attempt.counted = 0;
    attempt.headers = 0;
    attempt.encoding.clear();
    attempt.refused = nullptr;
    attempt.transfer.target->restart();
    attempt.handle =
        make_request(attempt.current_url(), limits_, &Impl::receive, &attempt, attempt.errors);
    if (attempt.transfer.is_page) {
      accept_compressed(attempt.handle.get());
    } else {
      accept_files_as_they_are(attempt.handle.get());
    }
    take_headers(attempt.handle.get(), &Impl::take_header, &attempt);
    if (attempt.transfer.on_absent) {
      ask_for_index_page(attempt.handle.get());
    }
    curl().multi_add_handle(multi_.get(), attempt.handle.get());
  }

  // curl_write_callback: no exception may pass through libcurl.
  static std::size_t receive(char* data, std::size_t, std::size_t size, void* context) noexcept {
    Attempt& attempt = *static_cast<Attempt*>(context);
    try {
      const bool first = attempt.received == 0;
      attempt.received += size;
      if (attempt.status() != kOk) {
        return attempt.received > kLargestErrorBody ? 0 : size;
      }
      if (std::max(attempt.received, first ? length_of(attempt) : 0) > attempt.transfer.most) {
        throw_too_large(attempt.transfer.most);
      }
      attempt.engine->count(attempt, first, size);
      attempt.transfer.target->receive({data, size});
      return size;
    } catch (...) {
      attempt.refused = std::current_exception();
      return 0;
    }
  }

  // Headers, and trailers behind the body, which libcurl would keep without end.
  static std::size_t take_header(char* text, std::size_t, std::size_t size,
                                 void* context) noexcept {
    Attempt& attempt = *static_cast<Attempt*>(context);
    attempt.headers += size;
    try {
      if (const std::string_view line(text, size); line.starts_with("HTTP/")) {
        attempt.encoding.clear();  // that was of a redirect
      } else if (auto encoding = content_encoding_in(line); !encoding.empty()) {
        attempt.encoding = std::move(encoding);
      }
    } catch (...) {
      return 0;  // no memory
    }
    return attempt.headers > kMostHeaders ? 0 : size;
  }

  [[noreturn]] static void throw_too_large(std::uint64_t most) {
    throw Error(ErrorCode::corrupt, concat("it has more than ", std::to_string(most),
                                           " bytes, and the lock does not say how many"))
        .with_hint(
            "a lock with sizes needs no limit; PYENVLAUNCH_MAX_DOWNLOAD_SIZE, or "
            "max-download-size in the settings, sets another");
  }

  // That the server has announced, or 0.
  static std::uint64_t length_of(const Attempt& attempt) {
    curl_off_t length = -1;
    curl().easy_getinfo(attempt.handle.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    return length > 0 ? static_cast<std::uint64_t>(length) : 0;
  }

  void count(Attempt& attempt, bool first, std::size_t size) {
    if (first && !attempt.transfer.size && attempt.tries == 1) {
      expect(std::max<std::uint64_t>(length_of(attempt), size));
    }
    attempt.counted += size;
    if (progress_ != nullptr) {
      progress_->advance(size);
    }
  }

  // Whether there were any: then others may begin at once.
  bool take_finished() {
    int left = 0;
    bool any = false;
    while (const CURLMsg* message = curl().multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) {
        continue;
      }
      const CURLcode code = message->data.result;
      const Position attempt = std::ranges::find(running_, message->easy_handle,
                                                 [](const Attempt& a) { return a.handle.get(); });
      curl().multi_remove_handle(multi_.get(), message->easy_handle);
      finish(attempt, code);
      any = true;
    }
    return any;
  }

  void finish(Position attempt, CURLcode code) {
    try {
      if (attempt->refused) {
        std::rethrow_exception(attempt->refused);
      }
      if (attempt->transfer.on_absent && code == CURLE_OK && attempt->status() == kNotFound) {
        attempt->transfer.on_absent();
        running_.erase(attempt);
        return;
      }
      const auto failure = failure_of(*attempt, code);
      if (failure) {
        fail(attempt, *failure);
        return;
      }
      describe_body(*attempt);
      attempt->transfer.target->complete();
      attempt->transfer.on_complete();
      running_.erase(attempt);
    } catch (Error& error) {
      if (error.code() == ErrorCode::corrupt) {
        TransferFailure failure{.kind = TransferFailure::Kind::permanent,
                                .reason = error.message(),
                                .hint = error.hint()};
        explain_encoding(*attempt, failure);
        fail(attempt, failure);
      } else {
        error.add_context(concat("downloading ", attempt->transfer.label));
        give_up(attempt, std::move(error));
      }
    }
  }

  static void describe_body(const Attempt& attempt) {
    const char* type = nullptr;
    const char* url = nullptr;
    curl().easy_getinfo(attempt.handle.get(), CURLINFO_CONTENT_TYPE, &type);
    curl().easy_getinfo(attempt.handle.get(), CURLINFO_EFFECTIVE_URL, &url);
    attempt.transfer.target->describe(type == nullptr ? "" : type, url == nullptr ? "" : url);
  }

  static std::optional<TransferFailure> failure_of(const Attempt& attempt, CURLcode code) {
    const long status = attempt.status();
    if (attempt.headers > kMostHeaders) {
      return failure_of_curl(CURLE_WEIRD_SERVER_REPLY, "the server sends headers without end");
    }
    if ((code == CURLE_OK || code == CURLE_WRITE_ERROR) && status != kOk) {
      return failure_of_status(status);
    }
    if (code != CURLE_OK) {
      return failure_of_curl(code, attempt.errors.data());
    }
    const std::uint64_t size = attempt.transfer.size.value_or(attempt.received);
    if (attempt.received < size) {
      TransferFailure failure = failure_of_curl(CURLE_PARTIAL_FILE, {});
      failure.reason = concat("the connection ended after ", std::to_string(attempt.received),
                              " of ", std::to_string(size), " bytes");
      explain_encoding(attempt, failure);
      return failure;
    }
    return std::nullopt;
  }

  // What came to its end, and has not the bytes that it should have.
  static void explain_encoding(const Attempt& attempt, TransferFailure& failure) {
    if (!attempt.transfer.is_page && !attempt.encoding.empty()) {
      blame_encoding(attempt.encoding, failure);
    }
  }

  // Once more, from the next URL, or not at all.
  void fail(Position attempt, const TransferFailure& failure) {
    using Kind = TransferFailure::Kind;
    const unsigned most = failure.kind == Kind::permanent     ? 1
                          : failure.kind == Kind::unreachable ? limits_.connect_attempts
                                                              : limits_.attempts;
    const bool again = attempt->tries < most;
    const bool elsewhere = attempt->url + 1 < attempt->transfer.urls.size();
    Error error = describe(*attempt, failure);
    if (ending_ || (!again && !elsewhere)) {
      give_up(attempt, std::move(error));
      return;
    }
    if (progress_ != nullptr && again) {
      progress_->message(
          concat("trying again to download ", attempt->transfer.label, ": ", failure.reason));
    }
    attempt->last_error = std::move(error);
    attempt->due = Clock::now() + (again ? delay_of(*attempt) : milliseconds(0));
    if (!again) {
      ++attempt->url;
      attempt->tries = 0;
    }
    attempt->handle.reset();
    expect(attempt->counted);  // which comes a second time
    waiting_.splice(waiting_.end(), running_, attempt);
  }

  static Error describe(const Attempt& attempt, const TransferFailure& failure) {
    std::string message = concat("cannot download ", attempt.transfer.label, " from ",
                                 url_for_messages(attempt.current_url()), ": ", failure.reason);
    if (attempt.tries > 1) {
      message += concat(" (tried ", std::to_string(attempt.tries), " times)");
    }
    const bool answered = attempt.refused || attempt.status() == kOk;
    const bool wrong = answered && failure.kind == TransferFailure::Kind::permanent;
    return Error(wrong ? ErrorCode::corrupt : ErrorCode::io, std::move(message))
        .with_hint(failure.hint);
  }

  void give_up(Position attempt, Error error) {
    errors_.push_back(std::move(error));
    running_.erase(attempt);
    ending_ = true;
  }

  [[nodiscard]] milliseconds delay_of(const Attempt& attempt) const {
    const unsigned doublings = std::min(attempt.tries - 1, 16U);
    milliseconds delay = with_jitter(limits_.first_delay * (1 << doublings));
    curl_off_t asked = 0;
    curl().easy_getinfo(attempt.handle.get(), CURLINFO_RETRY_AFTER, &asked);
    if (asked > 0) {
      delay = std::max(delay, milliseconds(1000 * std::min<curl_off_t>(asked, 1'000'000)));
    }
    return std::min(delay, limits_.longest_delay);
  }

  // Milliseconds until something must be done even if no byte comes.
  [[nodiscard]] int wait_time() const {
    auto wait = milliseconds(kLongestWait);
    if (running_.size() < limits_.parallel) {
      for (const Attempt& attempt : waiting_) {
        wait = std::min(wait, std::chrono::duration_cast<milliseconds>(attempt.due - Clock::now()));
      }
    }
    return std::max(1, static_cast<int>(wait.count()));
  }

  TransferLimits limits_;
  ProgressSink* progress_;
  MultiHandle multi_;
  std::list<Attempt> waiting_;
  std::list<Attempt> running_;
  std::vector<Error> errors_;
  bool ending_ = false;  // nothing new is begun
  std::uint64_t expected_ = 0;
};

TransferEngine::TransferEngine(const TransferLimits& limits, ProgressSink* progress) {
  initialize_curl();
  impl_ = std::make_unique<Impl>(limits, progress);
}

TransferEngine::~TransferEngine() = default;

std::vector<Error> TransferEngine::run(std::vector<Transfer> transfers,
                                       const std::function<TransferOrder()>& order) {
  return impl_->run(std::move(transfers), order);
}

}  // namespace pel
