#include "theory/parity/linear_program.hpp"

#include <fmt/format.h>

#include <cmath>
#include <coin/ClpSimplex.hpp>
#include <numeric>
#include <vector>

#include "core/errors.hpp"

namespace grok::parity {

LinearProgram::LinearProgram(const Eigen::VectorXd& least) : clp_(std::make_unique<ClpSimplex>()) {
  clp_->setLogLevel(0);
  clp_->setPrimalTolerance(1e-10);
  clp_->setDualTolerance(1e-10);
  clp_->resize(static_cast<int>(least.size()), 0);
  for (int row = 0; row < clp_->numberRows(); ++row) {
    clp_->setRowBounds(row, least[row], COIN_DBL_MAX);
  }
}
LinearProgram::~LinearProgram() = default;
LinearProgram::LinearProgram(LinearProgram&&) noexcept = default;

namespace {

/// Where a dense vector is not 0. What is left of a 0 by rounding would be scaled up by Clp.
struct Sparse {
  std::vector<int> places;
  std::vector<double> values;
  explicit Sparse(const Eigen::VectorXd& dense) {
    const double rounding = 1e-13 * dense.lpNorm<Eigen::Infinity>();
    for (Eigen::Index i = 0; i < dense.size(); ++i) {
      if (std::abs(dense[i]) > rounding) {
        places.push_back(static_cast<int>(i));
        values.push_back(dense[i]);
      }
    }
  }
  int count() const { return static_cast<int>(places.size()); }
};

}  // namespace

void LinearProgram::add_column(double cost, const Eigen::VectorXd& column) {
  const Sparse entries(column);
  clp_->addColumn(entries.count(), entries.places.data(), entries.values.data(), 0, COIN_DBL_MAX,
                  cost);
}

void LinearProgram::add_row(const Eigen::VectorXd& row, double low, double high) {
  const Sparse entries(row);
  clp_->addRow(entries.count(), entries.places.data(), entries.values.data(), low, high);
}

void LinearProgram::set_costs(const Eigen::VectorXd& costs) {
  for (int column = 0; column < clp_->numberColumns(); ++column) {
    clp_->setObjectiveCoefficient(column, costs[column]);
  }
}

LinearProgram::Solution LinearProgram::solve() {
  clp_->primal();
  if (clp_->status() != 0) {
    throw ConvergenceError(
        fmt::format("linear program of {} rows, {} columns: Clp's status {}, wanted 0 (an optimum)",
                    clp_->numberRows(), clp_->numberColumns(), clp_->status()));
  }
  using Map = Eigen::Map<const Eigen::VectorXd>;
  return {Map(clp_->primalColumnSolution(), clp_->numberColumns()),
          Map(clp_->dualRowSolution(), clp_->numberRows()), clp_->objectiveValue()};
}

}  // namespace grok::parity
