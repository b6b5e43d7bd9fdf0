#include "nets/engine_choice.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "core/errors.hpp"
#include "nets/kernels/mlp_kernel.hpp"
#include "nets/model.hpp"
#include "nets/torch_engine.hpp"

namespace grok {
namespace {

// What the rule expects of a device. A core: measured with `groktheory bench` on the default run.
// A GPU: an H100's data sheet (67 TFLOP/s, 3.35 TB/s) at the shares that small products usually
// reach; not measured.
constexpr double core_rate = 9e10;          // [flop/s], of the cpu engine
constexpr double gpu_rate = 2e13;           // [flop/s], ensembles of small products
constexpr double gpu_bandwidth = 2e12;      // [byte/s]
constexpr double gpu_step = 60e-6;          // [s], launches of one step of an ensemble
constexpr double gpu_start = 6.0;           // [s], CUDA and LibTorch
constexpr std::int64_t gpu_members = 4000;  // networks side by side

// Asks the driver itself: LibTorch takes half a second to load.
int count_cuda_devices() {
  void* driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);  // stays: it does not like to go
  if (driver == nullptr) {
    return 0;
  }
  using Init = int (*)(unsigned);
  using Count = int (*)(int*);
  const auto init = reinterpret_cast<Init>(dlsym(driver, "cuInit"));
  const auto count = reinterpret_cast<Count>(dlsym(driver, "cuDeviceGetCount"));
  int devices = 0;
  return init != nullptr && count != nullptr && init(0) == 0 && count(&devices) == 0 ? devices : 0;
}

void require_word(const std::string& where, const char* flag, const std::string& word,
                  const std::vector<std::string>& allowed) {
  if (std::ranges::find(allowed, word) == allowed.end()) {
    reject(where, flag, "'" + word + "'", fmt::format("{}", fmt::join(allowed, ", ")));
  }
}

void require_possible(const Workers& request, const Hardware& hardware, const std::string& where) {
  require_word(where, "--engine", request.engine, {"auto", "cpu", "torch"});
  require_word(where, "--device", request.device, {"auto", "cpu", "cuda"});
  if (request.engine == "cpu" && request.device == "cuda") {
    reject(where, "--device", "'cuda'", "cpu (with --engine cpu)");
  }
  const bool wants_torch = request.engine == "torch" || request.device == "cuda";
  if (wants_torch && !hardware.no_torch.empty()) {
    const bool by_engine = request.engine == "torch";
    reject(where, by_engine ? "--engine" : "--device", by_engine ? "'torch'" : "'cuda'",
           "cpu (" + hardware.no_torch + ")");
  }
  if (request.device == "cuda" && !hardware.no_cuda.empty()) {
    reject(where, "--device", "'cuda'", "cpu (" + hardware.no_cuda + ")");
  }
}

std::string duration(double seconds) {
  return seconds < 120    ? fmt::format("{:.2g} s", seconds)
         : seconds < 7200 ? fmt::format("{:.2g} min", seconds / 60)
                          : fmt::format("{:.2g} h", seconds / 3600);
}

}  // namespace

Workers cpu_workers(int threads) { return {"cpu", "cpu", threads, "asked for"}; }

std::string describe(const Workers& chosen) {
  const std::string where =
      chosen.device == "cuda"
          ? " on cuda"
          : fmt::format("{}, {} thread{}", chosen.engine == "torch" ? " on cpu" : "",
                        chosen.threads, chosen.threads == 1 ? "" : "s");
  return fmt::format("engine {}{} ({})", chosen.engine, where, chosen.reason);
}

std::string engine_build(const std::string& engine) {
  if (engine == "cpu") {
    return mlp_kernels<float>().front()->instruction_set;
  }
  if (!engine.starts_with("torch/")) {
    return "unknown";
  }
  const LoadedEngine& loaded = torch_engine();
  return loaded.engine == nullptr ? loaded.why_not : describe(loaded.engine->info());
}

Hardware look_at_hardware(const Workers& request) {
  Hardware hardware;
  const bool wanted = request.engine == "torch" || request.device == "cuda";
  const bool open = request.engine != "cpu" && request.device != "cpu";
  if (wanted || open) {
    hardware.cuda_devices = count_cuda_devices();
  }
  if (!wanted && hardware.cuda_devices == 0) {
    hardware.no_cuda = "no CUDA device answers";
    return hardware;
  }
  const LoadedEngine& loaded = torch_engine();
  if (loaded.engine == nullptr) {
    hardware.no_torch = loaded.why_not;
    hardware.no_cuda = loaded.why_not;
    return hardware;
  }
  const TorchInfo info = loaded.engine->info();
  if (!info.cuda_built) {
    hardware.no_cuda = "built without CUDA, LibTorch " + info.version;
  } else if (info.cuda_devices == 0) {
    hardware.no_cuda = "no CUDA device answers";
  }
  return hardware;
}

double expected_seconds(std::span<const Run> runs, const std::string& device, int threads) {
  double seconds = 0;
  if (device == "cpu") {
    const auto workers = std::min<std::int64_t>(threads, std::ssize(runs));
    for (const Run& run : runs) {
      seconds += static_cast<double>(budget_of(run)) * run.model().cost(run).flops / core_rate;
    }
    return seconds / static_cast<double>(workers);
  }
  std::map<std::string, std::int64_t> shapes;  // only runs of one shape share an ensemble
  std::vector<std::string> own_shapes;
  for (const Run& run : runs) {
    own_shapes.push_back(run.model().shape(run));
    ++shapes[own_shapes.back()];
  }
  for (std::size_t k = 0; k < runs.size(); ++k) {
    const Cost cost = runs[k].model().cost(runs[k]);
    const auto members = static_cast<double>(std::min(gpu_members, shapes.at(own_shapes[k])));
    const double own = std::max(cost.flops / gpu_rate, cost.moved / gpu_bandwidth);
    seconds += static_cast<double>(budget_of(runs[k])) * std::max(own, gpu_step / members);
  }
  return seconds + gpu_start;
}

Workers choose_engine(std::span<const Run> runs, const Workers& request, const Hardware& hardware,
                      const std::string& where) {
  require_possible(request, hardware, where);
  Workers chosen = request;
  if (request.device == "cuda" || request.engine == "torch") {
    chosen.engine = "torch";
    chosen.reason = "asked for";
    if (request.device == "auto") {
      chosen.device = hardware.no_cuda.empty() ? "cuda" : "cpu";
      chosen.reason += chosen.device == "cpu" ? "; " + hardware.no_cuda : "";
    }
    return chosen;
  }
  chosen.engine = chosen.device = "cpu";
  const bool cpu_alone = std::ranges::any_of(runs, [](const Run& run) {
    const auto engines = run.model().engines();
    return std::ranges::find(engines, "torch") == engines.end();
  });
  if (request.engine == "cpu" || request.device == "cpu") {
    chosen.reason = "asked for";
  } else if (runs.empty()) {
    chosen.reason = "nothing to train";
  } else if (!hardware.no_cuda.empty()) {
    chosen.reason = hardware.no_cuda;
  } else if (cpu_alone) {
    chosen.reason = "the one engine of this model";
  } else {
    const double here = expected_seconds(runs, "cpu", request.threads);
    const double there = expected_seconds(runs, "cuda", request.threads);
    if (there < here) {
      chosen.engine = "torch";
      chosen.device = "cuda";
    }
    chosen.reason = fmt::format(
        "whole budgets of {} runs are expected to take {} on {} cores and {} "
        "on the GPU",
        runs.size(), duration(here), request.threads, duration(there));
  }
  return chosen;
}

}  // namespace grok
