// theory/representation.hpp: what a representation R (one row of numbers per symbol) has learnt.
//   standardised   per dimension mean 0 and unbiased standard deviation 1, so |column|^2 = p - 1
//   holds          a parallelogram of P0 holds if the mean over dimensions of its squared defect
//                  (E_i + E_j - E_m - E_n)^2, in standardised R, is < tolerance (0.01)
//   RQI            share of P0 that holds; "high" is > 0.95
//   predicted accuracy   |Dbar(D, P(R))| / |D0|, P(R) the parallelograms that hold; of (i,j) and
//                        (j,i) with different outputs one counts (theory/structure.hpp)
// Source: Liu et al. 2022, section 3 and App. D (eq. 12, 13), with the code's threshold.
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "theory/parallelograms.hpp"

namespace grok {

inline constexpr double default_rqi_tolerance = 0.01;

/// R: p x d. A dimension without spread becomes NaN: none of its parallelograms holds.
Eigen::MatrixXd standardise(const Eigen::MatrixXd& R);

/// Which of `parallelograms` hold in R (p x d, any scale).
std::vector<bool> holding(const Eigen::MatrixXd& R, std::span<const Parallelogram> parallelograms,
                          double tolerance = default_rqi_tolerance);

/// Share of `parallelograms` (P0) that hold in R; 1 if there are none.
double rqi(const Eigen::MatrixXd& R, std::span<const Parallelogram> parallelograms,
           double tolerance = default_rqi_tolerance);

/// How many of `total` parallelograms may fail where RQI still exceeds the threshold (strictly), by
/// the very division of `rqi`; -1: no RQI exceeds it.
std::int64_t allowed_failures(std::int64_t total, double threshold);

/// Whether RQI exceeds a threshold (strictly), for scans over many states: ends as soon as too many
/// parallelograms fail, and allocates nothing after the first call. Agrees with rqi() > threshold.
class RqiTest {
 public:
  /// Throws InputError unless 0 <= tolerance <= 10^6, 0 <= threshold <= 1, symbols < `symbols`.
  RqiTest(Index symbols, std::vector<Parallelogram> parallelograms, double tolerance,
          double threshold);
  bool exceeded(const Eigen::MatrixXd& R);  // R: symbols x d, any scale; false if not finite

 private:
  std::vector<Parallelogram> parallelograms_;
  Index symbols_;
  double tolerance_;
  std::int64_t allowed_failures_;
  Eigen::VectorXd weights_;
};

/// |Dbar(D, P(R))| / |D0|, less what a sum cannot tell apart.
double predicted_accuracy(const Task& task, std::span<const Sample> train, const Eigen::MatrixXd& R,
                          double tolerance = default_rqi_tolerance);

/// |Dbar(D, P)| / |D0| for a given list P of parallelograms, whatever combines embeddings.
double augmented_share(const Task& task, std::span<const Sample> train,
                       std::span<const Parallelogram> P);

}  // namespace grok
