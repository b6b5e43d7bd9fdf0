// figures/representation/fig4_critical_fraction.hpp: from which training fraction on there is one
// representation.
//   a  probability that the linear structure is unique, P(n0 = 2), and r_c where it is 1/2
//   b  steps to RQI > 0.95 of trained networks (compare/toy/waiting_runs.hpp)
//   c  one run's own initial embeddings under the gradient flow of the effective loss
//      (compare/toy/trajectories.hpp)
//   d  the same run's trained embeddings
// Source: Liu et al. 2022, Fig. 4, eq. 5-9.
#pragma once

#include <string>
#include <vector>

#include "compare/statistics/threshold_summary.hpp"
#include "compare/toy/trajectories.hpp"
#include "compare/toy/waiting_runs.hpp"
#include "figures/figure.hpp"

namespace grok {

struct CriticalFractionData {
  ThresholdCurve theory;
  toy::WaitingRuns waiting;
  toy::Trajectories trajectories;
};
Sheet sheet_of(const CriticalFractionData& data);
std::string report_of(const CriticalFractionData& data);
std::vector<Claim> claims_of(const CriticalFractionData& data);

Figure fig4_critical_fraction(std::string_view toml);

}  // namespace grok
