#include "theory/lanczos.hpp"

#include <fmt/format.h>

#include <Spectra/SymEigsSolver.h>
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/errors.hpp"
#include "core/random.hpp"
#include "theory/gram.hpp"

namespace grok {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Eigen::Index krylov_size = 40;
constexpr int max_starts = 4;

// G x, counted.
class CountedGram {
 public:
  CountedGram(Index symbols, const OutputClasses& classes, const LanczosOptions& options)
      : symbols_(symbols), classes_(classes), options_(options) {}
  Index symbols() const { return symbols_; }
  Index products() const { return products_; }

  VectorXd times(const VectorXd& x) {
    if (products_ == options_.max_products) {
      throw ConvergenceError(fmt::format(
          "lambda_3: not converged after {} products with H, all that are allowed; wanted a "
          "residual of {:.3g} lambda_3 from two starts",
          products_, options_.tolerance));
    }
    ++products_;
    VectorXd Gx(symbols_);
    apply_gram(classes_, x.data(), Gx.data(), symbols_);
    return Gx;
  }
  double form(const VectorXd& x) const { return gram_form(classes_, x.data()); }

 private:
  Index symbols_;
  const OutputClasses& classes_;
  const LanczosOptions& options_;
  Index products_ = 0;
};

// P (I - G/c) P. Its norm is about 1: Spectra's tests for an invariant subspace, at which a group
// with two distinct eigenvalues arrives at once, are absolute.
class DeflatedOperator {
 public:
  using Scalar = double;
  DeflatedOperator(CountedGram& gram, const MatrixXd& U, double mean)
      : gram_(gram), U_(U), mean_(mean) {}
  Eigen::Index rows() const { return gram_.symbols(); }
  Eigen::Index cols() const { return gram_.symbols(); }
  void perform_op(const double* in, double* out) const {
    const VectorXd x = projected(Eigen::Map<const VectorXd>(in, rows()));
    Eigen::Map<VectorXd>(out, rows()) = projected(x - gram_.times(x) / (2 * mean_));
  }
  VectorXd projected(const VectorXd& x) const { return x - U_ * (U_.transpose() * x); }
  double mean() const { return mean_; }  // eigenvalue above the null space: c/2

 private:
  CountedGram& gram_;
  const MatrixXd& U_;
  double mean_;
};

VectorXd random_start(Index symbols, int start) {
  RandomStream stream(static_cast<std::uint64_t>(start), "lanczos");
  return VectorXd::NullaryExpr(symbols, [&] { return stream.normal(); });
}

LowestEigenpair ritz_pair(CountedGram& gram, const DeflatedOperator& op, const VectorXd& vector) {
  LowestEigenpair pair;
  pair.vector = op.projected(vector).normalized();
  pair.value = gram.form(pair.vector);  // c - theta would lose digits where lambda_3 << c
  pair.residual = (gram.times(pair.vector) - pair.value * pair.vector).norm() / pair.value;
  return pair;
}

// One run, and a second one from its result with all digits where the first left too few.
LowestEigenpair from_start(CountedGram& gram, DeflatedOperator& op, VectorXd start,
                           double tolerance) {
  LowestEigenpair pair;
  for (const double relative_to_c : {1e-12, 1e-15}) {
    Spectra::SymEigsSolver<DeflatedOperator> solver(op, 1, std::min(op.rows(), krylov_size));
    start = op.projected(start);
    solver.init(start.data());
    // The products are counted, so the number of restarts need not be.
    solver.compute(Spectra::SortRule::LargestAlge, std::numeric_limits<int>::max(), relative_to_c);
    pair = ritz_pair(gram, op, solver.eigenvectors().col(0));
    if (pair.residual <= tolerance) {
      return pair;
    }
    start = pair.vector;
  }
  throw ConvergenceError(fmt::format(
      "lambda_3: residual = {:.3g} lambda_3, with lambda_3 = {:.3g} of the mean eigenvalue; wanted "
      "{:.3g} lambda_3",
      pair.residual, pair.value / op.mean(), tolerance));
}

}  // namespace

LowestEigenpair lowest_eigenpair(Index symbols, const OutputClasses& classes,
                                 const MatrixXd& null_vectors, const LanczosOptions& options) {
  const char* where = "lowest_eigenpair";
  require_in_range(where, "symbols", symbols, Index{2}, std::numeric_limits<Index>::max());
  require_in_range(where, "null_vectors.rows()", null_vectors.rows(), symbols, symbols);
  require_in_range(where, "null_vectors.cols()", null_vectors.cols(), Index{0}, symbols - 1);
  require_in_range(where, "tolerance", options.tolerance, 1e-15, 1.0);
  require_in_range(where, "max_products", options.max_products, Index{0},
                   std::numeric_limits<Index>::max());
  CountedGram gram(symbols, classes, options);
  const double mean =
      gram_trace(symbols, classes) / static_cast<double>(symbols - null_vectors.cols());
  DeflatedOperator op(gram, null_vectors, mean);
  LowestEigenpair best = from_start(gram, op, random_start(symbols, 0), options.tolerance);
  for (int start = 1; start < max_starts; ++start) {
    const LowestEigenpair other =
        from_start(gram, op, random_start(symbols, start), options.tolerance);
    const bool agree = std::abs(other.value - best.value) <= 2 * options.tolerance * best.value;
    if (other.value < best.value) {
      best = other;
    }
    if (agree) {
      best.products = gram.products();
      return best;
    }
  }
  throw ConvergenceError(fmt::format(
      "lambda_3: {} random starts gave different values, the lowest two had to agree to {:.3g}",
      max_starts, 2 * options.tolerance));
}

}  // namespace grok
