#include "theory/mode_flow.hpp"

#include <fmt/format.h>

#include <Eigen/SVD>
#include <cmath>
#include <utility>

#include "core/errors.hpp"
#include "core/interrupt.hpp"
#include "theory/decoder_curve.hpp"

namespace grok {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

template <class Matrix>
void activate(DecoderActivation activation, Matrix& z) {
  if (activation == DecoderActivation::tanh) {
    z = z.array().tanh();
  } else {
    z = z.cwiseMax(0);
  }
}

/// g := g s'(z), from h = s(z).
template <class Matrix>
void times_slope(DecoderActivation activation, const Matrix& h, Matrix& g) {
  using Real = typename Matrix::Scalar;
  if (activation == DecoderActivation::tanh) {
    g.array() *= Real{1} - h.array().square();
  } else {
    g.array() *= (h.array() > Real{0}).template cast<Real>();
  }
}

void require_equal(const char* name, Index value, Index wanted) {
  require_in_range("ModeFlow", name, value, wanted, wanted);
}

void check_shapes(std::span<const Sample> train, const VectorXd& embeddings,
                  const std::vector<DecoderLayer>& decoder, const ModeFlowTargets& targets) {
  require_equal("layers of the decoder", std::ssize(decoder), 3);
  const auto n = static_cast<Index>(train.size());
  require_in_range("ModeFlow", "|D|", n, Index{1}, Index{1'000'000});
  for (const Sample s : train) {
    require_in_range("ModeFlow", "symbol", Index{s.i}, Index{0}, embeddings.size() - 1);
    require_in_range("ModeFlow", "symbol", Index{s.j}, Index{0}, embeddings.size() - 1);
  }
  const Index outputs = decoder[2].weight.rows();
  if (targets.values.size() > 0) {
    require_equal("rows of targets", targets.values.rows(), outputs);
    require_equal("columns of targets", targets.values.cols(), n);
  } else {
    require_equal("number of classes", std::ssize(targets.classes), n);
    for (const Index c : targets.classes) {
      require_in_range("ModeFlow", "class", c, Index{0}, outputs - 1);
    }
  }
}

}  // namespace

DecoderModes decoder_modes(const DecoderLayer& first, DecoderActivation activation, Index modes,
                           double half_width) {
  const char* where = "decoder_modes";
  constexpr Index nodes = 201;
  constexpr double smallest_scale = 1e-7;
  const Index K = first.weight.rows();
  require_in_range(where, "inputs", Index{first.weight.cols()}, Index{1}, Index{1});
  require_in_range(where, "modes", modes, Index{1}, std::min(K + 1, nodes));
  require_in_range(where, "half_width", half_width, 1e-6, 1e6);
  MatrixXd h = first.weight * Eigen::RowVectorXd::LinSpaced(nodes, -half_width, half_width);
  h.colwise() += first.bias;
  activate(activation, h);
  h.conservativeResize(K + 1, Eigen::NoChange);
  h.row(K).setOnes();
  const Eigen::BDCSVD<MatrixXd> svd(h, Eigen::ComputeThinU);
  const VectorXd all = svd.singularValues() / std::sqrt(static_cast<double>(nodes));
  const Index present = (all.array() > smallest_scale * all[0]).count();
  DecoderModes result;
  result.basis = svd.matrixU().leftCols(std::min(modes, present));
  result.scales = all.head(std::min(modes, present));
  const MatrixXd to_modes = result.scales.cwiseInverse().asDiagonal() * result.basis.transpose();
  DecoderNetwork psi({{first.weight, first.bias}, {to_modes.leftCols(K), to_modes.col(K)}},
                     activation);
  if (activation == DecoderActivation::tanh) {
    result.psi =
        std::make_shared<DecoderCurve>(std::move(psi), -2 * half_width, 2 * half_width, 1e-7);
  } else {
    result.psi = std::make_shared<DecoderNetwork>(std::move(psi));
  }
  return result;
}

