// nets/toy/network.hpp: one network in memory: parameters, gradients, moments, activations.
//   f(i, j) = decoder(E_i + E_j), or of the matrix product E_i E_j, or of E_i and F_j one after the
//   other; decoder: MLP with tanh or relu hidden layers, linear output;
//   losses and answers: nets/kernels/loss.hpp
// Source: Liu et al. 2022, App. G and the official code (docs/theory.md, "The networks").
//   Memory: columns of every matrix are padded to whole cache lines, so that the kernels need no
//   code for remainders; all of it is one block.
#pragma once

#include <Eigen/Core>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "nets/kernels/loss.hpp"
#include "nets/kernels/mlp_kernel.hpp"
#include "nets/toy/initial_state.hpp"

namespace grok::toy {

/// Samples with their outputs a o b, as the kernels want them.
struct Batch {
  std::vector<std::int32_t> pairs;    // i0, j0, i1, j1, ...: Task::embeddings_of
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

/// Euclidean norms: of all embeddings, of all weights and biases of the decoder, and of a sample's
/// outputs, the mean over samples.
struct Norms {
  double embeddings = 0, decoder = 0, outputs = 0;
};

/// A matrix in memory, column after column, `step` numbers apart; number k of it as if without
/// gaps.
template <class Real>
class Columns {
 public:
  Columns(Real* data, Index rows, Index columns, Index step)
      : data_(data), rows_(rows), columns_(columns), step_(step) {}
  std::size_t size() const { return static_cast<std::size_t>(rows_ * columns_); }
  Real& operator[](std::size_t k) const {
    const auto index = static_cast<Index>(k);
    return data_[index / rows_ * step_ + index % rows_];
  }
  Index rows() const { return rows_; }
  Index columns() const { return columns_; }
  std::vector<Real> copy() const {
    std::vector<Real> numbers(size());
    for (std::size_t k = 0; k < size(); ++k) {
      numbers[k] = (*this)[k];
    }
    return numbers;
  }

 private:
  Real* data_;
  Index rows_, columns_, step_;
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
  Norms norms(Index count) const;  // outputs: of the first `count` samples of the last `forward`
  /// Gradient of the mean loss over the first `count` samples of the last `forward`.
  void backward(const Batch& batch, Index count);
  void update();  // one step of the optimiser for every parameter, from the last gradient
  /// backward and update at once, faster: the same parameters bit for bit, but `blocks` has no
  /// gradients of weights then.
  void descend(const Batch& batch, Index count);

  Eigen::MatrixXd embeddings() const;           // as InitialState has them
  void embeddings(Eigen::MatrixXd& out) const;  // the same; allocates only if the shape differs
  /// Every parameter as it is now; `train` and `labels` are left to the caller.
  InitialState state() const;
  /// All that the updates to come depend on: parameters, moments; and updates made.
  std::vector<Real> saved() const;
  std::int64_t updates() const { return decoder_step_.step; }
  /// Throws Error unless it is of a network of this shape.
  void restore(const std::vector<Real>& saved, std::int64_t updates);
  std::size_t memory_bytes() const { return bytes_; }  // of all that grows with the network

  /// Views for checks: "embeddings" (d x p), "decoder[0].weight" (outputs x inputs),
  /// "decoder[0].bias", ...
  struct Block {
    std::string name;
    Columns<Real> parameter;
    Columns<Real> gradient;
  };
  std::vector<Block> blocks();

 private:
  struct Free {
    void operator()(Real* memory) const { std::free(memory); }
  };
  using Buffer = std::unique_ptr<Real[], Free>;
  Network(const RunSpec& resolved, const Task& task, const InitialState& state, Index capacity,
          const MlpKernel<Real>& kernel);
  void lay_out(Index capacity);
  void load(const InitialState& state);
  void loss_delta(const Batch& batch, Index count);
  void count_update();

  const MlpKernel<Real>& kernel_;
  Index symbols_, dimensions_, classes_, outputs_;  // symbols: vectors of embeddings
  Loss loss_;
  std::vector<Index> widths_;
  OptimiserStep representation_step_, decoder_step_;
  std::size_t bytes_ = 0;
  Buffer memory_;              // parameters, gradients, means, squares; then all the rest
  Real* templates_ = nullptr;  // mse: Y, outputs x classes
  Index template_step_ = 0;
  LayerBuffers<Real> likeness_;  // mse: Y^T f - |Y|^2 / 2, classes x n: largest where Y is nearest
  std::vector<LayerBuffers<Real>> layers_;
  MlpBuffers<Real> net_;
};

extern template class Network<float>;
extern template class Network<double>;

}  // namespace grok::toy
