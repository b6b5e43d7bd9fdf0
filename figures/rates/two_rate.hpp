// figures/rates/two_rate.hpp: how steps to RQI > 0.95 depend on both learning rates, and whether
// the mode flow (theory/mode_flow.hpp), which fits nothing, says so before. For Adam (two_rate) and
// for plain gradient descent (two_rate_gd).
//   a  measured steps against 1/sqrt(eta_E eta_D), with the law C/sqrt(eta_E eta_D), C fitted
//   b  steps eta_E against eta_E/eta_D: as both rates times c divide steps by c, one curve is left
//   c  measured steps against those of the mode flow; who is stuck at the edges
//   d  exponents of steps in eta_E and eta_D, and their sum: networks, the mode flow of the same
//      runs, the mode flow of other seeds, for which no network is trained
//   e  the mode flow's accuracy against the number of its modes (two_rate alone)
// Source: ours (docs/two_rate.md).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "compare/toy/flow_runs.hpp"
#include "figures/figure.hpp"

namespace grok {

struct TwoRateData {
  bool descent = false;              // plain gradient descent
  std::vector<toy::FlowRun> runs;    // networks with their flow
  std::vector<toy::FlowRun> others;  // other seeds: the flow alone
  TwoRateFit measured, flow, flow_others;
  toy::FlowScore score;
  std::vector<std::pair<Index, toy::FlowScore>> sweep;  // modes; of the first seeds
};

/// What follows from the runs. Throws InputError if optimisers differ.
TwoRateData collect_two_rate(std::vector<toy::FlowRun> runs, std::vector<toy::FlowRun> others,
                             std::vector<std::pair<Index, toy::FlowScore>> sweep);
/// seed, symbols, train, representation_rate, decoder_rate, budget, measured, flow, flow_followed,
/// flow_memorised, identity; empty steps: not there.
CsvTable flow_table(std::span<const toy::FlowRun> runs);
Sheet sheet_of(const TwoRateData& data);
std::string report_of(const TwoRateData& data);
std::vector<Claim> claims_of(const TwoRateData& data);

/// Trains what the figure's study asks for, follows the flows, publishes.
std::vector<Claim> draw_two_rate(const Figure& figure, const FigureContext& context);

Figure two_rate(std::string_view toml);
Figure two_rate_gd(std::string_view toml);

}  // namespace grok
