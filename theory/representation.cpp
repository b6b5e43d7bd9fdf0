#include "theory/representation.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/errors.hpp"
#include "core/numbers.hpp"
#include "theory/structure.hpp"

namespace grok {
namespace {

/// out(k) = 1/(d sigma_k^2), unbiased; NaN for a dimension without spread. In place, for scans.
void squared_weights(const Eigen::MatrixXd& R, Eigen::VectorXd& out) {
  out.resize(R.cols());
  const double scale = static_cast<double>(R.rows() - 1) / static_cast<double>(R.cols());
  for (Eigen::Index k = 0; k < R.cols(); ++k) {
    const auto column = R.col(k).array();
    // Compared exactly: the rounding of the mean would give a constant column a spread.
    const bool flat = !(column.minCoeff() < column.maxCoeff());
    out(k) = flat ? not_a_number : scale / (column - column.mean()).square().sum();
  }
}

/// Whether the mean over dimensions of the squared standardised defect is below the tolerance. The
/// mean of a column cancels in a defect, so R need not be centred.
bool holds(const Eigen::MatrixXd& R, const Eigen::VectorXd& weights, Sample a, Sample b,
           double tolerance) {
  double sum = 0;
  for (Eigen::Index k = 0; k < R.cols(); ++k) {
    const double defect = R(a.i, k) + R(a.j, k) - R(b.i, k) - R(b.j, k);
    sum += weights(k) * defect * defect;
  }
  return sum < tolerance;  // false for NaN
}

void check_shape(const char* where, const Eigen::MatrixXd& R) {
  require_in_range(where, "symbols", R.rows(), Eigen::Index{2}, Eigen::Index{max_symbols});
  require_in_range(where, "dimensions", R.cols(), Eigen::Index{1}, Eigen::Index{1'000'000});
}

void check_indices(const char* where, Index symbols, std::span<const Parallelogram> P) {
  for (const Parallelogram& q : P) {
    for (const std::int32_t s : {q.first.i, q.first.j, q.second.i, q.second.j}) {
      require_in_range(where, "symbol", Index{s}, Index{0}, symbols - 1);
    }
  }
}

/// Membership of D in D0, by number.
std::vector<char> members(const Task& task, std::span<const Sample> train) {
  std::vector<char> in(static_cast<std::size_t>(task.sample_count()), 0);
  for (const Sample s : train) {
    in[static_cast<std::size_t>(task.index(s))] = 1;
  }
  return in;
}

}  // namespace

Eigen::MatrixXd standardise(const Eigen::MatrixXd& R) {
  check_shape("standardise", R);
  Eigen::MatrixXd result(R.rows(), R.cols());
  for (Eigen::Index k = 0; k < R.cols(); ++k) {
    const auto column = R.col(k).array();
    if (!(column.minCoeff() < column.maxCoeff())) {
      result.col(k).setConstant(not_a_number);
      continue;
    }
    result.col(k) = column - column.mean();
    result.col(k) /= result.col(k).norm() / std::sqrt(static_cast<double>(R.rows() - 1));
  }
  return result;
}

std::vector<bool> holding(const Eigen::MatrixXd& R, std::span<const Parallelogram> parallelograms,
                          double tolerance) {
  check_shape("holding", R);
  check_indices("holding", R.rows(), parallelograms);
  Eigen::VectorXd weights;
  squared_weights(R, weights);
  std::vector<bool> result;
  result.reserve(parallelograms.size());
  for (const Parallelogram& q : parallelograms) {
    result.push_back(holds(R, weights, q.first, q.second, tolerance));
  }
  return result;
}

double rqi(const Eigen::MatrixXd& R, std::span<const Parallelogram> parallelograms,
           double tolerance) {
  if (parallelograms.empty()) {
    return 1.0;
  }
  std::size_t held = 0;
  for (const bool h : holding(R, parallelograms, tolerance)) {
    held += h ? 1 : 0;
  }
  return static_cast<double>(held) / static_cast<double>(parallelograms.size());
}

std::int64_t allowed_failures(std::int64_t total, double threshold) {
  require_in_range("allowed_failures", "threshold", threshold, 0.0, 1.0);
  const auto exceeds = [&](std::int64_t held) {
    return (total > 0 ? static_cast<double>(held) / static_cast<double>(total) : 1.0) > threshold;
  };
  std::int64_t allowed = -1;
  while (allowed < total && exceeds(total - allowed - 1)) {
    ++allowed;
  }
  return allowed;
}

RqiTest::RqiTest(Index symbols, std::vector<Parallelogram> parallelograms, double tolerance,
                 double threshold)
    : parallelograms_(std::move(parallelograms)),
      symbols_(symbols),
      tolerance_(tolerance),
      allowed_failures_(allowed_failures(std::ssize(parallelograms_), threshold)) {
  require_in_range("RqiTest", "tolerance", tolerance, 0.0, 1e6);
  check_indices("RqiTest", symbols, parallelograms_);
}

bool RqiTest::exceeded(const Eigen::MatrixXd& R) {
  require_in_range("RqiTest::exceeded", "rows", R.rows(), symbols_, symbols_);
  if (allowed_failures_ < 0) {
    return false;
  }
  squared_weights(R, weights_);
  std::int64_t failures = 0;
  for (const Parallelogram& q : parallelograms_) {
    if (!holds(R, weights_, q.first, q.second, tolerance_) && ++failures > allowed_failures_) {
      return false;
    }
  }
  return true;
}

double predicted_accuracy(const Task& task, std::span<const Sample> train, const Eigen::MatrixXd& R,
                          double tolerance) {
  require_combination("predicted_accuracy", task, Combination::sum);
  check_shape("predicted_accuracy", R);
  require_in_range("predicted_accuracy", "rows", R.rows(), task.symbols(), task.symbols());
  Eigen::VectorXd weights;
  squared_weights(R, weights);
  const std::vector<char> in = members(task, train);
  const OutputClasses known = group_by_output(task, train);
  std::vector<char> reached = in;
  for (Index k = 0; k < task.sample_count(); ++k) {
    const Sample s = task.sample(k);
    char& found = reached[static_cast<std::size_t>(k)];
    found = found != 0 || std::ranges::any_of(known[task.output(s)], [&](Sample partner) {
              return holds(R, weights, s, partner, tolerance);
            });
  }
  return static_cast<double>(answerable_by_sums(task, reached)) /
         static_cast<double>(task.sample_count());
}

double augmented_share(const Task& task, std::span<const Sample> train,
                       std::span<const Parallelogram> P) {
  const std::vector<char> in = members(task, train);
  std::vector<char> reached = in;  // apart: one hop only, the partner is a sample of D (eq. 12)
  for (const Parallelogram& q : P) {
    const auto a = static_cast<std::size_t>(task.index(q.first));
    const auto b = static_cast<std::size_t>(task.index(q.second));
    if (in[a] != 0) {
      reached[b] = 1;
    }
    if (in[b] != 0) {
      reached[a] = 1;
    }
  }
  std::int64_t count = 0;
  for (const char r : reached) {
    count += r;
  }
  return static_cast<double>(count) / static_cast<double>(task.sample_count());
}

}  // namespace grok