template <class Real>
ModeFlow<Real>::ModeFlow(std::span<const Sample> train, const VectorXd& embeddings,
                         const std::vector<DecoderLayer>& decoder, DecoderActivation activation,
                         const ModeFlowTargets& targets, const ModeFlowSettings& settings)
    : train_(train.begin(), train.end()), activation_(activation), settings_(settings) {
  check_shapes(train, embeddings, decoder, targets);
  modes_ = decoder_modes(decoder[0], activation, settings.modes, settings.half_width);
  const Index K = decoder[0].weight.rows();
  require_equal("inputs of the second layer", decoder[1].weight.cols(), K);
  require_equal("inputs of the third layer", decoder[2].weight.cols(), decoder[1].weight.rows());
  MatrixXd second(decoder[1].weight.rows(), K + 1);
  second << decoder[1].weight, decoder[1].bias;
  E_ = embeddings.cast<Real>();
  V_ = (second * modes_.basis * modes_.scales.asDiagonal()).template cast<Real>();
  W_ = decoder[2].weight.cast<Real>();
  b_ = decoder[2].bias.cast<Real>();
  wanted_ = targets.values.cast<Real>();
  classes_ = targets.classes;
  const auto at_rest = [](const Matrix& x) {
    return Moments{Matrix::Zero(x.rows(), x.cols()), Matrix::Zero(x.rows(), x.cols())};
  };
  mE_ = at_rest(E_);
  mV_ = at_rest(V_);
  mW_ = at_rest(W_);
  mb_ = at_rest(b_);
}

/// f_ := dl/df of the mean over samples, from the outputs f_; loss_ := l.
template <class Real>
void ModeFlow<Real>::residuals() {
  if (wanted_.size() > 0) {
    f_ -= wanted_;
    loss_ = static_cast<double>(f_.squaredNorm()) / static_cast<double>(f_.size());
    f_ *= Real{2} / static_cast<Real>(f_.size());
    return;
  }
  const auto n = static_cast<Real>(f_.cols());
  loss_ = 0;
  for (Index a = 0; a < f_.cols(); ++a) {
    auto column = f_.col(a);
    const Index c = classes_[static_cast<std::size_t>(a)];
    column.array() -= column.maxCoeff();
    const Real wanted = column[c];
    column = column.array().exp();
    const Real sum = column.sum();
    loss_ += static_cast<double>((std::log(sum) - wanted) / n);
    column /= sum * n;
    column[c] -= Real{1} / n;
  }
}

template <class Real>
void ModeFlow<Real>::slopes() {
  const auto n = static_cast<Index>(train_.size());
  x_.resize(1, n);
  for (Index a = 0; a < n; ++a) {
    const Sample s = train_[static_cast<std::size_t>(a)];
    x_(a) = static_cast<double>(E_(s.i)) + static_cast<double>(E_(s.j));
  }
  modes_.psi->evaluate(x_, psi_);
  psi_real_ = psi_.cast<Real>();
  h_.noalias() = V_ * psi_real_;
  activate(activation_, h_);
  f_.noalias() = W_ * h_;
  f_.colwise() += b_.col(0);
  residuals();
  gW_.noalias() = f_ * h_.transpose();
  gb_ = f_.rowwise().sum();
  gh_.noalias() = W_.transpose() * f_;
  times_slope(activation_, h_, gh_);
  gV_.noalias() = gh_ * psi_real_.transpose();
  pulled_ = (V_.transpose() * gh_).template cast<double>();
  modes_.psi->pull_back(x_, pulled_, gx_);
  gE_ = Matrix::Zero(E_.rows(), 1);
  for (Index a = 0; a < n; ++a) {
    const Sample s = train_[static_cast<std::size_t>(a)];
    gE_(s.i) += static_cast<Real>(gx_(a));
    gE_(s.j) += static_cast<Real>(gx_(a));
  }
}

