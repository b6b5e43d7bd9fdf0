// figures/rates/two_rate.hpp: how steps to RQI > 0.95 depend on both learning rates, and whether
// the mode flow (theory/mode_flow.hpp), which fits nothing, says so before. For Adam (two_rate) and
// for plain gradient descent (two_rate_gd).
//   first row   steps sqrt(eta_E eta_D) against eta_E/eta_D, one panel for each |D|, with the F of
//               the mode flow of other seeds and the law C/sqrt(eta_E eta_D), C fitted
//   second row  measured steps against those of the mode flow; local exponents of steps in one rate
//               and in both together; the mode flow's accuracy against the number of its modes
//               (two_rate alone)
// Source: ours (docs/two_rate.md).
#pragma once

#include <string>

#include "compare/toy/rate_collapse.hpp"
#include "figures/figure.hpp"

namespace grok {

/// seed, symbols, train, representation_rate, decoder_rate, budget, measured, flow, flow_followed,
/// flow_memorised, identity; empty steps: not there.
CsvTable flow_table(std::span<const toy::FlowRun> runs);
Sheet sheet_of(const toy::RateCollapse& data);
std::string report_of(const toy::RateCollapse& data);
std::vector<Claim> claims_of(const toy::RateCollapse& data);

/// Trains what the figure's study asks for, follows the flows, publishes.
std::vector<Claim> draw_two_rate(const Figure& figure, const FigureContext& context);

Figure two_rate(std::string_view toml);
Figure two_rate_gd(std::string_view toml);

}  // namespace grok
