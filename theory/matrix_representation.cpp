#include "theory/matrix_representation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/errors.hpp"

namespace grok {
namespace {

using Eigen::MatrixXd;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// Root mean square, through the largest entry so that no scale over- or underflows; NaN for 0.
double root_mean_square(const MatrixXd& R) {
  const double most = R.cwiseAbs().maxCoeff();
  return most > 0 ? most * std::sqrt((R.array() / most).square().mean()) : not_a_number;
}

/// out := E_i E_j, row by row, as R holds its matrices.
void multiply(const MatrixXd& R, Index k, Sample s, double* out) {
  for (Index r = 0; r < k; ++r) {
    for (Index c = 0; c < k; ++c) {
      double sum = 0;
      for (Index m = 0; m < k; ++m) {
        sum += R(s.i, r * k + m) * R(s.j, m * k + c);
      }
      out[r * k + c] = sum;
    }
  }
}

/// Columns are the products of the samples.
MatrixXd products_of(const MatrixXd& normalised, std::span<const Sample> samples) {
  const Index k = matrix_size(normalised.cols());
  MatrixXd products(k * k, std::ssize(samples));
  for (Index n = 0; n < products.cols(); ++n) {
    multiply(normalised, k, samples[static_cast<std::size_t>(n)], products.col(n).data());
  }
  return products;
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
  const MatrixXd products = products_of(normalise_matrices(R), samples);
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

ProductRqiTest::ProductRqiTest(Index symbols, std::vector<Parallelogram> parallelograms,
                               double tolerance, double threshold)
    : symbols_(symbols), tolerance_(tolerance), allowed_failures_(-1) {
  const char* where = "ProductRqiTest";
  require_in_range(where, "tolerance", tolerance, 0.0, 1e6);
  require_in_range(where, "threshold", threshold, 0.0, 1.0);
  check_indices(where, symbols, parallelograms);
  samples_ = distinct_samples(parallelograms, pairs_);
  const auto total = static_cast<double>(pairs_.size());
  // The very division of `product_rqi`, so that both agree at a threshold such as 19/20.
  const auto exceeds = [&](std::int64_t held) {
    return (total > 0 ? static_cast<double>(held) / total : 1.0) > threshold;
  };
  for (std::int64_t held = std::ssize(pairs_); held >= 0 && exceeds(held); --held) {
    ++allowed_failures_;
  }
}

bool ProductRqiTest::exceeded(const Eigen::MatrixXd& R) {
  require_in_range("ProductRqiTest::exceeded", "rows", R.rows(), symbols_, symbols_);
  const Index k = matrix_size(R.cols());
  if (allowed_failures_ < 0) {
    return false;
  }
  normalised_ = R / root_mean_square(R);
  products_.resize(k * k, std::ssize(samples_));
  for (Index n = 0; n < products_.cols(); ++n) {
    multiply(normalised_, k, samples_[static_cast<std::size_t>(n)], products_.col(n).data());
  }
  std::int64_t failures = 0;
  for (const auto& [a, b] : pairs_) {
    if (!close(products_, a, b, tolerance_) && ++failures > allowed_failures_) {
      return false;
    }
  }
  return true;
}

double predicted_product_accuracy(const Task& task, std::span<const Sample> train,
                                  const Eigen::MatrixXd& R, double tolerance) {
  const char* where = "predicted_product_accuracy";
  require_combination(where, task, Combination::matrix_product);
  check_shape(where, R);
  require_in_range(where, "rows", R.rows(), task.symbols(), task.symbols());
  const MatrixXd normalised = normalise_matrices(R);
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
    const MatrixXd products = products_of(normalised, samples);
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
