#include "embed/import_times.hpp"

#include <pthread.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "embed/import_times_page.hpp"

namespace pel {
namespace {

constexpr std::uint32_t kFirstCapacity = 1024;
constexpr std::uint32_t kLinesOfTable = 40;
constexpr double kNanosecondsInMillisecond = 1e6;

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
thread_local std::uint32_t current = ImportTimes::kNone;

class Lock {
 public:
  Lock() noexcept { pthread_mutex_lock(&mutex); }

  ~Lock() { pthread_mutex_unlock(&mutex); }

  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
};

double milliseconds(std::int64_t nanoseconds) noexcept {
  return static_cast<double>(nanoseconds) / kNanosecondsInMillisecond;
}

struct Line {
  const char* name;
  std::int64_t self;
  std::int64_t total;
};

// A name as a JSON string that may stand in a page's script.
void write_name(std::FILE* file, const char* name) noexcept {
  std::fputc('"', file);
  for (const char* c = name; *c != '\0'; ++c) {
    const auto byte = static_cast<unsigned char>(*c);
    if (byte < 0x20 || *c == '"' || *c == '\\' || *c == '<' || *c == '>' || *c == '&') {
      std::fprintf(file, "\\u%04x", byte);
    } else {
      std::fputc(*c, file);
    }
  }
  std::fputc('"', file);
}

}  // namespace

std::int64_t ImportTimes::now() noexcept {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::uint32_t ImportTimes::begin(const char* name) noexcept {
  char* const copy = ::strdup(name);
  const Lock lock;
  if (count_ == capacity_) {
    const std::uint32_t wanted = capacity_ == 0 ? kFirstCapacity : 2 * capacity_;
    void* const grown = std::realloc(imports_, wanted * sizeof(Import));
    if (grown == nullptr) {
      std::free(copy);
      return kNone;
    }
    imports_ = static_cast<Import*>(grown);
    capacity_ = wanted;
  }
  if (copy == nullptr) {
    return kNone;
  }
  const std::uint32_t depth = current == kNone ? 0 : imports_[current].depth + 1;
  const std::uint32_t number = count_++;
  imports_[number] = {copy, current, depth, now(), 0, false};
  current = number;
  return number;
}

void ImportTimes::end(std::uint32_t number, bool failed) noexcept {
  if (number == kNone) {
    return;
  }
  const std::int64_t time = now();
  const Lock lock;
  imports_[number].end = time;
  imports_[number].failed = failed;
  current = imports_[number].parent;
}

// The program may have ended in the middle of an import.
void ImportTimes::close_open_ones() noexcept {
  const std::int64_t time = now();
  for (std::uint32_t i = 0; i < count_; ++i) {
    if (imports_[i].end == 0) {
      imports_[i].end = time;
    }
  }
}

void ImportTimes::print(std::int64_t origin) noexcept {
  const Lock lock;
  close_open_ones();
  auto* const lines = static_cast<Line*>(std::calloc(count_ + 1, sizeof(Line)));
  if (lines == nullptr) {
    return;
  }
  std::int64_t imported = 0;
  for (std::uint32_t i = 0; i < count_; ++i) {
    const Import& import = imports_[i];
    const std::int64_t total = import.end - import.begin;
    lines[i].name = import.name;
    lines[i].total = total;
    lines[i].self += total;
    if (import.parent != kNone) {
      lines[import.parent].self -= total;
    } else {
      imported += total;
    }
  }
  std::sort(lines, lines + count_, [](const Line& a, const Line& b) { return a.self > b.self; });
  std::fprintf(stderr, "pyenvlaunch: %u imports took %.1f ms of %.1f ms\n%10s %10s  %s\n", count_,
               milliseconds(imported), milliseconds(now() - origin), "self ms", "total ms",
               "module");
  const std::uint32_t shown = std::min(count_, kLinesOfTable);
  for (std::uint32_t i = 0; i < shown; ++i) {
    std::fprintf(stderr, "%10.2f %10.2f  %s\n", milliseconds(lines[i].self),
                 milliseconds(lines[i].total), lines[i].name);
  }
  if (shown < count_) {
    std::fprintf(stderr, "%10s %10s  and %u more: --import-times=FILE.html has all\n", "", "",
                 count_ - shown);
  }
  std::free(lines);
}

bool ImportTimes::write_page(const char* path, std::int64_t origin) noexcept {
  const Lock lock;
  close_open_ones();
  std::FILE* const file = std::fopen(path, "we");
  if (file == nullptr) {
    return false;
  }
  std::fputs(kImportTimesPageHead, file);
  std::fprintf(file, "{\"end\":%.3f,\"imports\":[", milliseconds(now() - origin));
  for (std::uint32_t i = 0; i < count_; ++i) {
    const Import& import = imports_[i];
    std::fputs(i == 0 ? "\n[" : ",\n[", file);
    write_name(file, import.name);
    std::fprintf(file, ",%d,%u,%.4f,%.4f,%d]",
                 import.parent == kNone ? -1 : static_cast<int>(import.parent), import.depth,
                 milliseconds(import.begin - origin), milliseconds(import.end - import.begin),
                 import.failed ? 1 : 0);
  }
  std::fputs("\n]}", file);
  std::fputs(kImportTimesPageTail, file);
  const bool written = std::ferror(file) == 0;
  return std::fclose(file) == 0 && written;
}

}  // namespace pel
