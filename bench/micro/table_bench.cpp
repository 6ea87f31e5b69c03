// The table of an environment: building it for a number of wheels, and looking names up in it.

#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "lock/lockfile.hpp"
#include "store/environment/table_builder.hpp"
#include "store/format/table_view.hpp"
#include "store/prefix/environment_scripts.hpp"
#include "tests/support/sample_interpreter.hpp"
#include "tests/support/sample_tree.hpp"

namespace pel {
namespace {

// Wheels of the usual kind: one package of some modules, one script.
class SampleEnvironment {
 public:
  explicit SampleEnvironment(std::size_t wheels) {
    for (std::size_t i = 0; i < wheels; ++i) {
      const std::string name = "package" + std::to_string(i);
      std::vector<test::SampleTrees::File> files{{name + "/__init__.py"}};
      for (const char* const module : {"core", "errors", "types", "utils", "version"}) {
        files.push_back({name + "/" + module + ".py"});
      }
      files.push_back({name + "-1.0.dist-info/METADATA"});
      trees_.add(name, std::move(files), {{"console_scripts", name, name + ":main"}});
    }
    scripts_ = environment_scripts(trees_.trees(), {});
  }

  std::string table() {
    return write_table(build_table({.trees = trees_.trees(),
                                    .scripts = scripts_.scripts,
                                    .interpreter = &interpreter_,
                                    .lock = &lock_,
                                    .environment_id = "0123456789abcdef",
                                    .build_id = "0123456789abcdef"}));
  }

 private:
  test::SampleTrees trees_;
  EnvironmentScripts scripts_;
  InterpreterFacts interpreter_ = test::sample_interpreter();
  Lock lock_;
};

void BM_TableBuild(benchmark::State& state) {
  SampleEnvironment environment(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(environment.table());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void BM_TableOpen(benchmark::State& state) {
  SampleEnvironment environment(static_cast<std::size_t>(state.range(0)));
  const std::string table = environment.table();
  const char* reason = nullptr;
  for (auto _ : state) {
    benchmark::DoNotOptimize(TableView::open(std::as_bytes(std::span(table)), reason));
  }
}

void look_up(benchmark::State& state, const std::string& wanted) {
  SampleEnvironment environment(static_cast<std::size_t>(state.range(0)));
  const std::string table = environment.table();
  const char* reason = nullptr;
  const auto view = TableView::open(std::as_bytes(std::span(table)), reason);
  for (auto _ : state) {
    benchmark::DoNotOptimize(view->find(wanted));
  }
}

void BM_TableHit(benchmark::State& state) {
  look_up(state, "package7");
}

void BM_TableMiss(benchmark::State& state) {
  look_up(state, "collections");
}

BENCHMARK(BM_TableBuild)->Arg(10)->Arg(100)->Arg(400);
BENCHMARK(BM_TableOpen)->Arg(10)->Arg(400);
BENCHMARK(BM_TableHit)->Arg(10)->Arg(400);
BENCHMARK(BM_TableMiss)->Arg(10)->Arg(400);

}  // namespace
}  // namespace pel
