// nets/network.hpp: one network in memory: parameters, gradients, moments, activations.
//   f(i, j) = decoder(E_i + E_j); decoder: MLP with tanh or relu hidden layers, linear output
//   mse            loss = mean over samples and output dimensions of (f - Y_c)^2; the answer is the
//                  nearest template Y_c
//   cross-entropy  loss = mean over samples of -ln softmax(f)_c; the answer is the largest output
// Source: Liu et al. 2022, App. G and the official code (docs/theory.md, "The networks").
#pragma once

#include <Eigen/Core>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "nets/initial_state.hpp"
#include "nets/mlp_kernel.hpp"

namespace grok {

/// Samples with their outputs a o b, as the kernels want them.
struct Batch {
  std::vector<std::int32_t> pairs;    // i0, j0, i1, j1, ...
  std::vector<std::int32_t> targets;  // a o b
  Index count() const { return static_cast<Index>(targets.size()); }
};
Batch make_batch(const Task& task, std::span<const Sample> samples);

/// Loss and right answers over a run of samples.
struct Score {
  double loss = 0;
  Index correct = 0;
  Index count = 0;
  double accuracy() const { return static_cast<double>(correct) / static_cast<double>(count); }
};

template <class Real>
class Network {
 public:
  /// capacity: most samples in one batch. `state` must fit `resolved` (check_initial_state).
  Network(const RunSpec& resolved, const InitialState& state, Index capacity,
          const MlpKernel<Real>& kernel = *mlp_kernels<Real>().front());

  void forward(const Batch& batch);
  /// Of samples first .. first+count-1 of the last `forward`; count 0 gives an empty score.
  Score score(const Batch& batch, Index first, Index count);
  /// Gradient of the mean loss over the first `count` samples of the last `forward`.
  void backward(const Batch& batch, Index count);
  void update();  // one AdamW step of every parameter, from the last gradient

  Eigen::MatrixXd embeddings() const;  // p x d

  /// Flat views for checks: "embeddings", "decoder[0].weight", "decoder[0].bias", ...
  struct Block {
    std::string name;
    std::span<Real> parameter;  // column-major
    std::span<Real> gradient;
  };
  std::vector<Block> blocks();

 private:
  struct Free {
    void operator()(Real* memory) const { std::free(memory); }
  };
  using Buffer = std::unique_ptr<Real[], Free>;
  static Buffer allocate(Index count);
  void lay_out(Index capacity);
  void load(const InitialState& state);
  void loss_delta(const Batch& batch, Index count);

  const MlpKernel<Real>& kernel_;
  Index symbols_, dimensions_, classes_, outputs_;
  bool regression_;
  std::vector<Index> widths_;
  AdamWStep representation_step_, decoder_step_;
  Index embedding_size_ = 0, parameter_size_ = 0;  // padded to whole cache lines
  Buffer memory_;     // parameters, gradients, means, squares, then activations and deltas
  Buffer templates_;  // outputs x classes
  Buffer products_;   // classes x capacity
  std::vector<Real> half_norms_;  // |Y_c|^2 / 2
  std::vector<LayerBuffers<Real>> layers_;
  MlpBuffers<Real> net_;
};

extern template class Network<float>;
extern template class Network<double>;

}  // namespace grok
