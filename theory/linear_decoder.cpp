#include "theory/linear_decoder.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "theory/flow.hpp"

namespace grok {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

void require_shape(const char* name, const MatrixXd& matrix, Index rows, Index cols) {
  require_in_range("LinearDecoderLoss", std::string(name) + ".rows()", matrix.rows(), rows, rows);
  require_in_range("LinearDecoderLoss", std::string(name) + ".cols()", matrix.cols(), cols, cols);
}

VectorXd class_sizes(const LinearDecoderSetting& setting) {
  VectorXd sizes = VectorXd::Zero(setting.targets.cols());
  for (const Index c : setting.classes) {
    require_in_range("LinearDecoderLoss", "class", c, Index{0}, setting.targets.cols() - 1);
    sizes[c] += 1;
  }
  if (!(sizes.minCoeff() > 0)) {
    reject("LinearDecoderLoss", "samples of a class", "0", "at least 1 of every class");
  }
  return sizes;
}

/// m x d with orthonormal columns.
MatrixXd orthonormal(Index m, Index d) {
  RandomStream stream(1, "linear decoder");
  MatrixXd A(m, d);
  for (Index k = 0; k < A.size(); ++k) {
    A.data()[k] = stream.normal();
  }
  return Eigen::HouseholderQR<MatrixXd>(A).householderQ() * MatrixXd::Identity(m, d);
}

/// Mean over samples of |r - mean of its class|^2.
double within_spread(const LinearDecoderSetting& setting, const MatrixXd& E) {
  const MatrixXd r = setting.incidence * E;
  MatrixXd sums = MatrixXd::Zero(setting.targets.cols(), E.cols());
  VectorXd sizes = VectorXd::Zero(sums.rows());
  for (Index k = 0; k < r.rows(); ++k) {
    const Index c = setting.classes[static_cast<std::size_t>(k)];
    sums.row(c) += r.row(k);
    sizes[c] += 1;
  }
  double total = 0;
  for (Index k = 0; k < r.rows(); ++k) {
    const Index c = setting.classes[static_cast<std::size_t>(k)];
    total += (r.row(k) - sums.row(c) / sizes[c]).squaredNorm();
  }
  return total / static_cast<double>(r.rows());
}

/// The state at time t from E, A and, where they move, b = 0 or b = y.
LinearDecoderState run(LinearDecoderSetting setting, double ratio, bool at_rest,
                       const LinearDecoderState& from, const AdiabaticQuestion& question) {
  setting.decoder_rate = ratio;
  setting.biases_at_rest = at_rest;
  const LinearDecoderLoss loss(std::move(setting), from.A);
  const States states =
      gradient_flow(functions_of(loss), loss.pack(from), {question.time}, question.tolerance);
  return loss.unpack(states.back());
}

}  // namespace

LinearDecoderLoss::LinearDecoderLoss(LinearDecoderSetting setting, MatrixXd frozen)
    : setting_(std::move(setting)), frozen_(std::move(frozen)) {
  const char* where = "LinearDecoderLoss";
  const Index samples = setting_.incidence.rows();
  require_in_range(where, "samples", samples, Index{1}, Index{100'000'000});
  require_in_range(where, "classes", static_cast<Index>(setting_.classes.size()), samples, samples);
  require_shape("A", frozen_, setting_.targets.rows(), frozen_.cols());
  require_in_range(where, "d", frozen_.cols(), Index{1}, Index{1'000'000});
  sizes_ = class_sizes(setting_);
  require_in_range(where, "input_rate", setting_.input_rate, 1e-150, 1e150);
  require_in_range(where, "decoder_rate", setting_.decoder_rate, 0.0, 1e150);
  require_in_range(where, "decay", setting_.decay, 0.0, 1e150);
  if (!moving_A() && !setting_.biases_at_rest) {
    reject(where, "decoder_rate", "0 with moving biases", "(0, 1e150], or biases at rest");
  }
}

Index LinearDecoderLoss::dimension() const {
  Index n = setting_.incidence.cols() * frozen_.cols();
  n += moving_A() ? frozen_.size() : 0;
  n += setting_.biases_at_rest ? 0 : setting_.targets.size();
  return n;
}

