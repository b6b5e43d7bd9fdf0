// nets/kernels/training_constants.hpp: losses and optimisers by number, and the constants of AdamW:
// plain, for the GPU too.
#pragma once

#include <cstdint>

namespace grok {

enum class Loss : std::int32_t {
  mse,
  cross_entropy,
  hinge
};                                                   // nets/kernels/loss.hpp says what they are
enum class Optimiser : std::int32_t { adamw, sgd };  // nets/kernels/mlp_kernel.hpp does

/// Of every AdamW here, as PyTorch's defaults.
inline constexpr double adam_beta1 = 0.9, adam_beta2 = 0.999, adam_epsilon = 1e-8;

}  // namespace grok
