// bench/bench_theory.cpp: the uniqueness threshold and lambda_3, on one core.
#include <benchmark/benchmark.h>

#include "theory/threshold.hpp"
#include "theory/training_set.hpp"

using namespace grok;

// `groktheory threshold --symbols 10 --draws 10000`: the wanted time is under a second.
static void threshold_p10(benchmark::State& state) {
  const Task task = Task::addition(10);
  for (auto _ : state) {
    benchmark::DoNotOptimize(count_unique(task, 10'000, 0, 1).unique.back());
  }
}
BENCHMARK(threshold_p10)->Unit(benchmark::kMillisecond);

static void threshold_one_draw(benchmark::State& state) {
  const Task task = Task::addition(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(count_unique(task, 1, 0, 1).unique.back());
  }
  state.SetComplexityN(state.range(0));
}
BENCHMARK(threshold_one_draw)->RangeMultiplier(2)->Range(64, 1024)->Unit(benchmark::kMillisecond);

static void lambda3(benchmark::State& state) {
  const Task task = Task::addition(state.range(0));
  const std::vector<Sample> D = draw_training_set(task, task.sample_count() * 3 / 10, 1);
  const OutputClasses classes = group_by_output(task, D);
  const Structure structure = analyse_structure(task, D);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        hessian_spectrum(task, classes, structure, Normalisation::sum).lambda3);
  }
}
BENCHMARK(lambda3)->Arg(100)->Arg(400)->Arg(401)->Arg(1000)->Unit(benchmark::kMillisecond);
