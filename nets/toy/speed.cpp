#include "nets/toy/speed.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <string_view>

#include "core/errors.hpp"
#include "core/progress.hpp"
#include "nets/kernels/mlp_kernel.hpp"
#include "nets/toy/ensemble/ensemble_engine.hpp"
#include "nets/toy/model.hpp"
#include "nets/toy/train.hpp"

namespace grok {

namespace large_matrix_baseline {
void product(const float* a, const float* b, float* c, std::int64_t size);
}
#ifdef GROK_X86_KERNELS
namespace large_matrix_v3 {
void product(const float* a, const float* b, float* c, std::int64_t size);
}
namespace large_matrix_v4 {
void product(const float* a, const float* b, float* c, std::int64_t size);
}
#endif

}  // namespace grok

namespace grok::toy {
namespace {

double seconds_of(const std::function<void()>& job) {
  const auto start = std::chrono::steady_clock::now();
  job();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Enough steps for a measurement of about `seconds`.
std::int64_t fitting_steps(const Contender& contender, double seconds) {
  std::int64_t steps = contender.stride;
  double taken = contender.seconds(steps);
  while (taken < seconds / 4 && steps < 100'000'000) {
    steps *= taken <= seconds / 40 ? 8 : 2;
    taken = contender.seconds(steps);
  }
  const double wanted = static_cast<double>(steps) * seconds / taken;
  const double strides = std::max(1.0, std::round(wanted / static_cast<double>(contender.stride)));
  return static_cast<std::int64_t>(strides) * contender.stride;
}

}  // namespace

double large_matrix_rate(std::int64_t size) {
  require_in_range("large_matrix_rate", "size", size, 1, 20'000);
  using Product = void (*)(const float*, const float*, float*, std::int64_t);
  std::vector<Product> products = {large_matrix_baseline::product};
#ifdef GROK_X86_KERNELS
  for (const MlpKernel<float>* kernel : mlp_kernels<float>()) {
    const std::string_view set = kernel->instruction_set;
    if (set == "x86-64-v4") {
      products.push_back(large_matrix_v4::product);
    } else if (set == "x86-64-v3") {
      products.push_back(large_matrix_v3::product);
    }
  }
#endif
  const auto count = static_cast<std::size_t>(size * size);
  const std::vector<float> a(count, 0.5F), b(count, 2.0F);
  std::vector<float> c(count);
  double best = std::numeric_limits<double>::infinity();
  for (const Product product : products) {
    product(a.data(), b.data(), c.data(), size);
    best = std::min(best, seconds_of([&] { product(b.data(), a.data(), c.data(), size); }));
    if (c.back() != static_cast<float>(size)) {
      throw Error("large_matrix_rate: the product is wrong");
    }
  }
  const auto n = static_cast<double>(size);
  return 2 * n * n * n / best;
}

Contender large_matrices(std::int64_t size) {
  const auto n = static_cast<double>(size);
  const double flops = 2 * n * n * n;
  return {"large matrices", "1 core", 1, flops, 1, [size, flops](std::int64_t steps) {
            double seconds = 0;
            for (std::int64_t k = 0; k < steps; ++k) {
              seconds += flops / large_matrix_rate(size);
            }
            return seconds;
          }};
}

Contender training(const std::string& name, const std::string& place, const RunSpec& spec,
                   std::int64_t networks, const Workers& workers) {
  const auto take = [spec, networks, workers](std::int64_t steps) {
    std::vector<RunSpec> runs;
    for (std::int64_t k = 0; k < networks; ++k) {
      RunSpec run = spec;
      run.seed = k;
      run.steps = steps;
      run.stop = "budget";
      runs.push_back(resolve(run, "bench"));
    }
    return seconds_of([&] { toy::train(runs, workers); });
  };
  const std::int64_t stride = workers.engine != "torch"  ? 1
                              : workers.device == "cuda" ? ensemble_stride_cuda
                                                         : ensemble_stride_cpu;
  return {name,     place,
          networks, model().cost(run_of(spec, "bench")).flops,
          stride,   [take](std::int64_t steps) { return take(2 * steps) - take(steps); }};
}

Contender plain_loop(const RunSpec& spec, int threads) {
  const RunSpec resolved = resolve(spec, "bench");
  return {"plain LibTorch loop",
          threads == 1 ? "1 thread" : std::to_string(threads) + " threads",
          1,
          model().cost(run_of(spec, "bench")).flops,
          1,
          [resolved, threads](std::int64_t steps) {
            const TorchTrainer* trainer = torch_engine().engine->trainer(model().name());
            return static_cast<const EnsembleTrainer*>(trainer)->plain_loop_seconds(resolved, steps,
                                                                                    threads);
          }};
}

std::vector<Speed> measure(std::vector<Contender> contenders, int repetitions, double seconds,
                           const std::string& label) {
  require_in_range("measure", "repetitions", repetitions, 1, 1000);
  require_in_range("measure", "seconds", seconds, 1e-3, 3600.0);
  std::vector<Speed> speeds;
  Progress progress(label, std::ssize(contenders) * (repetitions + 1));
  for (Contender& contender : contenders) {
    const std::int64_t steps = fitting_steps(contender, seconds);
    speeds.push_back({std::move(contender), steps, {}});
    progress.advance();
  }
  std::vector<double> spent(speeds.size(), 0.0);
  const double most = 20 * seconds * repetitions;
  for (int k = 0; k < repetitions; ++k) {
    for (std::size_t c = 0; c < speeds.size(); ++c) {
      progress.advance();
      if (spent[c] > most) {
        continue;
      }
      Speed& speed = speeds[c];
      double taken = 0;
      spent[c] += seconds_of([&] { taken = speed.contender.seconds(speed.steps); });
      speed.rates.push_back(static_cast<double>(speed.steps * speed.contender.networks) / taken);
    }
  }
  return speeds;
}

}  // namespace grok::toy
