// figures/phases/fig6b_regression.hpp: the phase diagram on which active refinement is tried.
// Source: Liu et al. 2022, Fig. 6(b); the refinement is ours (compare/study/refine.hpp).
#pragma once

#include "compare/phases/replayed_diagram.hpp"
#include "figures/phases/phase_figure.hpp"

namespace grok {

/// The goal: at most a fifth of the runs, and over 0.9 of the borders, each within one cell. Names
/// the rows of one phase alone: they flatter the share.
Claim refinement_claim(const PhaseDiagram& diagram, const ReplayedDiagram& replayed);

}  // namespace grok
