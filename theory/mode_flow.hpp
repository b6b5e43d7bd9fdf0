// theory/mode_flow.hpp: embeddings and a decoder that is reduced to its smooth modes, each under
// its own optimiser: the effective dynamics with the decoder's state as a second variable.
//   network   f(x) = W s(W_2 s(W_1 x + b_1) + b_2) + b, x = E_i + E_j (one number); K, H units
//   modes     the first layer h(x) = (s(W_1 x + b_1), 1), K + 1 numbers, is a curve that hardly
//             leaves N dimensions: h(x) ~ U S psi(x) for x in [-X, X] (singular values S, psi
//             orthonormal there), so f(x) = W s(V psi(x)) + b with V = (W_2 b_2) U S, H x N
//   moved     E, V, W, b; W_1 and b_1 stay as they are
//   optimiser gradient descent: V -= eta_D S^2 dl/dV, exactly what W_2 would make of it. Adam
//             divides the gradient of each weight by its root mean square; here the K + 1 weights
//             of a hidden unit share theirs: V_hn -= eta_D S_n^2 m_hn / sqrt(sum_n' S_n'^2 q_hn' /
//             (K + 1)), with Adam's averages m, q of dl/dV. E, W and b have Adam as it is.
//   Nothing is fitted; all it needs is known before training.
// Source: ours; derivation, what it explains and where it fails in docs/two_rate.md.
// Cost of a step: 6 |D| H (m + N) multiplications and |D| H tanh; memory O(H (N + m + |D|)).
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "theory/decoder_network.hpp"
#include "theory/flow.hpp"
#include "theory/prediction.hpp"
#include "theory/task.hpp"

namespace grok {

enum class FlowOptimiser { adam, gradient_descent };

struct ModeFlowSettings {
  Index modes = 6;                    // N at most, [1, K + 1]
  double half_width = 5.0;            // X
  double representation_rate = 1e-3;  // eta_E [1/step]
  double decoder_rate = 1e-4;         // eta_D [1/step]
  double representation_decay = 0.0;  // decoupled for Adam, as AdamW's
  double decoder_decay = 0.0;         // of V, W and b
  FlowOptimiser optimiser = FlowOptimiser::adam;
  AdamConstants adam = {};
};

/// What the decoder is to say to each sample of D, in the order of D.
struct ModeFlowTargets {
  Eigen::MatrixXd values;           // m x |D|: mean squared error; empty: cross-entropy of ...
  std::vector<Index> classes = {};  // ... these, 0..m-1
};

/// The first layer as N functions psi(x) of one number.
struct DecoderModes {
  std::shared_ptr<const DecoderMap> psi;  // x -> N numbers
  Eigen::MatrixXd basis;                  // U, (K + 1) x N, orthonormal columns
  Eigen::VectorXd scales;                 // S, N, falling: root mean square share of h on [-X, X]
};

/// The first `modes` of them, or fewer: those below rounding (10^-7 of the first) do not exist.
/// Throws InputError unless the layer has one input and 1 <= modes <= K + 1, ConvergenceError if
/// the curve is too steep to be tabulated.
DecoderModes decoder_modes(const DecoderLayer& first, DecoderActivation activation, Index modes,
                           double half_width);

/// Real: float as the networks have it, or double for checks.
template <class Real>
class ModeFlow {
 public:
  using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>;

  /// embeddings: p (d = 1); decoder: three layers. Throws InputError for what does not fit.
  ModeFlow(std::span<const Sample> train, const Eigen::VectorXd& embeddings,
           const std::vector<DecoderLayer>& decoder, DecoderActivation activation,
           const ModeFlowTargets& targets, const ModeFlowSettings& settings);

  void step();
  Eigen::VectorXd embeddings() const { return E_.template cast<double>(); }
  double loss() const { return loss_; }  // at the state before the last step; 0: none yet
  /// dl/dE at the present state, as `step` has it: for checks.
  Eigen::VectorXd embedding_gradient();
  const Matrix& mode_weights() const { return V_; }  // V, H x N

 private:
  struct Moments {
    Matrix mean, square;
  };
  struct Corrections {
    double mean, square;  // of averages that started from 0
  };
  Corrections average(const Matrix& gradient, Moments& moments) const;
  void slopes();  // gradients of the loss at the present state
  void residuals();
  void move(Matrix& x, const Matrix& gradient, Moments& moments, double rate, double decay) const;
  void move_modes();

  std::vector<Sample> train_;
  DecoderModes modes_;
  DecoderActivation activation_;
  Matrix wanted_;  // m x |D|, or empty
  std::vector<Index> classes_;
  ModeFlowSettings settings_;
  Matrix E_, V_, W_, b_;  // p x 1, H x N, m x H, m x 1
  Matrix gE_, gV_, gW_, gb_;
  Moments mE_, mV_, mW_, mb_;
  Eigen::MatrixXd x_, psi_, pulled_, gx_;  // 1, N, N, 1 x |D|
  Matrix psi_real_, h_, f_, gh_;           // N, H, m, H x |D|
  double loss_ = 0;
  std::int64_t steps_ = 0;
};

extern template class ModeFlow<float>;
extern template class ModeFlow<double>;

struct ModeFlowOutcome {
  std::optional<std::int64_t> steps;  // first with RQI above the threshold
  std::int64_t followed = 0;          // steps made
  bool memorised = false;  // ended because the decoder knew D by heart and nothing pulled any more
};

/// Follows the flow until RQI exceeds the question's threshold, its budget is spent, or the loss
/// falls below `memorised` times its first value (there the pull on the embeddings is gone; 0:
/// never). The rates are the settings', not the question's.
ModeFlowOutcome follow_mode_flow(const Task& task, ModeFlow<float> flow,
                                 const RqiQuestion& question, double memorised);

}  // namespace grok