VectorXd LinearDecoderLoss::pack(const LinearDecoderState& state) const {
  require_shape("E", state.E, setting_.incidence.cols(), frozen_.cols());
  VectorXd x(dimension());
  Index at = 0;
  const auto append = [&](const MatrixXd& part, double rate) {
    x.segment(at, part.size()) = part.reshaped() / std::sqrt(rate);
    at += part.size();
  };
  append(state.E, setting_.input_rate);
  if (moving_A()) {
    require_shape("A", state.A, frozen_.rows(), frozen_.cols());
    append(state.A, setting_.decoder_rate);
  }
  if (!setting_.biases_at_rest) {
    require_shape("b", state.b, setting_.targets.rows(), setting_.targets.cols());
    append(state.b, setting_.decoder_rate);
  }
  return x;
}

LinearDecoderState LinearDecoderLoss::unpack(const VectorXd& x) const {
  require_in_range("LinearDecoderLoss", "x.size()", x.size(), dimension(), dimension());
  LinearDecoderState state;
  Index at = 0;
  const auto take = [&](Index rows, Index cols, double rate) -> MatrixXd {
    const MatrixXd part = std::sqrt(rate) * x.segment(at, rows * cols).reshaped(rows, cols);
    at += rows * cols;
    return part;
  };
  state.E = take(setting_.incidence.cols(), frozen_.cols(), setting_.input_rate);
  state.A = moving_A() ? take(frozen_.rows(), frozen_.cols(), setting_.decoder_rate) : frozen_;
  if (!setting_.biases_at_rest) {
    state.b = take(setting_.targets.rows(), setting_.targets.cols(), setting_.decoder_rate);
  }
  return state;
}

/// L and dL/dE, dL/dA, dL/db. Biases at rest solve dL/db = 0, so L's other slopes do not see them
/// move.
double LinearDecoderLoss::loss_and_slopes(const LinearDecoderState& s,
                                          LinearDecoderState* slopes) const {
  const MatrixXd r = setting_.incidence * s.E;  // samples x d
  MatrixXd e = r * s.A.transpose();             // samples x m
  const Index samples = e.rows();
  const auto class_of = [&](Index k) { return setting_.classes[static_cast<std::size_t>(k)]; };
  MatrixXd offset = MatrixXd::Zero(setting_.targets.cols(), e.cols());  // b - y, by rows
  if (setting_.biases_at_rest) {
    for (Index k = 0; k < samples; ++k) {
      offset.row(class_of(k)) -= e.row(k) / sizes_[class_of(k)];
    }
  } else {
    offset = (s.b - setting_.targets).transpose();
  }
  for (Index k = 0; k < samples; ++k) {
    e.row(k) += offset.row(class_of(k));
  }
  const double decay = setting_.decay * static_cast<double>(samples);
  if (slopes != nullptr) {
    slopes->E = setting_.incidence.transpose() * e * s.A;
    slopes->A = e.transpose() * r + decay * s.A;
    slopes->b = MatrixXd::Zero(setting_.targets.rows(), setting_.targets.cols());
    for (Index k = 0; k < samples; ++k) {
      slopes->b.col(class_of(k)) += e.row(k).transpose();
    }
  }
  return 0.5 * e.squaredNorm() + 0.5 * decay * s.A.squaredNorm();
}

double LinearDecoderLoss::value(const VectorXd& x) const {
  return loss_and_slopes(unpack(x), nullptr);
}

void LinearDecoderLoss::gradient(const VectorXd& x, VectorXd& out) const {
  LinearDecoderState slopes;
  loss_and_slopes(unpack(x), &slopes);
  // d/dx~ = sqrt(rate) d/dx, which is what pack() makes of rate * slope.
  slopes.E *= setting_.input_rate;
  slopes.A *= setting_.decoder_rate;
  slopes.b *= setting_.decoder_rate;
  out = pack(slopes);
}

