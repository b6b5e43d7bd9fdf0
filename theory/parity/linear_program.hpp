// theory/parity/linear_program.hpp: min c.x with A x >= b, x >= 0, to which columns are added: COIN
// Clp, from the basis before.
#pragma once

#include <Eigen/Core>
#include <memory>

class ClpSimplex;

namespace grok::parity {

class LinearProgram {
 public:
  explicit LinearProgram(const Eigen::VectorXd& least);  // b
  ~LinearProgram();
  LinearProgram(LinearProgram&&) noexcept;

  void add_column(double cost, const Eigen::VectorXd& column);
  void add_row(const Eigen::VectorXd& row, double low, double high);
  void set_costs(const Eigen::VectorXd& costs);  // a number a column

  struct Solution {
    Eigen::VectorXd x, dual;  // a number a column, a row
    double objective = 0;
  };
  /// Throws ConvergenceError where there is no minimum.
  Solution solve();

 private:
  std::unique_ptr<ClpSimplex> clp_;
};

}  // namespace grok::parity
