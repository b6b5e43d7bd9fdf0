// figures/phases/fig6b_regression.hpp: the phase diagram on which active refinement is tried.
// Source: Liu et al. 2022, Fig. 6(b); the refinement is ours (compare/study/refine.hpp).
#pragma once

#include "compare/phases/replayed_diagram.hpp"
#include "figures/phases/phase_figure.hpp"

namespace grok {

/// The goal has two parts: at most a fifth of the runs, and over 0.9 of the borders, each within
/// one cell. agrees: `share` of the runs is small enough, and the whole interval of `borders` lies
/// above. partly: the runs are few enough, and 0.9 lies within that interval. differs: one part
/// surely fails. open: there is no border.
Verdict refinement_verdict(double share, const std::optional<Estimate>& borders);

/// At most partly where the setting is not the published one. Names the rows of one phase alone:
/// they flatter the share.
Claim refinement_claim(const PhaseDiagram& diagram);
std::string refinement_report(const PhaseDiagram& diagram);

}  // namespace grok
