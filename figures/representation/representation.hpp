// figures/representation/representation.hpp: what these figures draw and claim of data that theory/
// and compare/ collect; what a figure shows stands in its own file.
#pragma once

#include <vector>

#include "compare/statistics/scaling_scan.hpp"
#include "compare/statistics/threshold_summary.hpp"
#include "compare/toy/deduction.hpp"
#include "compare/toy/hexagon_runs.hpp"
#include "compare/toy/ideal_bounds.hpp"
#include "compare/toy/learned_lattice.hpp"
#include "compare/toy/permutation_runs.hpp"
#include "compare/toy/planar.hpp"
#include "compare/toy/predicted_accuracy.hpp"
#include "compare/toy/rate_predictions.hpp"
#include "compare/toy/trajectories.hpp"
#include "compare/toy/waiting_runs.hpp"
#include "figures/panels/text.hpp"
#include "figures/study_runs.hpp"
#include "theory/curriculum.hpp"
#include "theory/lattice.hpp"

namespace grok {

struct CriticalFractionData {  // fig4
  ThresholdCurve theory;
  toy::WaitingRuns waiting;
  toy::Trajectories trajectories;
};
struct IdealData {  // fig10
  toy::IdealBounds networks;
  std::vector<IdealPoint> expectation;  // of random D, |D| = 1..|D0|
};
struct PermutationData {  // fig18
  toy::PermutationRuns networks;
  ThresholdCurve both, chain;  // P(all of P0 implied), by deduction
};

Sheet sheet_of(const toy::PlanarData& data);  // fig2
Sheet sheet_of(const toy::AccuracyData& data);
Sheet sheet_of(const CriticalFractionData& data);
Sheet sheet_of(const toy::RatePredictions& data);
Sheet sheet_of(const Task& task, const std::vector<CurriculumStep>& steps);
Sheet sheet_of(const IdealData& data);
Sheet sheet_of(const Lattice& lattice, const std::vector<LatticeCounts>& counts);
Sheet sheet_of(const toy::LearnedLattice& data);
Sheet sheet_of(const toy::DeductionData& data);
Sheet sheet_of(const toy::HexagonRuns& data);
Sheet sheet_of(const PermutationData& data);
Sheet sheet_of(const ScalingScan& scan);

std::vector<Claim> claims_of(const toy::PlanarData& data);
std::vector<Claim> claims_of(const toy::AccuracyData& data);
std::vector<Claim> claims_of(const CriticalFractionData& data);
std::vector<Claim> claims_of(const toy::RatePredictions& data);
std::vector<Claim> claims_of(const Task& task, const std::vector<CurriculumStep>& steps);
std::vector<Claim> claims_of(const IdealData& data);
std::vector<Claim> claims_of(const Lattice& lattice);
std::vector<Claim> claims_of(const toy::LearnedLattice& data);
std::vector<Claim> claims_of(const toy::DeductionData& data);
std::vector<Claim> claims_of(const toy::HexagonRuns& data);
std::vector<Claim> claims_of(const PermutationData& data);
std::vector<Claim> claims_of(const ScalingScan& scan);

/// Colour of a set of equations, safe for the colour-blind, "#rrggbb".
std::string node_colour(EquationSet equations);

}  // namespace grok
