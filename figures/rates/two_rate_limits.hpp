// figures/rates/two_rate_limits.hpp: where the two-rate law and the mode flow hold. One thing at a
// time differs from a base: decay, widths, scales at the start, p, |D|, loss, activation.
//   a  C = steps sqrt(eta_E eta_D) of the networks that got there
//   b  measured steps over those of the mode flow: median
//   c  share of steps within a factor 1.25 of the mode flow's (who is told and not there: outside)
//   d  share of runs of which it tells whether they get there within the budget
// Source: ours (docs/two_rate.md).
#pragma once

#include <string>
#include <vector>

#include "compare/toy/variations.hpp"
#include "figures/figure.hpp"

namespace grok {

/// Of variations as collect_variations makes them.
using Variations = std::vector<toy::Variation>;
Sheet sheet_of(const Variations& variations);
std::string report_of(const Variations& variations);
std::vector<Claim> claims_of(const Variations& variations);

Figure two_rate_limits(std::string_view toml);

}  // namespace grok
