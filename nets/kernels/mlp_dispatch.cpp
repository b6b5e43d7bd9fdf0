// nets/kernels/mlp_dispatch.cpp: picks the variant of mlp_kernel.cpp for this processor.
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

}  // namespace

template <class Real>
std::vector<const MlpKernel<Real>*> mlp_kernels() {
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

template std::vector<const MlpKernel<float>*> mlp_kernels<float>();
template std::vector<const MlpKernel<double>*> mlp_kernels<double>();

}  // namespace grok
