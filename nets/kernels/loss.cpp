#include "nets/kernels/loss.hpp"

#include <array>
#include <cmath>

#include "core/errors.hpp"

namespace grok {
namespace {

template <class Real>
double squared_error(const Real* output, const Real* wanted, Index count) {
  std::array<double, 4> sum{};  // four, so that an addition need not wait for the last one
  const auto square = [&](Index o) {
    const double error = static_cast<double>(output[o]) - static_cast<double>(wanted[o]);
    return error * error;
  };
  Index o = 0;
  for (; o + 4 <= count; o += 4) {
    for (std::size_t k = 0; k < 4; ++k) {
      sum[k] += square(o + static_cast<Index>(k));
    }
  }
  for (; o < count; ++o) {
    sum[0] += square(o);
  }
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

template <class Real>
double negative_log_likelihood(const Real* output, Index target, Index count) {
  const auto highest = static_cast<double>(output[largest(output, count)]);
  double sum = 0;
  for (Index o = 0; o < count; ++o) {
    sum += std::exp(static_cast<double>(output[o]) - highest);
  }
  return std::log(sum) + highest - static_cast<double>(output[target]);
}

template <class Real>
double margin_loss(const Real* output, Index target, Index count) {
  double sum = 0;
  for (Index o = 0; o < count; ++o) {
    const double missing =
        1.0 - static_cast<double>(output[target]) + static_cast<double>(output[o]);
    sum += o == target || missing <= 0 ? 0.0 : missing;  // keeps NaN
  }
  return sum / static_cast<double>(count);
}

// p_o of the others, and of the target -sum of theirs: p - 1 would lose its digits as p nears 1,
// and Adam would make steps of what is left.
template <class Real>
void softmax_delta(const Real* output, Index target, Index count, Index samples, Real* delta) {
  const Real highest = output[largest(output, count)];
  Real others = 0;
  for (Index o = 0; o < count; ++o) {
    delta[o] = std::exp(output[o] - highest);
    others += o == target ? Real(0) : delta[o];
  }
  const Real scale = (others + delta[target]) * static_cast<Real>(samples);
  for (Index o = 0; o < count; ++o) {
    delta[o] = (o == target ? -others : delta[o]) / scale;
  }
}

template <class Real>
void margin_delta(const Real* output, Index target, Index count, Index samples, Real* delta) {
  const Real unit = Real(1) / static_cast<Real>(count * samples);
  Index violated = 0;
  for (Index o = 0; o < count; ++o) {
    const bool active = o != target && Real(1) - output[target] + output[o] > Real(0);
    delta[o] = active ? unit : Real(0);
    violated += active ? 1 : 0;
  }
  delta[target] = -unit * static_cast<Real>(violated);
}

}  // namespace

Loss loss_named(const std::string& name) {
  if (name == "mse") {
    return Loss::mse;
  }
  if (name == "cross-entropy") {
    return Loss::cross_entropy;
  }
  if (name == "hinge") {
    return Loss::hinge;
  }
  reject("loss_named", "loss", "'" + name + "'", "mse, cross-entropy, hinge");
}

template <class Real>
double sample_loss(Loss loss, const Real* output, const Real* wanted, Index target, Index outputs) {
  switch (loss) {
    case Loss::mse:
      return squared_error(output, wanted, outputs) / static_cast<double>(outputs);
    case Loss::cross_entropy:
      return negative_log_likelihood(output, target, outputs);
    default:
      return margin_loss(output, target, outputs);
  }
}

template <class Real>
void sample_delta(Loss loss, const Real* output, const Real* wanted, Index target, Index outputs,
                  Index samples, Real* delta) {
  if (loss == Loss::cross_entropy) {
    softmax_delta(output, target, outputs, samples, delta);
  } else if (loss == Loss::hinge) {
    margin_delta(output, target, outputs, samples, delta);
  } else {
    const Real factor = Real(2) / static_cast<Real>(samples * outputs);
    for (Index o = 0; o < outputs; ++o) {
      delta[o] = factor * (output[o] - wanted[o]);
    }
  }
}

template double sample_loss(Loss, const float*, const float*, Index, Index);
template double sample_loss(Loss, const double*, const double*, Index, Index);
template void sample_delta(Loss, const float*, const float*, Index, Index, Index, float*);
template void sample_delta(Loss, const double*, const double*, Index, Index, Index, double*);

}  // namespace grok
