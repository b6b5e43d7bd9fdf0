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

#include "compare/statistics/scaling_fits.hpp"
#include "figures/figure.hpp"

namespace grok {

struct ScalingData {
  std::vector<ScalingSeries> series;  // the first is addition
  std::vector<LawFit> fits;           // of the first, p >= fit_from, as fit_scaling
  std::vector<LawFit> fits_all;       // of all its sizes
  Index fit_from = 0, fit_up_to = 0;
};

Sheet sheet_of(const ScalingData& data);
std::string report_of(const ScalingData& data);
std::vector<Claim> claims_of(const ScalingData& data);

Figure scaling(std::string_view toml);

}  // namespace grok