/// Adam's averages with one more gradient.
template <class Real>
typename ModeFlow<Real>::Corrections ModeFlow<Real>::average(const Matrix& gradient,
                                                             Moments& moments) const {
  const auto beta1 = static_cast<Real>(settings_.adam.beta1);
  const auto beta2 = static_cast<Real>(settings_.adam.beta2);
  const auto t = static_cast<double>(steps_);
  moments.mean = beta1 * moments.mean + (Real{1} - beta1) * gradient;
  moments.square = beta2 * moments.square + (Real{1} - beta2) * gradient.cwiseAbs2();
  return {1.0 / (1.0 - std::pow(settings_.adam.beta1, t)),
          1.0 / (1.0 - std::pow(settings_.adam.beta2, t))};
}

template <class Real>
void ModeFlow<Real>::move(Matrix& x, const Matrix& gradient, Moments& moments, double rate,
                          double decay) const {
  x *= static_cast<Real>(1.0 - rate * decay);
  if (settings_.optimiser == FlowOptimiser::gradient_descent) {
    x -= static_cast<Real>(rate) * gradient;
    return;
  }
  const auto [mean, square] = average(gradient, moments);
  x.array() -= static_cast<Real>(rate * mean) * moments.mean.array() /
               ((static_cast<Real>(square) * moments.square.array()).sqrt() +
                static_cast<Real>(settings_.adam.epsilon));
}

template <class Real>
void ModeFlow<Real>::move_modes() {
  const double rate = settings_.decoder_rate;
  const Matrix S2 = modes_.scales.cwiseAbs2().template cast<Real>();
  V_ *= static_cast<Real>(1.0 - rate * settings_.decoder_decay);
  if (settings_.optimiser == FlowOptimiser::gradient_descent) {
    V_ -= static_cast<Real>(rate) * (gV_ * S2.col(0).asDiagonal());
    return;
  }
  const auto [mean, square] = average(gV_, mV_);
  const auto weights = static_cast<double>(modes_.basis.rows());  // of a unit: K + 1
  const Matrix shared = ((static_cast<Real>(square / weights) * (mV_.square * S2)).array().sqrt() +
                         static_cast<Real>(settings_.adam.epsilon))
                            .inverse();
  V_ -= static_cast<Real>(rate * mean) *
        (shared.col(0).asDiagonal() * mV_.mean * S2.col(0).asDiagonal());
}

template <class Real>
void ModeFlow<Real>::step() {
  ++steps_;
  slopes();
  move(E_, gE_, mE_, settings_.representation_rate, settings_.representation_decay);
  move(W_, gW_, mW_, settings_.decoder_rate, settings_.decoder_decay);
  move(b_, gb_, mb_, settings_.decoder_rate, settings_.decoder_decay);
  move_modes();
}

template <class Real>
VectorXd ModeFlow<Real>::embedding_gradient() {
  slopes();
  return gE_.template cast<double>();
}

template class ModeFlow<float>;
template class ModeFlow<double>;

ModeFlowOutcome follow_mode_flow(const Task& task, ModeFlow<float> flow,
                                 const RqiQuestion& question, double memorised) {
  RqiTest rqi_test(task.symbols(), list_parallelograms(group_by_output(task)), question.tolerance,
                   question.threshold);
  ModeFlowOutcome outcome;
  Eigen::MatrixXd E = flow.embeddings();
  double first = 0;
  for (std::int64_t n = 0; n <= question.budget; ++n) {
    throw_if_stopped();
    if (n > 0) {
      flow.step();
      outcome.followed = n;
      first = n == 1 ? flow.loss() : first;
      E = flow.embeddings();
    }
    if (rqi_test.exceeded(E)) {
      outcome.steps = n;
      break;
    }
    outcome.memorised = n > 1 && flow.loss() < memorised * first;
    if (outcome.memorised || !E.allFinite()) {
      break;
    }
  }
  return outcome;
}

}  // namespace grok
