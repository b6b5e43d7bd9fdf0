// nets/kernels/loss.hpp: what a network's outputs f (C or output_dimension numbers) are worth for a
// sample whose answer is c. The loss of a batch is the mean over its samples of
//   mse            mean over output dimensions of (f - Y_c)^2; Y_c: the target, random or given
//   cross-entropy  -ln softmax(f)_c
//   hinge          sum over o != c of max(0, 1 - f_c + f_o), divided by the number of outputs C:
//                  LibTorch's multi_margin_loss (Weston & Watkins 1999), p = 1, margin 1
// The answer of a network is the nearest target (mse) or the largest output (the others).
#pragma once

#include <string>

#include "nets/kernels/training_constants.hpp"
#include "theory/task.hpp"

namespace grok {

/// "mse", "cross-entropy", "hinge"; throws InputError otherwise.
Loss loss_named(const std::string& name);

/// Loss of one sample; `wanted`: Y_c (mse alone reads it).
template <class Real>
double sample_loss(Loss loss, const Real* output, const Real* wanted, Index target, Index outputs);

/// delta = dloss/df of the mean over `samples` samples, for one of them.
template <class Real>
void sample_delta(Loss loss, const Real* output, const Real* wanted, Index target, Index outputs,
                  Index samples, Real* delta);

/// The first of the largest numbers.
template <class Real>
Index largest(const Real* numbers, Index count) {
  Index best = 0;
  for (Index k = 1; k < count; ++k) {
    best = numbers[k] > numbers[best] ? k : best;
  }
  return best;
}

}  // namespace grok
