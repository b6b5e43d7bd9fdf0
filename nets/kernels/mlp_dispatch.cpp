// nets/kernels/mlp_dispatch.cpp: picks the variant of mlp_kernel.cpp for this processor.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>

#include "core/errors.hpp"
#include "nets/kernels/mlp_kernel.hpp"

namespace grok {

namespace kernel_baseline {
template <class Real>
const MlpKernel<Real>& get();
}
#ifdef GROK_X86_KERNELS
namespace kernel_v3 {
template <class Real>
const MlpKernel<Real>& get();
}
namespace kernel_v4 {
template <class Real>
const MlpKernel<Real>& get();
}
#endif

namespace {

#ifdef GROK_X86_KERNELS
// By feature, as the architecture levels of the x86-64 psABI name them.
bool runs_v3() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("bmi2");
}
bool runs_v4() {
  return runs_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
}
#endif

template <class Real>
std::vector<const MlpKernel<Real>*> all_kernels() {
  std::vector<const MlpKernel<Real>*> found;
#ifdef GROK_X86_KERNELS
  if (runs_v4()) {
    found.push_back(&kernel_v4::get<Real>());
  }
  if (runs_v3()) {
    found.push_back(&kernel_v3::get<Real>());
  }
#endif
  found.push_back(&kernel_baseline::get<Real>());
  return found;
}

std::size_t read_environment() {
  std::vector<std::string_view> sets;
  for (const MlpKernel<float>* kernel : all_kernels<float>()) {
    sets.emplace_back(kernel->instruction_set);
  }
  const char* named = std::getenv("GROK_INSTRUCTIONS");
  return better_than(named == nullptr ? "" : named, sets);
}

std::ptrdiff_t left_out() {
  static const std::size_t count = read_environment();
  return static_cast<std::ptrdiff_t>(count);
}

}  // namespace

std::size_t better_than(std::string_view named, std::span<const std::string_view> sets) {
  const auto found = named.empty() ? sets.begin() : std::ranges::find(sets, named);
  if (found == sets.end()) {
    reject("GROK_INSTRUCTIONS", "value", fmt::format("'{}'", named),
           fmt::format("{} (what this processor has)", fmt::join(sets, ", ")));
  }
  return static_cast<std::size_t>(found - sets.begin());
}

template <class Real>
std::vector<const MlpKernel<Real>*> mlp_kernels() {
  std::vector<const MlpKernel<Real>*> kernels = all_kernels<Real>();
  kernels.erase(kernels.begin(), kernels.begin() + left_out());
  return kernels;
}

template std::vector<const MlpKernel<float>*> mlp_kernels<float>();
template std::vector<const MlpKernel<double>*> mlp_kernels<double>();

}  // namespace grok