LinearDecoderSetting pair_setting(const VectorXd& target) {
  LinearDecoderSetting setting;
  setting.incidence = MatrixXd::Identity(2, 2);
  setting.classes = {0, 0};
  setting.targets = target;
  return setting;
}

LinearDecoderSetting task_setting(Index symbols, const OutputClasses& classes,
                                  const MatrixXd& targets) {
  const char* where = "task_setting";
  require_in_range(where, "targets.cols()", targets.cols(), classes.count(), classes.count());
  LinearDecoderSetting setting;
  setting.incidence = MatrixXd::Zero(static_cast<Index>(classes.samples.size()), symbols);
  // Outputs without a sample have no bias: the others are numbered anew.
  std::vector<Index> present;
  Index row = 0;
  for (Index c = 0; c < classes.count(); ++c) {
    if (classes[c].empty()) {
      continue;
    }
    for (const Sample s : classes[c]) {
      require_in_range(where, "symbol", Index{s.i}, Index{0}, symbols - 1);
      require_in_range(where, "symbol", Index{s.j}, Index{0}, symbols - 1);
      setting.incidence(row, s.i) += 1;
      setting.incidence(row, s.j) += 1;
      setting.classes.push_back(static_cast<Index>(present.size()));
      ++row;
    }
    present.push_back(c);
  }
  setting.targets.resize(targets.rows(), static_cast<Index>(present.size()));
  for (std::size_t c = 0; c < present.size(); ++c) {
    setting.targets.col(static_cast<Index>(c)) = targets.col(present[c]);
  }
  return setting;
}

double pair_distance(double s0, double kappa, double t) {
  require_in_range("pair_distance", "s0", s0, 0.0, 1e150);
  require_in_range("pair_distance", "kappa", kappa, 0.0, 1e150);
  require_in_range("pair_distance", "t", t, 0.0, 1e150);
  const double c = 1 - kappa * s0;
  const double grown = c == 0 ? 2 * t : std::expm1(2 * c * t) / c;
  return s0 / (1 + grown);
}

std::vector<AdiabaticError> adiabatic_errors(const std::vector<double>& ratios,
                                             const MatrixXd& embeddings,
                                             const OutputClasses& classes, const MatrixXd& targets,
                                             const AdiabaticQuestion& question) {
  const char* where = "adiabatic_errors";
  const Index d = embeddings.cols(), m = targets.rows();
  require_in_range(where, "targets.rows()", m, d, Index{1'000'000});
  const LinearDecoderSetting task = task_setting(embeddings.rows(), classes, targets);
  LinearDecoderState start{embeddings, orthonormal(m, d), MatrixXd::Zero(m, task.targets.cols())};
  const LinearDecoderState limit = run(task, 0.0, true, start, question);
  const double path = (limit.E - start.E).norm();
  const double spread = within_spread(task, start.E);
  // A pair r' = -r in one dimension, target 1, biases at their target.
  const double s0 = question.pair_size;
  LinearDecoderState pair{MatrixXd(2, 1), MatrixXd::Ones(1, 1), MatrixXd::Ones(1, 1)};
  pair.E << std::sqrt(s0), -std::sqrt(s0);
  std::vector<AdiabaticError> rows;
  for (const double ratio : ratios) {
    require_in_range(where, "ratio", ratio, 1e-12, 1e12);
    AdiabaticError row;
    row.ratio = ratio;
    const MatrixXd met = run(pair_setting(VectorXd::Ones(1)), ratio, false, pair, question).E;
    row.pair_full = met.row(0).squaredNorm() / s0;
    row.pair_limit = std::exp(-2 * question.time);
    row.pair_error = std::abs(row.pair_full - row.pair_limit) / row.pair_limit;
    const LinearDecoderState rest = run(task, ratio, true, start, question);
    const LinearDecoderState moving = run(task, ratio, false, start, question);
    row.task_error = (rest.E - limit.E).norm() / path;
    row.task_error_b = (moving.E - limit.E).norm() / path;
    row.task_spread = within_spread(task, rest.E) / spread;
    row.limit_spread = within_spread(task, limit.E) / spread;
    rows.push_back(row);
  }
  return rows;
}

}  // namespace grok
