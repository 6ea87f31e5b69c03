#include "store/fetch/fetch.hpp"

#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include "store/base/error.hpp"
#include "store/base/file_kind.hpp"
#include "store/base/text.hpp"
#include "store/base/text_file.hpp"
#include "store/fetch/find_links.hpp"
#include "store/fetch/ready_pool.hpp"
#include "store/fetch/targets.hpp"
#include "store/fetch/transfer.hpp"
#include "store/fetch/url.hpp"
#include "store/fetch/wheel_check.hpp"

namespace pel {
namespace {

constexpr std::size_t kLargestLocalPage = 64 * 1024 * 1024;

// A file on this machine that could be the wheel. One that was only found by its name may turn out
// to be another build; then the next place is tried. One that the lock names must be right.
struct LocalFile {
  std::string path;
  bool named_by_lock = false;
};

// Where a wheel can come from, the best place first: files, then URLs.
struct Places {
  std::vector<LocalFile> files;
  std::size_t next_file = 0;
  std::vector<std::string> urls;
};

Error with_more(const Error& error, std::size_t more) {
  if (more == 0) {
    return error;
  }
  Error result(error.code(), concat(error.message(), "; ", std::to_string(more), " more wheel",
                                    more == 1 ? "" : "s", " could not be fetched"));
  for (const std::string& frame : error.context()) {
    result.add_context(frame);
  }
  return std::move(result).with_hint(error.hint());
}

class Fetch {
 public:
  Fetch(std::span<const FetchItem> items, const FetchOptions& options)
      : items_(items),
        options_(options),
        links_(FindLinks::parse(options.find_links)),
        places_(items.size()),
        pool_(thread_count(items.size(), options.limits)) {}

  void run() {
    report([&](ProgressSink& sink) { sink.files(items_.size()); });
    std::vector<std::size_t> pending;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      find_files(i);
      pending.push_back(i);
    }
    find_urls();
    while (!pending.empty()) {
      pending = round(pending);
    }
    if (!errors_.empty()) {
      throw with_more(errors_.front(), errors_.size() - 1);
    }
  }

 private:
  static unsigned thread_count(std::size_t items, const TransferLimits& limits) {
    const unsigned wanted =
        limits.ready_threads > 0 ? limits.ready_threads : std::thread::hardware_concurrency();
    return std::clamp(wanted, 1U, static_cast<unsigned>(std::clamp<std::size_t>(items, 1, 64)));
  }

  [[nodiscard]] TransferLimits limits() const {
    return options_.downloads.applied_to(options_.limits);
  }

  template <class Call>
  void report(Call&& call) {
    if (options_.progress != nullptr) {
      std::forward<Call>(call)(*options_.progress);
    }
  }

  [[nodiscard]] bool is_cancelled() const {
    return options_.cancelled != nullptr && options_.cancelled->load(std::memory_order_relaxed);
  }

  void find_files(std::size_t item) {
    const LockedArtifact& wheel = items_[item].wheel;
    Places& places = places_[item];
    if (!wheel.path.empty() && exists(wheel.path)) {
      places.files.push_back({wheel.path, true});
      return;
    }
    for (const std::string& folder : links_.folders) {
      std::string path = concat(folder, "/", wheel.file_name);
      if (exists(path)) {
        places.files.push_back({std::move(path), false});
      }
    }
    if (auto path = path_of_file_url(wheel.url)) {
      places.files.push_back({std::move(*path), true});
    }
  }

  // The pages of find_links are asked only when a wheel may need them.
  void find_urls() {
    std::multimap<std::string, std::string, std::less<>> linked;
    const auto add = [&](std::string_view html, const std::string& url) {
      for (WheelLink& link : wheel_links(html, url)) {
        linked.emplace(std::move(link.file_name), std::move(link.url));
      }
    };
    for (const std::string& file : links_.files) {
      std::string html;
      if (const int error = read_text_file(file, kLargestLocalPage, html); error != 0) {
        errno = error;
        throw_errno("read", file);
      }
      add(html, concat("file://", file));
    }
    if (!options_.offline && std::ranges::any_of(places_, [](const Places& places) {
          return places.files.empty() || !places.files.front().named_by_lock;
        })) {
      fetch_pages(add);
    }
    for (std::size_t i = 0; i < items_.size(); ++i) {
      add_urls(items_[i].wheel, linked, places_[i]);
    }
  }

  template <class Linked>
  static void add_urls(const LockedArtifact& wheel, const Linked& linked, Places& places) {
    const auto [begin, end] = linked.equal_range(wheel.file_name);
    for (auto link = begin; link != end; ++link) {
      if (is_http_url(link->second)) {
        places.urls.push_back(link->second);
      } else if (auto path = path_of_file_url(link->second)) {
        places.files.push_back({std::move(*path), false});
      }
    }
    if (is_http_url(wheel.url)) {
      places.urls.push_back(wheel.url);
    }
  }

