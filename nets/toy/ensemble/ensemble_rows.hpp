// nets/toy/ensemble/ensemble_rows.hpp: what a run brings into an ensemble, as rows of numbers
// (EnsembleLayout).
#pragma once

#include <vector>

#include "nets/toy/ensemble/ensemble_arrays.hpp"
#include "nets/toy/ensemble/ensemble_layout.hpp"

namespace grok::toy {

template <class Real>
struct EnsembleRows {
  std::vector<Real> parameter;
  std::vector<std::int32_t> pairs, targets;  // training samples, then the rest of D0
  /// mse alone: outputs x padded classes; |Y_c|^2 / 2. No output is near to the padding.
  std::vector<Real> templates, half_norms;
  MemberSettings settings;
  EnsembleRows(const EnsembleLayout& layout, const RunSpec& resolved, const InitialState& state);
};

/// Everything but the pointers and the number of members.
template <class Real>
EnsembleArrays<Real> arrays_of_shape(const EnsembleLayout& layout, const RunSpec& resolved);

/// Which slots move where when `gone` leave: slot k takes what slot result[k] held. Few move: those
/// at the end, into the gaps.
std::vector<std::int64_t> close_gaps(std::int64_t members, const std::vector<std::int64_t>& gone);

extern template struct EnsembleRows<float>;
extern template struct EnsembleRows<double>;

}  // namespace grok::toy
