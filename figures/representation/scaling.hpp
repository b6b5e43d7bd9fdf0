// figures/representation/scaling.hpp: how many samples make the linear structure unique, against p;
// no training.
//   a  n50 of addition, fitted laws, and the prediction without a constant
//   b  r_c = n50/|D0|, which falls roughly as (ln p)/p; the published 0.4 belongs to p = 10
//   c  measured over predicted: of the prediction, and of laws fitted to fit_from..fit_up_to
//   d  n50/p of groups: symbols at the ends of the line are what makes addition harder
// Pictures and report have n50 between whole sizes (ScalingPoint::critical_train), as the
// prediction and the laws. Source: ours (docs/theory.md, "Scaling of the threshold"); r_c: Liu et
// al. 2022, Fig. 4.
#pragma once

#include <string>
#include <vector>

#include "compare/statistics/scaling_scan.hpp"
#include "figures/figure.hpp"

namespace grok {

Sheet sheet_of(const ScalingScan& scan);
std::string report_of(const ScalingScan& scan);
std::vector<Claim> claims_of(const ScalingScan& scan);

Figure scaling(std::string_view toml);

}  // namespace grok
