#include "embed/arena_cache.hpp"

#include <atomic>
#include <cstddef>

#include "embed/optional_api.hpp"

namespace pel {
namespace {

constexpr std::size_t kChunkSize = 16UL * 1024;  // of frames, since 3.11
constexpr std::size_t kKeptChunks = 16;

ArenaAllocator original;

// Also the interpreters of one process that have a GIL each share these.
std::atomic<void*> kept[kKeptChunks];

void* allocate(void* context, std::size_t size) {
  if (size == kChunkSize) {
    for (std::atomic<void*>& slot : kept) {
      if (slot.load(std::memory_order_relaxed) != nullptr) {
        if (void* const chunk = slot.exchange(nullptr, std::memory_order_acquire)) {
          return chunk;
        }
      }
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
  original.release(context, memory, size);
}

}  // namespace

void install_arena_cache() noexcept {
  if (get_arena_allocator(original)) {
    ArenaAllocator ours{original.context, allocate, release};
    set_arena_allocator(ours);
  }
}

}  // namespace pel
