// Digests: of a wheel's bytes, of a small file's, and the checksum of our own formats.

#include <span>
#include <string>

#include <benchmark/benchmark.h>

#include "store/base/hash.hpp"
#include "store/wheel/sha256_hasher.hpp"

namespace pel {
namespace {

void BM_Sha256(benchmark::State& state) {
  const std::string text(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) {
    benchmark::DoNotOptimize(sha256_of(std::as_bytes(std::span(text))));
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

void BM_Checksum(benchmark::State& state) {
  const std::string text(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) {
    benchmark::DoNotOptimize(hash64(text));
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

BENCHMARK(BM_Sha256)->Arg(4 << 10)->Arg(4 << 20);
BENCHMARK(BM_Checksum)->Arg(4 << 10)->Arg(4 << 20);

}  // namespace
}  // namespace pel
