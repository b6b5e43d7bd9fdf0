// theory/threshold.hpp: for which |D| the linear structure is unique, from random orders of D0.
//   In one pass per order samples are added one at a time; uniqueness, once there, stays. So one
//   order answers for every |D| at once, and the counts of all sizes come from the same draws.
#pragma once

#include <cstdint>
#include <vector>

#include "theory/closure.hpp"
#include "theory/spectrum.hpp"

namespace grok {

struct ThresholdCounts {
  Index samples = 0;  // |D0|
  std::int64_t draws = 0;
  std::vector<std::int64_t> unique;  // [n], n = 0..|D0|: in how many orders the first n are unique
};

/// Per random order of D0 (a draw): how many of its first samples are needed.
struct UniqueSizes {
  Index samples = 0;           // |D0|
  std::vector<Index> covered;  // [draw] until every symbol stands in a parallelogram of D
  std::vector<Index> rows;     // [draw] until D has p - n0 rows (theory/coverage.hpp)
  std::vector<Index> unique;   // [draw] until D is unique; never before both
};

/// Draw k uses stream (seed, "threshold/k"): the result does not depend on `threads`. One draw
/// costs O(|D| k + k^3) with |D| where it is unique and k as for exact_nullity: 2 ms at p = 1000.
/// Throws InputError unless 1 <= draws <= 10^7.
UniqueSizes draw_unique_sizes(const Task& task, std::int64_t draws, std::uint64_t seed,
                              int threads);

/// The same draws, counted for every size. Throws InputError if |D0| > max_listed_samples.
ThresholdCounts count_unique(const Task& task, std::int64_t draws, std::uint64_t seed, int threads);

/// The same orders for a task whose embeddings are matrices that multiply: in how many the first n
/// samples imply all of P0 by `deduction`. A lower bound of how often they do.
ThresholdCounts count_complete(const Task& task, std::int64_t draws, std::uint64_t seed,
                               int threads, Deduction deduction = Deduction::chain_and_flip);

/// lambda_3 for every draw and every |D| = 1..|D0|: [n-1][draw]. Same orders as count_unique.
/// Cost: a dense spectrum per (draw, unique size). Throws InputError above dense_spectrum_limit and
/// unless 1 <= draws <= 2e8 / |D0| (memory), and for a task with nothing to learn (p = 2), which
/// has no lambda_3.
struct RateDraws {
  std::int64_t draws = 0;
  std::vector<std::vector<double>> lambda3;
};
RateDraws draw_rates(const Task& task, std::int64_t draws, std::uint64_t seed, int threads,
                     Normalisation normalisation);

/// A whole number over draws: sums are exact, so what does not vary has no spread.
struct DrawnCount {
  std::int64_t sum = 0, squares = 0;
  void add(std::int64_t value);
  void add(const DrawnCount& other);
};

/// What the first n samples of an order imply (theory/structure.hpp), n = 1..|D0|.
struct IdealDraws {
  Index samples = 0;                // |D0|
  std::int64_t parallelograms = 0;  // |P0|
  std::int64_t draws = 0;
  struct Size {
    DrawnCount implied, reached;  // |P(D)|, |Dbar(D, P(D))|
    std::int64_t complete = 0;    // draws with P(D) = P0
  };
  std::vector<Size> sizes;  // [n-1]
};

/// Same orders as count_unique. Cost: |D0| analyses of a structure per draw. Throws InputError
/// unless 2 <= draws <= 10^6 and the task has parallelograms.
IdealDraws draw_ideal(const Task& task, std::int64_t draws, std::uint64_t seed, int threads);

}  // namespace grok
