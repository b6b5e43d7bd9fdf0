#include "theory/telling.hpp"

#include <set>

namespace grok {

std::optional<Parallelogram> telling_parallelogram(const Task& task, const Eigen::MatrixXd& good,
                                                   const Eigen::MatrixXd& poor, double tolerance) {
  const Eigen::MatrixXd R = standardise(poor);
  std::optional<Parallelogram> telling;
  double largest = 0;
  for (const Parallelogram& q : list_parallelograms(group_by_output(task))) {
    const auto& [a, b] = q;
    const bool four = std::set{a.i, a.j, b.i, b.j}.size() == 4;
    if (!four || !holding(good, std::span(&q, 1), tolerance).front() ||
        holding(poor, std::span(&q, 1), tolerance).front()) {
      continue;
    }
    const double defect = (R.row(a.i) + R.row(a.j) - R.row(b.i) - R.row(b.j)).squaredNorm();
    if (!telling || defect > largest) {
      telling = q;
      largest = defect;
    }
  }
  return telling;
}

}  // namespace grok
