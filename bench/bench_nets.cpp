// bench/bench_nets.cpp: the cpu engine on one core: runs, parts of a step, and the share of the
// rate at which the same core multiplies large float32 matrices (Eigen, the same instruction set).
//   The arithmetic of a step is counted by Model::cost (nets/toy/model.cpp): 2 per multiply-add
//   of forward (every sample of D0) and backward, 14 per parameter for AdamW; tanh, losses, answers
//   and RQI are done but not counted.
#include <benchmark/benchmark.h>
#include <dlfcn.h>

#include <algorithm>
#include <chrono>

#include "nets/toy/model.hpp"
#include "nets/toy/network.hpp"
#include "nets/toy/speed.hpp"
#include "nets/toy/train.hpp"
#include "theory/representation.hpp"
#include "theory/training_set.hpp"

using namespace grok;
using toy::Batch, toy::Network, toy::Score;

namespace {

constexpr int matrix_size = 1024;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// A default network, hidden layers of `width`, with all that one step of training does.
struct Step {
  toy::RunSpec spec;
  Task task;
  toy::InitialState state;
  Batch batch;
  Network<float> network;
  std::vector<Parallelogram> parallelograms;
  Eigen::MatrixXd embeddings = {};

  explicit Step(std::int64_t width, std::size_t kernel = 0)
      : spec(spec_of(width)),
        task(task_of(spec)),
        state(draw_initial_state(spec)),
        batch(toy::make_batch(task, everything())),
        network(spec, state, batch.count(), *mlp_kernels<float>()[kernel]),
        parallelograms(list_parallelograms(group_by_output(task))) {}

  static toy::RunSpec spec_of(std::int64_t width) {
    toy::RunSpec wanted;
    wanted.decoder_widths = {width, width};
    return resolve(wanted, "bench");
  }
  std::vector<Sample> everything() const {
    std::vector<Sample> samples = state.train;
    const std::vector<Sample> rest = remaining_samples(task, state.train);
    samples.insert(samples.end(), rest.begin(), rest.end());
    return samples;
  }
  double metrics() {
    const Score train = network.score(batch, 0, spec.train);
    const Score validation = network.score(batch, spec.train, batch.count() - spec.train);
    network.embeddings(embeddings);
    return train.loss + validation.loss + rqi(embeddings, parallelograms);
  }
  void all() {
    network.forward(batch);
    benchmark::DoNotOptimize(metrics());
    network.descend(batch, spec.train);
  }
};

// One sgemm of OpenBLAS on this thread [flop/s], if the machine has it; not linked, so that nothing
// else depends on it.
double openblas_rate() {
  using Gemm = void (*)(const char*, const char*, const int*, const int*, const int*, const float*,
                        const float*, const int*, const float*, const int*, const float*, float*,
                        const int*);
  static void* const library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return 0;
  }
  const auto threads = reinterpret_cast<void (*)(int)>(dlsym(library, "openblas_set_num_threads"));
  const auto gemm = reinterpret_cast<Gemm>(dlsym(library, "sgemm_"));
  if (threads == nullptr || gemm == nullptr) {
    return 0;
  }
  threads(1);
  constexpr int n = matrix_size;
  const float one = 1, zero = 0;
  const std::vector<float> a(n * n, 0.5F), b(n * n, 0.25F);
  std::vector<float> c(n * n);
  const auto start = std::chrono::steady_clock::now();
  gemm("N", "N", &n, &n, &n, &one, a.data(), &n, b.data(), &n, &zero, c.data(), &n);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  return 2.0 * n * n * n / taken.count();
}

}  // namespace

// 1000 updates with all metrics at every step; items per second are steps per second.
static void default_run(benchmark::State& state) {
  toy::RunSpec spec;
  spec.steps = 1000;
  spec.stop = "budget";
  for (auto _ : state) {
    benchmark::DoNotOptimize(train_traced(spec, 0).record.train_loss);
  }
  state.SetItemsProcessed(state.iterations() * spec.steps);
}
BENCHMARK(default_run)->Unit(benchmark::kMillisecond);

// Large products and steps in turn, so that a machine that slows down slows both: medians.
static void share_of_limit(benchmark::State& state) {
  Step step(state.range(0));
  const double cost = toy::model().cost(toy::run_of(step.spec)).flops;
  const int steps = std::max(1, static_cast<int>(3e8 / cost));
  step.all();
  toy::large_matrix_rate(matrix_size);
  openblas_rate();
  std::vector<double> limits, openblas, rates;
  for (auto _ : state) {
    limits.push_back(toy::large_matrix_rate(matrix_size));
    openblas.push_back(openblas_rate());
    const auto start = std::chrono::steady_clock::now();
    for (int k = 0; k < steps; ++k) {
      step.all();
    }
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    state.SetIterationTime(taken.count() / steps);
    rates.push_back(cost * steps / taken.count());
  }
  state.counters["GFLOP/s"] = median(rates) / 1e9;
  state.counters["Eigen_GFLOP/s"] = median(limits) / 1e9;
  state.counters["OpenBLAS_GFLOP/s"] = median(openblas) / 1e9;
  state.counters["share"] = median(rates) / median(limits);
  state.counters["kB"] = static_cast<double>(step.network.memory_bytes()) / 1e3;
}
BENCHMARK(share_of_limit)
    ->ArgName("width")
    ->Arg(200)
    ->Arg(1000)
    ->UseManualTime()
    ->Iterations(60)
    ->Unit(benchmark::kMicrosecond);

// The parts of a step, per instruction set (0 is the one that training uses).
static void step_parts(benchmark::State& state) {
  const auto kernels = mlp_kernels<float>();
  const auto which = static_cast<std::size_t>(state.range(0));
  if (which >= kernels.size()) {
    state.SkipWithError("this processor has no such variant");
    return;
  }
  Step step(200, which);
  step.all();
  step.network.backward(step.batch, step.spec.train);
  for (auto _ : state) {
    switch (state.range(1)) {
      case 0:
        step.network.forward(step.batch);
        break;
      case 1:
        step.network.backward(step.batch, step.spec.train);
        break;
      case 2:
        step.network.update();
        break;
      case 3:
        step.network.descend(step.batch, step.spec.train);
        break;
      case 4:
        benchmark::DoNotOptimize(step.metrics());
        break;
      default:
        step.all();
    }
  }
  const char* parts[] = {" forward 55",       " backward 45", " AdamW",
                         " backward + AdamW", " metrics",     " all"};
  state.SetLabel(std::string(kernels[which]->instruction_set) + parts[state.range(1)]);
}
BENCHMARK(step_parts)->ArgsProduct({{0, 1, 2}, {0, 1, 2, 3, 4, 5}})->Unit(benchmark::kMicrosecond);

// Weights so small that they are denormal numbers, against ordinary ones (1: denormal).
static void denormal_weights(benchmark::State& state) {
  Step step(200);
  for (auto& block : step.network.blocks()) {
    for (std::size_t k = 0; state.range(0) == 1 && k < block.parameter.size(); ++k) {
      block.parameter[k] *= 1e-38F;
    }
  }
  for (auto _ : state) {
    step.network.forward(step.batch);
    step.network.backward(step.batch, step.spec.train);
  }
}
BENCHMARK(denormal_weights)->ArgName("denormal")->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);
