// A wheel into a tree, and what that consists of. PEL_BENCH_WHEEL names a real wheel file; without
// it a small one is made, whose members are not compressed.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <benchmark/benchmark.h>

#include "store/wheel/archive_stream.hpp"
#include "store/wheel/sha256_hasher.hpp"
#include "store/wheel/unpack.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wheel_builder.hpp"

namespace pel {
namespace {

namespace fs = std::filesystem;

constexpr int kFiles = 200;

struct SampleWheel {
  std::string name;
  std::string bytes;

  [[nodiscard]] std::span<const std::byte> span() const { return std::as_bytes(std::span(bytes)); }
};

SampleWheel read_sample() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread
  if (const char* const path = std::getenv("PEL_BENCH_WHEEL")) {
    std::ifstream file(path, std::ios::binary);
    return {fs::path(path).filename(), {std::istreambuf_iterator<char>(file), {}}};
  }
  test::WheelBuilder wheel;
  for (int i = 0; i < kFiles; ++i) {
    wheel.add("foo/module" + std::to_string(i) + ".py", std::string(4096, 'x'));
  }
  return {wheel.file_name, wheel.bytes()};
}

const SampleWheel& sample() {
  static const SampleWheel wheel = read_sample();
  return wheel;
}

void done(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(sample().bytes.size()));
}

void BM_WheelHash(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(sha256_of(sample().span()));
  }
  done(state);
}

// The archive's directory alone.
void BM_WheelDirectory(benchmark::State& state) {
  const Refusal refusal("wheel");
  for (auto _ : state) {
    benchmark::DoNotOptimize(read_zip_directory(sample().span(), refusal));
  }
  done(state);
}

// All members through libarchive, and nothing done with them; then hashed as well.
void inflate(benchmark::State& state, bool hashed) {
  const Refusal refusal("wheel");
  const auto members = read_zip_directory(sample().span(), refusal);
  Sha256Hasher hasher;
  for (auto _ : state) {
    ArchiveStream stream(sample().span(), members, refusal);
    while (const ZipMember* const member = stream.next()) {
      if (member->is_directory) {
        continue;
      }
      for (auto block = stream.read(); !block.empty(); block = stream.read()) {
        if (hashed) {
          hasher.update(block);
        }
        benchmark::DoNotOptimize(block);
      }
      if (hashed) {
        benchmark::DoNotOptimize(hasher.finish());
      }
    }
  }
  done(state);
}

void BM_WheelInflate(benchmark::State& state) {
  inflate(state, false);
}

void BM_WheelInflateAndHash(benchmark::State& state) {
  inflate(state, true);
}

// Everything: into a fresh directory each time, which is removed outside of the measurement.
void BM_WheelUnpack(benchmark::State& state) {
  const WheelSource source{sample().name, WheelName::parse(sample().name),
                           sha256_of(sample().span()), sample().span()};
  for (auto _ : state) {
    state.PauseTiming();
    const test::TempDir dir;
    state.ResumeTiming();
    benchmark::DoNotOptimize(unpack_wheel(source, dir.path(), Trust::lock));
    state.PauseTiming();
    for (const auto& entry : fs::recursive_directory_iterator(dir.path())) {
      if (entry.is_directory()) {
        fs::permissions(entry.path(), fs::perms::owner_all);
      }
    }
    fs::remove_all(dir.path());
    fs::create_directory(dir.path());
    state.ResumeTiming();
  }
  done(state);
}

BENCHMARK(BM_WheelHash);
BENCHMARK(BM_WheelDirectory);
BENCHMARK(BM_WheelInflate);
BENCHMARK(BM_WheelInflateAndHash);
BENCHMARK(BM_WheelUnpack)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace pel
