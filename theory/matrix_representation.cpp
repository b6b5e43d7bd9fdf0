#include "theory/matrix_representation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/errors.hpp"
#include "core/numbers.hpp"

namespace grok {
namespace {

using Eigen::MatrixXd;

/// Root mean square, through the largest entry so that no scale over- or underflows; NaN for 0.
double root_mean_square(const MatrixXd& R) {
  const double most = R.cwiseAbs().maxCoeff();
  return most > 0 ? most * std::sqrt((R.array() / most).square().mean()) : not_a_number;
}

/// products(.., n) := E_i E_j of sample n, row by row. `matrices`: k^2 x p, a column is a symbol.
void multiply(const MatrixXd& matrices, std::span<const Sample> samples, MatrixXd& products) {
  const Index k = matrix_size(matrices.rows());
  products.resize(k * k, std::ssize(samples));
  for (Index n = 0; n < products.cols(); ++n) {
    const Sample s = samples[static_cast<std::size_t>(n)];
    const double* first = matrices.col(s.i).data();
    const double* second = matrices.col(s.j).data();
    double* product = products.col(n).data();
    for (Index r = 0; r < k; ++r) {
      for (Index c = 0; c < k; ++c) {
        double sum = 0;
        for (Index m = 0; m < k; ++m) {
          sum += first[r * k + m] * second[m * k + c];
        }
        product[r * k + c] = sum;
      }
    }
  }
}

bool close(const MatrixXd& products, Index a, Index b, double tolerance) {
  const auto columns = products.col(a) - products.col(b);
  return columns.squaredNorm() < tolerance * static_cast<double>(products.rows());  // not if NaN
}

void check_shape(const char* where, const MatrixXd& R) {
  require_in_range(where, "symbols", R.rows(), Eigen::Index{2}, Eigen::Index{max_symbols});
  matrix_size(R.cols());
}

void check_indices(const char* where, Index symbols, std::span<const Parallelogram> P) {
  for (const Parallelogram& q : P) {
    for (const std::int32_t s : {q.first.i, q.first.j, q.second.i, q.second.j}) {
      require_in_range(where, "symbol", Index{s}, Index{0}, symbols - 1);
    }
  }
}

/// The distinct samples of P, ascending, and each parallelogram as two numbers of them.
std::vector<Sample> distinct_samples(std::span<const Parallelogram> P,
                                     std::vector<std::pair<Index, Index>>& pairs) {
  std::vector<Sample> samples;
  samples.reserve(2 * P.size());
  for (const Parallelogram& q : P) {
    samples.push_back(q.first);
    samples.push_back(q.second);
  }
  std::sort(samples.begin(), samples.end());
  samples.erase(std::unique(samples.begin(), samples.end()), samples.end());
  const auto number = [&](Sample s) {
    return std::lower_bound(samples.begin(), samples.end(), s) - samples.begin();
  };
  pairs.reserve(P.size());
  for (const Parallelogram& q : P) {
    pairs.emplace_back(number(q.first), number(q.second));
  }
  return samples;
}

}  // namespace

Index matrix_size(Index columns) {
  require_in_range("matrix embeddings", "columns", columns, Index{1}, Index{1'000'000});
  const auto k = static_cast<Index>(std::lround(std::sqrt(static_cast<double>(columns))));
  if (k * k != columns) {
    reject("matrix embeddings", "columns", fmt::format("{}", columns), "k^2: 1, 4, 9, 16, ...");
  }
  return k;
}

Eigen::MatrixXd normalise_matrices(const Eigen::MatrixXd& R) {
  check_shape("normalise_matrices", R);
  return R / root_mean_square(R);
}

std::vector<bool> holding_products(const Eigen::MatrixXd& R,
                                   std::span<const Parallelogram> parallelograms,
                                   double tolerance) {
  check_shape("holding_products", R);
  check_indices("holding_products", R.rows(), parallelograms);
  std::vector<std::pair<Index, Index>> pairs;
  const auto samples = distinct_samples(parallelograms, pairs);
  MatrixXd products;
  multiply(normalise_matrices(R).transpose(), samples, products);
  std::vector<bool> result;
  result.reserve(pairs.size());
  for (const auto& [a, b] : pairs) {
    result.push_back(close(products, a, b, tolerance));
  }
  return result;
}

double product_rqi(const Eigen::MatrixXd& R, std::span<const Parallelogram> parallelograms,
                   double tolerance) {
  if (parallelograms.empty()) {
    return 1.0;
  }
  const auto held = holding_products(R, parallelograms, tolerance);
  return static_cast<double>(std::count(held.begin(), held.end(), true)) /
         static_cast<double>(held.size());
}

ProductRqi::ProductRqi(Index symbols, std::span<const Parallelogram> parallelograms,
                       double tolerance)
    : symbols_(symbols), tolerance_(tolerance) {
  require_in_range("ProductRqi", "tolerance", tolerance, 0.0, 1e6);
  check_indices("ProductRqi", symbols, parallelograms);
  samples_ = distinct_samples(parallelograms, pairs_);
}

double ProductRqi::share(std::int64_t held) const {
  return pairs_.empty() ? 1.0 : static_cast<double>(held) / static_cast<double>(pairs_.size());
}

std::int64_t ProductRqi::failures(const Eigen::MatrixXd& R, std::int64_t most) {
  require_in_range("ProductRqi", "rows", R.rows(), symbols_, symbols_);
  matrices_ = R.transpose() / root_mean_square(R);
  multiply(matrices_, samples_, products_);
  std::int64_t failures = 0;
  for (const auto& [a, b] : pairs_) {
    if (!close(products_, a, b, tolerance_) && ++failures > most) {
      break;
    }
  }
  return failures;
}

double ProductRqi::of(const Eigen::MatrixXd& R) {
  return share(std::ssize(pairs_) - failures(R, std::ssize(pairs_)));
}

ProductRqiTest::ProductRqiTest(Index symbols, std::span<const Parallelogram> parallelograms,
                               double tolerance, double threshold)
    : rqi_(symbols, parallelograms, tolerance), allowed_failures_(-1) {
  require_in_range("ProductRqiTest", "threshold", threshold, 0.0, 1.0);
  for (auto held = std::ssize(parallelograms); held >= 0 && rqi_.share(held) > threshold; --held) {
    ++allowed_failures_;
  }
}

bool ProductRqiTest::exceeded(const Eigen::MatrixXd& R) {
  return allowed_failures_ >= 0 && rqi_.failures(R, allowed_failures_) <= allowed_failures_;
}

double predicted_product_accuracy(const Task& task, std::span<const Sample> train,
                                  const Eigen::MatrixXd& R, double tolerance) {
  const char* where = "predicted_product_accuracy";
  require_combination(where, task, Combination::matrix_product);
  check_shape(where, R);
  require_in_range(where, "rows", R.rows(), task.symbols(), task.symbols());
  const MatrixXd matrices = normalise_matrices(R).transpose();
  MatrixXd products;
  const OutputClasses all = group_by_output(task);
  std::vector<char> known(static_cast<std::size_t>(task.sample_count()), 0);
  for (const Sample s : train) {
    known[static_cast<std::size_t>(task.index(s))] = 1;
  }
  std::int64_t reached = 0;
  for (Index c = 0; c < all.count(); ++c) {
    const auto samples = all[c];
    const auto in = [&](Index n) {
      return known[static_cast<std::size_t>(task.index(samples[static_cast<std::size_t>(n)]))] != 0;
    };
    multiply(matrices, samples, products);
    for (Index a = 0; a < products.cols(); ++a) {
      bool found = in(a);
      for (Index b = 0; b < products.cols() && !found; ++b) {
        found = in(b) && close(products, a, b, tolerance);
      }
      reached += found ? 1 : 0;
    }
  }
  return static_cast<double>(reached) / static_cast<double>(task.sample_count());
}

}  // namespace grok
