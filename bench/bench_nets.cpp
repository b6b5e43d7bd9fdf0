// bench/bench_nets.cpp: steps per second of the default run on one core, every metric on.
#include <benchmark/benchmark.h>

#include "nets/network.hpp"
#include "nets/train.hpp"
#include "theory/training_set.hpp"

using namespace grok;

// 1000 updates with all metrics at every step; items per second are steps per second.
static void default_run(benchmark::State& state) {
  RunSpec spec;
  spec.steps = 1000;
  spec.stop = "budget";
  for (auto _ : state) {
    benchmark::DoNotOptimize(train_traced(spec, 0).record.train_loss);
  }
  state.SetItemsProcessed(state.iterations() * spec.steps);
}
BENCHMARK(default_run)->Unit(benchmark::kMillisecond);

// The parts of a step, per instruction set (0 is the one that training uses).
static void step_parts(benchmark::State& state) {
  const auto kernels = mlp_kernels<float>();
  const auto which = static_cast<std::size_t>(state.range(0));
  if (which >= kernels.size()) {
    state.SkipWithError("this processor has no such variant");
    return;
  }
  const RunSpec spec = resolve(RunSpec{}, "bench");
  const Task task = task_of(spec);
  Network<float> network(spec, draw_initial_state(spec), task.sample_count(), *kernels[which]);
  const Batch batch = make_batch(task, task.samples());
  network.forward(batch);
  network.backward(batch, 45);
  for (auto _ : state) {
    switch (state.range(1)) {
      case 0:
        network.forward(batch);
        break;
      case 1:
        network.backward(batch, 45);
        break;
      default:
        network.update();
    }
  }
  const char* parts[] = {" forward 55", " backward 45", " AdamW"};
  state.SetLabel(std::string(kernels[which]->instruction_set) + parts[state.range(1)]);
}
BENCHMARK(step_parts)->ArgsProduct({{0, 1, 2}, {0, 1, 2}})->Unit(benchmark::kMicrosecond);
