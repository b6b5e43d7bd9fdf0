// figures/representation/fig9_curriculum.hpp: a linear structure built up sample by sample, without
// training.
//   After each sample: D, the samples that implied parallelograms join to D, the nullity n0, and
//   which of the gaps E_{k+1} - E_k are known to be equal. The structure is unique (one line, up to
//   place and spacing) when n0 = 2.
//   Gaps a and b are equal iff {(a+1, b), (a, b+1)} is implied: a parallelogram is an equality of
//   differences.
// Source: Liu et al. 2022, App. C and Fig. 9.
#pragma once

#include <vector>

#include "figures/figure.hpp"
#include "theory/null_space.hpp"

namespace grok {

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
  std::vector<Index> gap_class;            // of gap k: the first gap known to equal it
};

struct CurriculumData {
  Index symbols = 0;
  Index full_nullity = 0;
  std::int64_t parallelograms_all = 0;  // |P0|
  std::vector<CurriculumStep> steps;
};

/// Throws InputError unless every sample is one of the task, and the task is addition.
CurriculumData collect_curriculum(const Task& task, const std::vector<Sample>& order);

/// Of gap k = E_{k+1} - E_k: the first gap that the space makes equal to it; p - 1 of them.
std::vector<Index> gap_classes(const NullSpace& space, Index symbols);

/// "2E4 = E3 + E5"; `markup`: for a picture.
std::string relation_text(const Parallelogram& relation, bool markup);

Drawing draw_curriculum(const CurriculumData& data, const std::string& command);
std::string report_curriculum(const CurriculumData& data);
std::vector<Claim> claims_of_curriculum(const CurriculumData& data);

Figure fig9_curriculum(std::string_view toml);

}  // namespace grok
