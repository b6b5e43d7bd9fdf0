#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <string>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "theory/parity/reduced_optimum.hpp"

namespace grok::parity {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

double value_of(const MatrixXd& inputs, const VectorXd& q, const VectorXd& v) {
  return q.dot((inputs * v).cwiseMax(0));
}

/// Of all columns at once, uphill on the sphere with ever smaller steps: where samples lie on the
/// edge of a neuron the ascent goes to and fro across it.
void ascend(const MatrixXd& inputs, const VectorXd& q, MatrixXd& v) {
  constexpr int rounds = 250;
  constexpr double first = 0.5, last = 0.002;
  const double shrink = std::pow(last / first, 1.0 / (rounds - 1));
  double step = first;
  MatrixXd active, slope;
  for (int round = 0; round < rounds; ++round, step *= shrink) {
    active = ((inputs * v).array() > 0).cast<double>();
    slope.noalias() = inputs.transpose() * (q.asDiagonal() * active);
    for (Index c = 0; c < v.cols(); ++c) {
      const double length = slope.col(c).norm();
      if (length > 0) {
        v.col(c) = (v.col(c) + step / length * slope.col(c)).normalized();
      }
    }
  }
}

/// The maximum among neurons with the same samples beyond `edge`, and exactly 0 on those within:
/// the slope there, projected off their inputs.
VectorXd on_edges(const MatrixXd& inputs, const VectorXd& q, const VectorXd& v, double edge) {
  const VectorXd z = inputs * v;
  VectorXd slope = VectorXd::Zero(v.size());
  MatrixXd edges(v.size(), z.size());
  Index count = 0;
  for (Index i = 0; i < z.size(); ++i) {
    if (std::abs(z[i]) <= edge) {
      edges.col(count++) = inputs.row(i).transpose();
    } else if (z[i] > 0) {
      slope += q[i] * inputs.row(i).transpose();
    }
  }
  if (count > 0) {
    const Eigen::ColPivHouseholderQR<MatrixXd> qr(edges.leftCols(count));
    const MatrixXd span =
        qr.householderQ() * MatrixXd::Identity(v.size(), std::min(qr.rank(), v.size()));
    slope -= span * (span.transpose() * slope);
  }
  const double length = slope.norm();
  return length > 0 ? VectorXd(slope / length) : v;
}

Neuron polished(const MatrixXd& inputs, const VectorXd& q, const VectorXd& v) {
  Neuron best{v, value_of(inputs, q, v)};
  for (bool better = true; better;) {
    better = false;
    for (const double edge : {0.1, 0.05, 0.02, 0.005, 0.0}) {
      const VectorXd candidate = on_edges(inputs, q, best.v, edge);
      const double value = value_of(inputs, q, candidate);
      if (value > best.value + 1e-15) {
        best = {candidate, value};
        better = true;
      }
    }
  }
  return best;
}

}  // namespace

std::vector<Neuron> find_neurons(const MatrixXd& inputs, const VectorXd& q,
                                 const NeuronSearch& search) {
  if (inputs.rows() != q.size()) {
    reject("find_neurons", "q", std::to_string(q.size()), "a number a sample");
  }
  require_in_range("find_neurons", "starts", search.starts, 1, 1'000'000);
  RandomStream stream(search.seed, "parity/best-neuron");
  const auto known = static_cast<Index>(search.from.size());
  MatrixXd starts(inputs.cols(), search.starts + known);
  for (double& number : starts.leftCols(search.starts).reshaped()) {
    number = stream.normal();
  }
  for (Index c = 0; c < known; ++c) {
    starts.col(search.starts + c) = search.from[static_cast<std::size_t>(c)];
  }
  starts.colwise().normalize();
  std::vector<Neuron> found;
  for (const double sign : {1.0, -1.0}) {
    MatrixXd v = starts;
    const VectorXd signed_q = sign * q;
    ascend(inputs, signed_q, v);
    for (Index c = 0; c < v.cols(); ++c) {
      Neuron neuron = polished(inputs, signed_q, v.col(c));
      neuron.value *= sign;
      found.push_back(std::move(neuron));
    }
  }
  std::ranges::stable_sort(found, [](const Neuron& a, const Neuron& b) {
    return std::abs(a.value) > std::abs(b.value);
  });
  return found;
}

Neuron best_neuron(const MatrixXd& inputs, const VectorXd& q, const NeuronSearch& search) {
  return find_neurons(inputs, q, search).front();
}

}  // namespace grok::parity
