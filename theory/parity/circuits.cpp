#include "theory/parity/circuits.hpp"

#include <cmath>

#include "core/errors.hpp"
#include "theory/parity/linear_program.hpp"

namespace grok::parity {

Eigen::VectorXd Circuit::outputs(const Eigen::MatrixXd& strings) const {
  require_in_range("Circuit", "bits", strings.cols(), W.cols(), strings.cols());
  const Eigen::MatrixXd z = (strings.leftCols(W.cols()) * W.transpose()).rowwise() + b.transpose();
  return z.cwiseMax(0) * u;
}

double Circuit::path_norm() const {
  return ((W.rowwise().squaredNorm() + b.cwiseAbs2()).cwiseSqrt().array() * u.array().abs()).sum();
}

double Circuit::squared_norm() const { return W.squaredNorm() + b.squaredNorm() + u.squaredNorm(); }

Circuit pattern_circuit(Index k) {
  const Eigen::MatrixXd all = patterns(k);
  return {all, Eigen::VectorXd::Constant(all.rows(), 1 - static_cast<double>(k)), parities(all, k)};
}

Circuit sum_circuit(Index k) {
  require_in_range("sum_circuit", "parity", k, Index{1}, Index{1000});
  Circuit circuit{Eigen::MatrixXd::Ones(k + 1, k), Eigen::VectorXd(k + 1), Eigen::VectorXd(k + 1)};
  for (Index j = 0; j <= k; ++j) {
    circuit.b[j] = static_cast<double>(k + 1 - 2 * j);
    const double size = j == 0 ? 1 : 4 * static_cast<double>(j);
    circuit.u[j] = (k + j) % 2 == 0 ? size : -size;
  }
  return circuit;
}

Circuit six_neurons() {
  Circuit circuit{Eigen::MatrixXd(6, 3), Eigen::VectorXd(6), Eigen::VectorXd(6)};
  circuit.W << -1, -1, 10, -1, -1, 1, 1, 1, 1, 1, -1, -10, -1, 1, -1, 1, -1, -1;
  circuit.b << -9, -2, -2, -9, -2, -2;
  circuit.u << -1, 10, 10, -1, 10, 10;
  return circuit;
}

Circuit four_neurons() {
  Circuit circuit{Eigen::MatrixXd(4, 3), Eigen::VectorXd(4), Eigen::VectorXd(4)};
  circuit.W << 0, 0, 0, 1, 1, 1, 1, 1, 1, -1, -1, -1;
  circuit.b << 1, -1, 1, -1;
  circuit.u << 1, 2, -1, -1;
  return circuit;
}

Circuit two_neurons() {
  Circuit circuit{Eigen::MatrixXd(2, 2), Eigen::VectorXd::Zero(2), Eigen::VectorXd::Ones(2)};
  circuit.W << 0.5, 0.5, -0.5, -0.5;
  return circuit;
}

Circuit minimal_circuit(Index k) {
  const Eigen::MatrixXd directions = tight_directions(k);
  // For odd k those of negative bias suffice; of k = 1 both are needed.
  const Index width = k == 1 ? 2 : Index{1} << k;
  const Eigen::MatrixXd used = directions.bottomRows(width);
  const double mass = 1 / (static_cast<double>(width) * critical_decay(k)), size = std::sqrt(mass);
  Circuit circuit{size * used.leftCols(k), size * used.col(k), Eigen::VectorXd(width)};
  for (Index j = 0; j < width; ++j) {
    circuit.u[j] = std::copysign(size, correlation(used.row(j).transpose()));
  }
  return circuit;
}

Eigen::VectorXd least_masses(Index k, const Eigen::MatrixXd& directions,
                             const Eigen::VectorXd& preference) {
  const Eigen::MatrixXd all = patterns(k);
  require_in_range("least_masses", "numbers of a direction", directions.cols(), k + 1, k + 1);
  const Index count = directions.rows();
  const Eigen::MatrixXd z =
      ((all * directions.leftCols(k).transpose()).rowwise() + directions.col(k).transpose())
          .cwiseMax(0);
  const Eigen::MatrixXd gains = parities(all, k).asDiagonal() * z;  // of +1 mass, a pattern a row
  LinearProgram program(Eigen::VectorXd::Ones(all.rows()));
  for (const double sign : {1.0, -1.0}) {
    for (Index j = 0; j < count; ++j) {
      program.add_column(1, sign * gains.col(j));
    }
  }
  LinearProgram::Solution solution = program.solve();
  if (preference.size() > 0) {
    require_in_range("least_masses", "preferences", preference.size(), count, count);
    constexpr double slack = 1e-9;
    program.add_row(Eigen::VectorXd::Ones(2 * count), 0, solution.objective * (1 + slack));
    program.set_costs(preference.replicate(2, 1));
    solution = program.solve();
  }
  return solution.x.head(count) - solution.x.tail(count);
}

}  // namespace grok::parity
