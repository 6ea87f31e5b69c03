// What the compiler takes from the C++ runtime, in this object's own words: linked as a library
// that runtime brings a demangler and an unwinder along, twice the size of all else, and its pool
// of memory for exceptions, which each start would make. Nothing here throws.

#include <pthread.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace std {

const nothrow_t nothrow{};

// What std::string_view calls for a position beyond its end: a mistake of ours.
[[noreturn]] void __throw_out_of_range_fmt(const char*, ...);  // NOLINT(*-reserved-identifier)

void __throw_out_of_range_fmt(const char* /*format*/, ...) {  // NOLINT(*-reserved-identifier)
  abort();
}

}  // namespace std

void* operator new(std::size_t size, const std::nothrow_t& /*unused*/) noexcept {
  return std::malloc(size == 0 ? 1 : size);
}

void* operator new[](std::size_t size, const std::nothrow_t& /*unused*/) noexcept {
  return std::malloc(size == 0 ? 1 : size);
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}

void operator delete[](void* memory) noexcept {
  std::free(memory);
}

void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}

void operator delete[](void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}

// Around the first use of a function's static variable; one for all, since none takes long.
static pthread_mutex_t guard_mutex = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

extern "C" __attribute__((visibility("hidden"))) int __cxa_guard_acquire(std::uint64_t* guard) {
  pthread_mutex_lock(&guard_mutex);
  if (*reinterpret_cast<const std::uint8_t*>(guard) == 0) {
    return 1;
  }
  pthread_mutex_unlock(&guard_mutex);
  return 0;
}

extern "C" __attribute__((visibility("hidden"))) void __cxa_guard_release(std::uint64_t* guard) {
  std::atomic_ref(*reinterpret_cast<std::uint8_t*>(guard)).store(1, std::memory_order_release);
  pthread_mutex_unlock(&guard_mutex);
}

// A thread that Python ends while it is in a function of ours (pthread_exit) passes by.
extern "C" __attribute__((visibility("hidden"))) int __gxx_personality_v0();

int __gxx_personality_v0() {  // NOLINT(*-reserved-identifier)
  constexpr int kContinueUnwinding = 8;
  return kContinueUnwinding;
}
