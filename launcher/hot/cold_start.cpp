#include "launcher/hot/cold_start.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "launcher/hot/read_list.hpp"
#include "store/base/atomic_file.hpp"
#include "store/base/fd.hpp"
#include "store/base/hash.hpp"
#include "store/base/mapped_file.hpp"
#include "store/base/text.hpp"

namespace pel {
namespace {

constexpr std::size_t kMapsStep = 16UL * 1024;
constexpr std::size_t kMaxMaps = 16UL * 1024 * 1024;
constexpr std::size_t kStackSize = 256UL * 1024;

// Lives until the process ends: whoever calls exit() calls keep_list().
struct ColdStart {
  std::string list_path;
  std::uint64_t key = 0;
  std::vector<read_list::File> files;  // of the list as it was read; empty if there is none
  pid_t process = 0;
  pthread_t thread{};
  std::atomic<bool> is_running{false};
  std::atomic<bool> shall_stop{false};
};

ColdStart* cold_start = nullptr;

bool has_waited_for_disk() noexcept {
  rusage usage{};
  return ::getrusage(RUSAGE_SELF, &usage) == 0 && (usage.ru_majflt > 0 || usage.ru_inblock > 0);
}

// What is run: the first argument; with what follows it, if that is an option.
std::uint64_t key_of(std::span<char* const> arguments) {
  std::string text;
  for (std::size_t i = 1; i < arguments.size() && arguments[i] != nullptr; ++i) {
    text += concat(arguments[i], std::string_view("\0", 1));
    if (arguments[i][0] != '-' || i == 2) {
      break;
    }
  }
  return hash64(text);
}

void read_ahead(const read_list::File& file) noexcept {
  const UniqueFd fd(::open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  struct stat status{};
  if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return;
  }
  constexpr std::uint64_t kMaxPage = std::numeric_limits<off_t>::max() / read_list::kPageSize / 2;
  for (const read_list::Range& range : file.ranges) {
    if (range.first < kMaxPage && range.count < kMaxPage) {
      ::posix_fadvise(fd.get(), static_cast<off_t>(range.first * read_list::kPageSize),
                      static_cast<off_t>(range.count * read_list::kPageSize), POSIX_FADV_WILLNEED);
    }
  }
}

void* read_all_ahead(void* /*unused*/) {
  for (const read_list::File& file : cold_start->files) {
    if (cold_start->shall_stop.load(std::memory_order_relaxed)) {
      break;
    }
    read_ahead(file);
  }
  return nullptr;
}

// A child would have only the thread that forks; and CPython warns of programs that fork with more.
void end_thread() noexcept {
  cold_start->shall_stop.store(true, std::memory_order_relaxed);
  if (cold_start->is_running.exchange(false)) {
    ::pthread_join(cold_start->thread, nullptr);
  }
}

void start_thread() noexcept {
  pthread_attr_t attributes;
  if (::pthread_attr_init(&attributes) != 0) {
    return;
  }
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  if (::pthread_attr_setstacksize(&attributes, kStackSize) == 0 &&
      ::pthread_atfork(end_thread, nullptr, nullptr) == 0 &&
      ::pthread_sigmask(SIG_SETMASK, &all, &before) == 0) {
    cold_start->is_running =
        ::pthread_create(&cold_start->thread, &attributes, read_all_ahead, nullptr) == 0;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  ::pthread_attr_destroy(&attributes);
}

// Empty if there is more of it than makes sense. The kernel gives a page of it at a time.
std::string read_maps() {
  const UniqueFd fd(::open("/proc/self/maps", O_RDONLY | O_CLOEXEC));
  std::string text;
  for (;;) {
    const std::size_t size = text.size();
    text.resize(size + kMapsStep);
    const ssize_t got = ::read(fd.get(), text.data() + size, kMapsStep);
    if (got < 0 || text.size() > kMaxMaps) {
      return {};
    }
    text.resize(size + static_cast<std::size_t>(got));
    if (got == 0) {
      return text;
    }
  }
}

void keep_list() noexcept try {
  const std::string maps = ::getpid() == cold_start->process ? read_maps() : std::string();
  if (maps.empty()) {
    return;
  }
  const auto used = read_list::mapped_files(maps);
  if (!cold_start->files.empty() && read_list::suffices(cold_start->files, used)) {
    return;
  }
  AtomicFile file(cold_start->list_path);
  file.write(read_list::format(cold_start->key, used));
  file.commit();
} catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the next start is as slow
}

void prepare(const std::string& prefix, std::span<char* const> arguments) {
  cold_start = new ColdStart;
  cold_start->process = ::getpid();
  cold_start->key = key_of(arguments);
  cold_start->list_path = concat(prefix, "/", read_list::kFileName, "-",
                                 std::to_string(cold_start->key % read_list::kLists));
  if (std::atexit(keep_list) != 0) {
    return;
  }
  int error = 0;
  const MappedFile file =
      MappedFile::open(cold_start->list_path.c_str(), MappedFile::Trust::own_or_root, error);
  if (!file || file.bytes().size() > read_list::kMaxSize) {
    return;
  }
  auto files = read_list::parse(
      cold_start->key, {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()});
  if (files && !files->empty()) {
    cold_start->files = *std::move(files);
    start_thread();
  }
}

}  // namespace

void prepare_cold_start(const std::string& prefix, std::span<char* const> arguments) noexcept try {
  if (has_waited_for_disk()) {
    prepare(prefix, arguments);
  }
} catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): only out of memory
}

}  // namespace pel
