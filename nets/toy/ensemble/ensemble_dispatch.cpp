// nets/toy/ensemble/ensemble_dispatch.cpp: picks the variant of ensemble_cpu.cpp for this
// processor.
#include <string_view>

#include "nets/kernels/mlp_kernel.hpp"
#include "nets/toy/ensemble/ensemble_outcome.hpp"

namespace grok::toy {

namespace ensemble_baseline {
template <class Real>
EnsembleKernels<Real> passes();
}
#ifdef GROK_X86_KERNELS
namespace ensemble_v3 {
template <class Real>
EnsembleKernels<Real> passes();
}
namespace ensemble_v4 {
template <class Real>
EnsembleKernels<Real> passes();
}
#endif

namespace {

template <class Real>
void outcome_all(const EnsembleArrays<Real>& e, void*) {
  for (std::int64_t b = 0; b < e.members; ++b) {
    outcome(Alone{}, e, b);
  }
}

template <class Real>
EnsembleKernels<Real> pick() {
#ifdef GROK_X86_KERNELS
  const std::string_view set = mlp_kernels<Real>().front()->instruction_set;
  auto table = set == "x86-64-v4"   ? ensemble_v4::passes<Real>()
               : set == "x86-64-v3" ? ensemble_v3::passes<Real>()
                                    : ensemble_baseline::passes<Real>();
#else
  auto table = ensemble_baseline::passes<Real>();
#endif
  table.outcome = outcome_all<Real>;
  return table;
}

}  // namespace

template <class Real>
const EnsembleKernels<Real>& cpu_ensemble_kernels() {
  static const EnsembleKernels<Real> table = pick<Real>();
  return table;
}
template const EnsembleKernels<float>& cpu_ensemble_kernels<float>();
template const EnsembleKernels<double>& cpu_ensemble_kernels<double>();

}  // namespace grok::toy