  // A page that cannot be had is no failure as long as the wheels are found elsewhere.
  template <class Add>
  void fetch_pages(const Add& add) {
    for (const std::string& page : links_.pages) {
      PageTarget target;
      std::vector<Transfer> transfers(1);
      transfers[0].label = "a page of --find-links";
      transfers[0].urls = {page};
      transfers[0].target = &target;
      transfers[0].is_page = true;
      transfers[0].on_complete = [&] { add(target.text(), target.url()); };
      TransferEngine engine(limits(), nullptr);
      for (const Error& error : engine.run(std::move(transfers), [this] { return order(); })) {
        report([&](ProgressSink& sink) { sink.message(error.message()); });
      }
    }
  }

  // Tries the next place of each wheel; returns those that must be tried again.
  std::vector<std::size_t> round(const std::vector<std::size_t>& pending) {
    std::vector<std::unique_ptr<WheelTarget>> targets;
    std::vector<Transfer> transfers;
    for (const std::size_t item : pending) {
      Places& places = places_[item];
      if (places.next_file < places.files.size()) {
        const LocalFile& file = places.files[places.next_file++];
        pool_.add([this, item, &file] { take_local(item, file); });
      } else if (!places.urls.empty() && !options_.offline) {
        targets.push_back(std::make_unique<WheelTarget>(items_[item].wheel, options_.download_dir));
        transfers.push_back(make_transfer(item, *targets.back()));
      } else {
        add_error(no_place(item));
      }
    }
    if (!transfers.empty()) {
      sweep_part_files(options_.download_dir);
      TransferEngine engine(limits(), options_.progress);
      for (Error& error : engine.run(std::move(transfers), [this] { return order(); })) {
        add_error(std::move(error));
      }
    }
    pool_.wait();
    if (is_cancelled()) {
      throw Error(ErrorCode::interrupted, "interrupted while fetching wheels");
    }
    return std::exchange(rejected_, {});
  }

  Transfer make_transfer(std::size_t item, WheelTarget& target) {
    Transfer transfer;
    transfer.label = items_[item].label;
    transfer.urls = places_[item].urls;
    transfer.target = &target;
    transfer.size = items_[item].wheel.size;
    transfer.most = transfer.size ? UINT64_MAX : options_.downloads.largest;
    transfer.on_complete = [this, item, &target] {
      pool_.add([this, item, file = target.take()] { hand_over(item, file->path()); });
    };
    return transfer;
  }

  TransferOrder order() {
    if (is_cancelled() || pool_.has_failed()) {
      return TransferOrder::drop_all;
    }
    const std::scoped_lock lock(mutex_);
    return errors_.empty() ? TransferOrder::go_on : TransferOrder::begin_nothing_new;
  }

  void take_local(std::size_t item, const LocalFile& file) {
    if (is_cancelled()) {
      return;
    }
    try {
      check_wheel_file(items_[item].wheel, file.path);
    } catch (Error& error) {
      if (file.named_by_lock) {
        error.add_context(concat("getting ", items_[item].label));
        add_error(std::move(error));
      } else {
        const std::scoped_lock lock(mutex_);
        rejected_.push_back(item);
      }
      return;
    }
    hand_over(item, file.path);
  }

  void hand_over(std::size_t item, const std::string& file) {
    if (is_cancelled()) {
      return;
    }
    if (options_.on_ready) {
      options_.on_ready(item, file);
    }
    report([](ProgressSink& sink) { sink.file_done(); });
  }

  void add_error(Error error) {
    const std::scoped_lock lock(mutex_);
    errors_.push_back(std::move(error));
  }

  [[nodiscard]] Error no_place(std::size_t item) const {
    const LockedArtifact& wheel = items_[item].wheel;
    const std::string what = concat("cannot get ", items_[item].label);
    if (!places_[item].urls.empty()) {
      return Error(ErrorCode::not_found, concat(what, " while offline: ", wheel.file_name,
                                                " is neither in the store nor on this machine"))
          .with_hint("run it once without --offline, or give --find-links a folder that has it");
    }
    if (!places_[item].files.empty()) {
      return Error(ErrorCode::corrupt, concat(what, ": ", places_[item].files.front().path,
                                              " is not the file that was locked"))
          .with_hint("replace it, or make the lock anew");
    }
    if (!wheel.path.empty()) {
      return Error(ErrorCode::not_found, concat(what, ": there is no file ", wheel.path))
          .with_hint("put it there, or give --find-links a folder that has it");
    }
    return Error(ErrorCode::not_found,
                 concat(what, ": '", url_for_messages(wheel.url), "' is no URL that can be used"))
        .with_hint("http, https and file URLs can");
  }

  std::span<const FetchItem> items_;
  const FetchOptions& options_;
  FindLinks links_;
  std::vector<Places> places_;
  std::mutex mutex_;
  std::vector<Error> errors_;
  std::vector<std::size_t> rejected_;
  ReadyPool pool_;  // last: its threads use all of the above
};

}  // namespace

void fetch_wheels(std::span<const FetchItem> items, const FetchOptions& options) {
  if (!items.empty()) {
    Fetch(items, options).run();
  }
}

}  // namespace pel
