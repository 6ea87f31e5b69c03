// Environment markers: reading one, and asking it.

#include <map>
#include <string>

#include <benchmark/benchmark.h>

#include "lock/marker.hpp"

namespace pel {
namespace {

constexpr const char* kMarker =
    "(python_full_version < '3.13' and sys_platform == 'linux') or 'socks' in extras or "
    "platform_machine == 'arm64'";

void BM_MarkerParse(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(Marker::parse(kMarker));
  }
}

void BM_MarkerEvaluate(benchmark::State& state) {
  const Marker marker = Marker::parse(kMarker);
  const std::map<std::string, std::string> variables{
      {"python_full_version", "3.13.0"}, {"sys_platform", "linux"}, {"platform_machine", "x86_64"}};
  MarkerContext context;
  context.variables = &variables;
  for (auto _ : state) {
    benchmark::DoNotOptimize(marker.evaluate(context));
  }
}

BENCHMARK(BM_MarkerParse);
BENCHMARK(BM_MarkerEvaluate);

}  // namespace
}  // namespace pel
