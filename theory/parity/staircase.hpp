// theory/parity/staircase.hpp: what a training set of two-bit parity loses as the decay grows. Each
// tight neuron of k = 2 sees one pattern, so the patterns decouple: pattern s lives while
//   decay < sqrt(2) n_s/N,
// costs sqrt(2) of |theta|^2, and without it f = 0 there. That holds if no pattern is more frequent
// than its two neighbours (one bit flipped) together: else its neuron gains by a bias. What the
// other n - 2 bits do on a finite set is left out: `zero_stability` has it, and they may answer
// where f of the two bits is 0.
#pragma once

#include <cstdint>
#include <vector>

#include "theory/parity/reduced_optimum.hpp"

namespace grok::parity {

/// What is left below a decay.
struct Step {
  double up_to = 0;         // the decay at which the next pattern dies; infinite: none is left
  int patterns = 0;         // that live, of 4
  double weight = 0;        // share of the training set that they are
  double accuracy = 0;      // on new strings, a tie being wrong: patterns/4
  double squared_norm = 0;  // |theta|^2
};

struct Staircase {
  std::vector<Step> steps;  // by `up_to`, ascending; the last has no pattern
  double first_loss = 0;    // lambda_g = sqrt(2) min n_s/N: accuracy 1 is lost
  double collapse = 0;      // lambda_0 = sqrt(2) max n_s/N: every weight vanishes
  const Step& at(double decay) const;
};

/// From the counts of the four patterns, in the order of `patterns`. Throws InputError for other
/// than four, a negative one, none at all, or one above the sum of its neighbours (`reduced_decays`
/// has no such condition).
Staircase staircase(const std::vector<std::int64_t>& counts);

/// What the reduced problem of any k says of a training set with these pattern counts, by bisection
/// to a relative 1e-6; where k = 2 has a staircase, its ends.
struct ReducedDecays {
  double first_loss = 0;  // from here on some pattern has no right answer
  double collapse = 0;    // zero is stable: |best_neuron| of q = p y
};
/// Throws InputError unless 1 <= k <= most_reduced_parity, or as pattern_samples does.
/// Cost: some 20 linear programs of 2^k rows; 0.5 s for k = 4.
inline constexpr Index most_reduced_parity = 6;
ReducedDecays reduced_decays(Index k, const std::vector<std::int64_t>& counts);

}  // namespace grok::parity
