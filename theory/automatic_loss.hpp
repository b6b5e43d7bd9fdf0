// theory/automatic_loss.hpp: an effective loss from its formula alone.
//   You write a class with dimension() and one templated `value`; AutomaticLoss adds the exact
//   gradient and the exact product of the Hessian with a vector (forward mode, Eigen's AutoDiff).
//     struct Spring {
//       int dimension() const { return 3; }
//       template <class T>
//       T value(const Eigen::Matrix<T, Eigen::Dynamic, 1>& x) const { return x.squaredNorm() / 2.0;
//       }
//     };
//     const grok::AutomaticLoss loss{Spring()};   // a TwiceSmoothLoss
//   Cost: a gradient is ceil(n/8) evaluations of `value` with 8 derivatives carried along (each
//   some 10 plain ones), so O(n) times the loss; a Hessian times a vector about twice that, a
//   Hessian n of them. For n in the thousands write the gradient by hand.
//   In `value`: name every number T, never `auto` (Eigen's results are expressions that refer to
//   their operands), write T(0) and not T x = 0, and say `using std::exp;` before exp(x). For the
//   Hessian also avoid abs, and pow (write x * x): Eigen's do not nest; or ask for
//   Derivatives::first.
#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <unsupported/Eigen/AutoDiff>
#include <utility>

#include "core/errors.hpp"
#include "theory/effective_loss.hpp"

namespace grok {

inline constexpr int derivative_chunk = 8;  // carried at a time: one or two vector registers

/// A number with 8 of its derivatives, and the same with one more derivative of all of that.
using Dual = Eigen::AutoDiffScalar<Eigen::Matrix<double, derivative_chunk, 1>>;
using SecondDual = Eigen::AutoDiffScalar<Eigen::Matrix<Dual, 1, 1>>;

/// What a user writes: n, and l(x) for any type of number T.
template <class F>
concept LossFormula = requires(const F& formula, const Eigen::Matrix<double, Eigen::Dynamic, 1>& x,
                               const Eigen::Matrix<Dual, Eigen::Dynamic, 1>& dual) {
  { formula.dimension() } -> std::convertible_to<std::int64_t>;
  { formula.value(x) } -> std::same_as<double>;
  { formula.value(dual) } -> std::same_as<Dual>;
};

enum class Derivatives { first, second };

template <LossFormula F, Derivatives order = Derivatives::second>
class AutomaticLoss {
 public:
  explicit AutomaticLoss(F formula) : formula_(std::move(formula)) {}

  std::int64_t dimension() const { return formula_.dimension(); }
  const F& formula() const { return formula_; }

  double value(const Eigen::VectorXd& x) const {
    check("AutomaticLoss::value", x);
    return formula_.value(x);
  }

  void gradient(const Eigen::VectorXd& x, Eigen::VectorXd& out) const {
    check("AutomaticLoss::gradient", x);
    out.resize(x.size());
    Eigen::Matrix<Dual, Eigen::Dynamic, 1> dual(x.size());
    for (Eigen::Index first = 0; first < x.size(); first += derivative_chunk) {
      for (Eigen::Index k = 0; k < x.size(); ++k) {
        dual[k] = seeded(x[k], k - first);
      }
      const Dual result = formula_.value(dual);
      const auto count = std::min<Eigen::Index>(derivative_chunk, x.size() - first);
      out.segment(first, count) = result.derivatives().head(count);
    }
  }

  void hessian_times(const Eigen::VectorXd& x, const Eigen::VectorXd& v, Eigen::VectorXd& out) const
      requires(order == Derivatives::second) {
    check("AutomaticLoss::hessian_times", x);
    check("AutomaticLoss::hessian_times", v);
    out.resize(x.size());
    Eigen::Matrix<SecondDual, Eigen::Dynamic, 1> dual(x.size());
    for (Eigen::Index first = 0; first < x.size(); first += derivative_chunk) {
      for (Eigen::Index k = 0; k < x.size(); ++k) {
        dual[k].value() = seeded(x[k], k - first);
        dual[k].derivatives()[0] = seeded(v[k], -1);
      }
      const SecondDual result = formula_.value(dual);
      const auto count = std::min<Eigen::Index>(derivative_chunk, x.size() - first);
      out.segment(first, count) = result.derivatives()[0].derivatives().head(count);
    }
  }

 private:
  /// x with derivative 1 in place `place` of the chunk, if it is there.
  static Dual seeded(double x, Eigen::Index place) {
    Dual dual(x);
    dual.derivatives().setZero();
    if (0 <= place && place < derivative_chunk) {
      dual.derivatives()[place] = 1.0;
    }
    return dual;
  }
  void check(const char* where, const Eigen::VectorXd& x) const {
    require_in_range(where, "x.size()", std::int64_t{x.size()}, dimension(), dimension());
  }
  F formula_;
};

/// What a loss must offer where nothing can be differentiated exactly: numbers only.
template <class F>
concept PlainFormula = requires(const F& formula, const Eigen::VectorXd& x) {
  { formula.dimension() } -> std::convertible_to<std::int64_t>;
  { formula.value(x) } -> std::same_as<double>;
};

enum class Differences {
  forward,  // n + 1 evaluations; error about 1e-8 of the curvature
  central   // 2n; error about 1e-10 of the third derivative
};

/// The fallback, which has to be asked for by name: the gradient by differences of `value`. It is
/// not the exact derivative, so flows stop falling, and RQI may stall, at the size of its error.
template <PlainFormula F>
class DifferencedLoss {
 public:
  DifferencedLoss(F formula, Differences kind) : formula_(std::move(formula)), kind_(kind) {}

  std::int64_t dimension() const { return formula_.dimension(); }
  const F& formula() const { return formula_; }
  double value(const Eigen::VectorXd& x) const {
    check("DifferencedLoss::value", x);
    return formula_.value(x);
  }

  void gradient(const Eigen::VectorXd& x, Eigen::VectorXd& out) const {
    check("DifferencedLoss::gradient", x);
    out.resize(x.size());
    constexpr double epsilon = std::numeric_limits<double>::epsilon();
    const bool central = kind_ == Differences::central;
    // Truncation and rounding are equal at these steps.
    const double relative = central ? std::cbrt(epsilon) : std::sqrt(epsilon);
    const double here = central ? 0.0 : formula_.value(x);
    Eigen::VectorXd y = x;
    for (Eigen::Index k = 0; k < x.size(); ++k) {
      y[k] = x[k] + relative * std::max(1.0, std::abs(x[k]));
      const double step = y[k] - x[k];  // as it is after rounding
      const double above = formula_.value(y);
      y[k] = x[k] - step;
      out[k] = central ? (above - formula_.value(y)) / (2 * step) : (above - here) / step;
      y[k] = x[k];
    }
  }

 private:
  void check(const char* where, const Eigen::VectorXd& x) const {
    require_in_range(where, "x.size()", std::int64_t{x.size()}, dimension(), dimension());
  }
  F formula_;
  Differences kind_;
};

}  // namespace grok
