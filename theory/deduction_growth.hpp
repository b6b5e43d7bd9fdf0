// theory/deduction_growth.hpp: deduction of theory/closure.hpp looked at closely, for small groups:
// the paper's rule case by case and on numbers, and the closure round by round.
//   chain   ad = bc, fc = ed, eh = fg  =>  ah = bg, for invertible matrices
//   round   every parallelogram that follows from three known ones by `chain` or, if asked for, by
//           `flip`, or from two that share a sample (transitivity)
// Slow and plain: equations are a p^2 x p^2 matrix of 0 and 1, a rule a product of such matrices.
// Source: Liu et al. 2022, App. H.1; rounds and shares are ours.
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "theory/closure.hpp"

namespace grok {

/// The symbols of App. H.1, in the order a, b, ..., h.
using ChainSymbols = std::array<std::int32_t, 8>;
/// ad = bc, fc = ed, eh = fg; then what they imply, ah = bg.
std::array<Parallelogram, 4> parallelograms_of(const ChainSymbols& symbols);

struct ChainExamples {
  std::int64_t count = 0;        // symbols a..h for which these are four different parallelograms
  std::int64_t implied = 0;      // of them, where the closure of the three holds the fourth
  std::int64_t dispensable = 0;  // of them, where two of the three are enough
  /// The one drawn: of those that are implied and need all three, with the most different symbols
  /// on the left and on the right of products, then in all, the first in lexicographic order.
  ChainSymbols drawn{};
};
/// All of them, by enumeration: p^5 closures. Throws InputError above 6 symbols, for a task
/// whose embeddings combine by `sum`, or if there is none to draw.
ChainExamples find_chains(const Task& task);

/// The rule on numbers: random real matrices that satisfy the three premises and are no
/// representation. a, b, d, e, h have independent N(0,1) entries; c = b^-1 a d, f = e d c^-1 and
/// g = f^-1 e h follow from the premises.
struct ChainNumbers {
  std::int64_t draws = 0;
  double largest_error = 0;     // of ah = bg: |ah - bg| / (|a| |h| + |b| |g|), Frobenius
  double smallest_control = 0;  // of the same, g drawn anew: without the third premise
};
/// Matrices of `size` rows, from stream (0, "random matrices"); draws whose computed c, f or g has
/// a condition number above 10^4 are drawn again. Throws InputError for draws < 1 or size < 1.
ChainNumbers try_chain(std::int64_t draws, Eigen::Index size);

struct ClosureGrowth {
  std::vector<Sample> train;          // D
  std::int64_t seed = 0;              // of D
  std::vector<int> round_of;          // of sample k of D0: 0 if in D, else when joined to one of D;
                                      // -1: never
  std::vector<std::int64_t> implied;  // parallelograms known after round 0 (those of D), 1, ...
};
/// To the fixed point, which is that of ProductClosure. O(p^6) per round.
ClosureGrowth grow_closure(const Task& task, std::span<const Sample> train, Deduction deduction);

/// The training set of the first seed 0, 1, ... whose closure is all of P0 after exactly so many
/// rounds. Throws InputError if none of 10 000 is.
ClosureGrowth first_growth(const Task& task, Index train, int rounds);

/// Share of P0 that the first |D| samples of random orders imply: [|D|-1][draw]. Draw k is the
/// order of stream (seed, "threshold/k"), as count_complete; one order answers for every |D|.
Eigen::MatrixXd implied_draws(const Task& task, std::int64_t draws, std::uint64_t seed, int threads,
                              Deduction deduction);

}  // namespace grok
