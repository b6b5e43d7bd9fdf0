// figures/representation/fig17_hexagon.hpp: the six trained matrices of S3 by their principal
// components (compare/toy/hexagon_runs.hpp).
//   a, b  PC1 against PC2 and against PC3, of the first seed with RQI > 0.95
//   c     share of the variance per component: all networks, random matrices, permutation matrices
//   d     how far the six points of a plane are from a regular hexagon: in PC1-PC3, and in the best
//         plane of two of the first four components
// Source: Liu et al. 2022, App. H.2 and Fig. 17; c, d and the measure are ours.
#pragma once

#include <string>
#include <vector>

#include "compare/toy/hexagon_runs.hpp"
#include "figures/figure.hpp"

namespace grok {

Sheet sheet_of(const toy::HexagonRuns& data);
std::string report_of(const toy::HexagonRuns& data);
std::vector<Claim> claims_of(const toy::HexagonRuns& data);

Figure fig17_hexagon(std::string_view toml);

}  // namespace grok
