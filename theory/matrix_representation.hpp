// theory/matrix_representation.hpp: what embeddings that are matrices have learnt. As
// theory/representation.hpp, for tasks whose embeddings combine by `matrix-product`.
//   R              p x k^2: row a is the k x k matrix E_a, row by row (entry r k + c is (E_a)_rc)
//   normalised     divided by the root mean square of all p k^2 numbers; not centred, since a
//                  product, unlike a sum, knows where 0 is
//   holds          {(a,b), (c,d)} holds if the mean over the k^2 entries of (E_a E_b - E_c E_d)^2,
//                  in normalised R, is < tolerance (0.5)
//   RQI, predicted accuracy   as for vectors, from the parallelograms that hold
// Source: Liu et al. 2022, App. H; normalisation and 0.5 are those of the official code only.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "theory/parallelograms.hpp"

namespace grok {

inline constexpr double default_product_tolerance = 0.5;

/// k of k x k matrices given as rows of k^2 numbers. Throws InputError unless `columns` is a square
/// (1, 4, 9, ... up to 1000^2).
Index matrix_size(Index columns);

/// R divided by its root mean square; NaN throughout if that is 0: then nothing holds.
Eigen::MatrixXd normalise_matrices(const Eigen::MatrixXd& R);

/// Which of `parallelograms` hold in R (any scale). All functions here throw InputError unless R is
/// p x k^2 with 2 <= p <= max_symbols and the symbols asked about are rows of it.
std::vector<bool> holding_products(const Eigen::MatrixXd& R,
                                   std::span<const Parallelogram> parallelograms,
                                   double tolerance = default_product_tolerance);

/// Share of `parallelograms` (P0) that hold in R; 1 if there are none.
double product_rqi(const Eigen::MatrixXd& R, std::span<const Parallelogram> parallelograms,
                   double tolerance = default_product_tolerance);

/// RQI of many states; allocates nothing after the first call of a size. Agrees with product_rqi().
class ProductRqi {
 public:
  /// Throws InputError unless 0 <= tolerance <= 10^6 and every symbol is < `symbols`.
  ProductRqi(Index symbols, std::span<const Parallelogram> parallelograms, double tolerance);

  /// R: symbols x k^2, any scale. Costs k^3 per sample of P0 and k^2 per parallelogram.
  double of(const Eigen::MatrixXd& R);
  /// How many do not hold, counted no further than `most` + 1.
  std::int64_t failures(const Eigen::MatrixXd& R, std::int64_t most);
  double share(std::int64_t held) const;  // RQI if so many hold

 private:
  std::vector<std::pair<Index, Index>> pairs_;  // columns of products_, one per parallelogram
  std::vector<Sample> samples_;                 // of the columns
  Index symbols_;
  double tolerance_;
  Eigen::MatrixXd matrices_;  // k^2 x p, normalised
  Eigen::MatrixXd products_;  // k^2 x samples
};

/// Whether RQI exceeds a threshold (strictly), for scans over many states. As ProductRqi, and ends
/// as soon as too many fail. Agrees with product_rqi() > threshold.
class ProductRqiTest {
 public:
  /// As ProductRqi; throws InputError unless 0 <= threshold <= 1.
  ProductRqiTest(Index symbols, std::span<const Parallelogram> parallelograms, double tolerance,
                 double threshold);
  bool exceeded(const Eigen::MatrixXd& R);  // R: symbols x k^2, any scale; false if not finite

 private:
  ProductRqi rqi_;
  std::int64_t allowed_failures_;  // -1: no RQI exceeds the threshold
};

/// |Dbar(D, P(R))| / |D0|. Throws InputError for a task whose embeddings combine by `sum`.
double predicted_product_accuracy(const Task& task, std::span<const Sample> train,
                                  const Eigen::MatrixXd& R,
                                  double tolerance = default_product_tolerance);

}  // namespace grok
