// theory/curriculum.hpp: what samples determine as they come one by one: the structure of D after
// each of them (addition).
//   nullity   n0 of A(P0(D)); one line, up to place and spacing, when it is 2
//   gaps      E_{k+1} - E_k, k = 0..p-2. Gaps a and b are equal in all solutions iff
//             {(a+1, b), (a, b+1)} is implied: a parallelogram is an equality of differences
// Exact, in the arithmetic of theory/null_space.hpp. Source: Liu et al. 2022, App. C.
#pragma once

#include <span>
#include <vector>

#include "theory/null_space.hpp"

namespace grok {

/// Of every gap the first that the space makes equal to it: p - 1 of them. O(p^2 n0).
std::vector<Index> gap_classes(const NullSpace& space, Index symbols);

struct CurriculumStep {
  Sample added;
  bool repeated = false;                   // it was there already
  std::vector<Sample> train;               // D, distinct, in the order they came
  std::vector<Sample> implied_samples;     // Dbar(D, P(D)) without D
  Index nullity = 0;                       // n0
  std::int64_t parallelograms = 0;         // |P0(D)|
  std::int64_t implied = 0;                // |P(D)|
  std::vector<Parallelogram> new_direct;   // in P0(D) since this sample
  std::vector<Parallelogram> new_implied;  // in P(D), not in P0(D), since this sample
  std::vector<Index> gap_class;            // as gap_classes
};

/// One step for each sample of `order`, O(|P0| n0) and a null space each: for small tasks. Throws
/// InputError unless every sample is one of the task, and the task is addition.
std::vector<CurriculumStep> follow_curriculum(const Task& task, std::span<const Sample> order);

}  // namespace grok
