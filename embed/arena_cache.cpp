#include "embed/arena_cache.hpp"

#include <pthread.h>
#include <sys/mman.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "embed/optional_api.hpp"

namespace pel {
namespace {

constexpr std::size_t kChunkSize = 16UL * 1024;  // of frames, since 3.11
constexpr std::size_t kKeptChunks = 16;

constexpr std::size_t kSmallestArena = 256UL * 1024;  // 1 MiB since 3.10
constexpr std::size_t kHugePage = 2UL * 1024 * 1024;

ArenaAllocator original;

// Also the interpreters of one process that have a GIL each share these.
std::atomic<void*> kept[kKeptChunks];

pthread_mutex_t huge_mutex = PTHREAD_MUTEX_INITIALIZER;
std::uintptr_t huge_next = 0;  // what is left of the current huge page
std::uintptr_t huge_end = 0;

void* pointer(std::uintptr_t address) noexcept {
  return reinterpret_cast<void*>(address);  // NOLINT(*-int-to-ptr): of memory that was mapped
}

// 0 on failure. The kernel need not follow the hint.
std::uintptr_t map(std::uintptr_t hint, std::size_t size) noexcept {
  void* const mapped =
      ::mmap(pointer(hint), size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return mapped == MAP_FAILED ? 0 : reinterpret_cast<std::uintptr_t>(mapped);
}

// At a multiple of its size, from a mapping that is twice as large.
std::uintptr_t cut_huge_page() noexcept {
  const std::uintptr_t begin = map(0, 2 * kHugePage);
  if (begin == 0) {
    return 0;
  }
  const std::uintptr_t page = (begin + kHugePage - 1) / kHugePage * kHugePage;
  if (page != begin) {
    ::munmap(pointer(begin), page - begin);
  }
  const std::uintptr_t end = begin + 2 * kHugePage;
  if (end != page + kHugePage) {
    ::munmap(pointer(page + kHugePage), end - page - kHugePage);
  }
  return page;
}

// Address space for one page, below the one before if that is free; 0 if there is none.
std::uintptr_t map_huge_page() noexcept {
  std::uintptr_t page = map(huge_end == 0 ? 0 : huge_end - 2 * kHugePage, kHugePage);
  if (page % kHugePage != 0) {
    ::munmap(pointer(page), kHugePage);
    page = cut_huge_page();
  }
  if (page != 0) {
    // Without huge pages these are ordinary ones.
    static_cast<void>(::madvise(pointer(page), kHugePage, MADV_HUGEPAGE));
  }
  return page;
}

// Null: the usual allocator's turn. It is, too, while another interpreter's thread is here: in a
// child that was forked meanwhile, that one never leaves.
void* part_of_huge_page(std::size_t size) noexcept {
  if (::pthread_mutex_trylock(&huge_mutex) != 0) {
    return nullptr;
  }
  if (huge_end - huge_next < size) {
    huge_next = map_huge_page();
    huge_end = huge_next == 0 ? 0 : huge_next + kHugePage;
  }
  void* const part = pointer(huge_next);
  huge_next += huge_next == 0 ? 0 : size;
  ::pthread_mutex_unlock(&huge_mutex);
  return part;
}

bool is_arena(std::size_t size) noexcept {
  return size >= kSmallestArena && kHugePage % size == 0;
}

void* allocate(void* context, std::size_t size) {
  if (size == kChunkSize) {
    for (std::atomic<void*>& slot : kept) {
      if (slot.load(std::memory_order_relaxed) != nullptr) {
        if (void* const chunk = slot.exchange(nullptr, std::memory_order_acquire)) {
          return chunk;
        }
      }
    }
  } else if (is_arena(size)) {
    if (void* const part = part_of_huge_page(size)) {
      return part;
    }
  }
  return original.allocate(context, size);
}

void release(void* context, void* memory, std::size_t size) {
  if (size == kChunkSize) {
    for (std::atomic<void*>& slot : kept) {
      void* expected = nullptr;
      if (slot.load(std::memory_order_relaxed) == nullptr &&
          slot.compare_exchange_strong(expected, memory, std::memory_order_release)) {
        return;
      }
    }
  }
  original.release(context, memory, size);  // munmap(), also for a part of a huge page
}

}  // namespace

void install_arena_cache() noexcept {
  if (get_arena_allocator(original)) {
    ArenaAllocator ours{original.context, allocate, release};
    set_arena_allocator(ours);
  }
}

}  // namespace pel
