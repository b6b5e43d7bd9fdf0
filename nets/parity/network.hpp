// nets/parity/network.hpp: a network of a parity run: its numbers, plainly, and in the memory of
// the kernels.
#pragma once

#include <Eigen/Core>
#include <cstdlib>
#include <memory>

#include "nets/kernels/mlp_kernel.hpp"
#include "nets/parity/run_spec.hpp"

namespace grok::parity {

/// f(x) = u.relu(W x + b).
struct Weights {
  Eigen::MatrixXd W;     // m x n
  Eigen::VectorXd b, u;  // m

  Eigen::MatrixXd activations(const Eigen::MatrixXd& strings) const;  // N x m: relu(W x + b)
  Eigen::VectorXd outputs(const Eigen::MatrixXd& strings) const;      // N: f
};

/// PyTorch's Linear: W, b uniform within +-1/sqrt(n), u within +-1/sqrt(m), times init_scale; with
/// start = "circuit" the first 2^k neurons are the cheapest exact network and the others are scaled
/// by circuit_rest once more. Streams parity/hidden-weight, parity/hidden-bias, parity/output.
/// Numbers of a float32 run are rounded to it.
Weights initial_weights(const RunSpec& checked);

/// Numbers that start a cache line; zeros at first.
template <class Real>
class AlignedNumbers {
 public:
  explicit AlignedNumbers(std::int64_t count);
  Real* data() const { return data_.get(); }

 private:
  struct Free {
    void operator()(Real* block) const { std::free(block); }
  };
  std::unique_ptr<Real[], Free> data_;
};

/// In memory for the kernels (nets/kernels/mlp_kernel.hpp).
template <class Real>
class Network {
 public:
  Network(const Weights& weights, std::int64_t largest_batch,
          const MlpKernel<Real>& kernel = *mlp_kernels<Real>().front());

  /// Numbers from one input column to the next.
  std::int64_t input_step() const { return input_step_; }
  /// The strings (rows) as columns.
  AlignedNumbers<Real> columns_of(const Eigen::MatrixXd& strings) const;
  Weights weights() const;
  void restore(const Weights& weights);

  /// f of `count` columns.
  void outputs(const Real* columns, std::int64_t count, Real* f);
  /// The same of at most largest_batch columns, whose activations are kept for `descend`.
  void forward(const Real* columns, std::int64_t count, Real* f);
  /// One step of gradient descent from the slopes dloss/df of the columns of the last `forward`.
  void descend(const Real* columns, const Real* slope, double rate, double decay);

 private:
  static constexpr std::int64_t evaluated_at_once = 256;

  const MlpKernel<Real>& kernel_;
  std::int64_t bits_, width_, step_, input_step_, largest_batch_, kept_ = 0;
  AlignedNumbers<Real> parameters_, activation_, sums_, delta_, inputs_, gradient_;
  ReluNet<Real> net_;
};

extern template class Network<float>;
extern template class Network<double>;

}  // namespace grok::parity
