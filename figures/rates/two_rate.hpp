// figures/rates/two_rate.hpp: how steps to RQI > 0.95 depend on both learning rates, and whether
// the mode flow (theory/mode_flow.hpp), which fits nothing, says so before. For Adam (two_rate) and
// for plain gradient descent (two_rate_gd).
//   a  measured steps against 1/sqrt(eta_E eta_D), with the law C/sqrt(eta_E eta_D), C fitted
//   b  steps eta_E against eta_E/eta_D: as both rates times c divide steps by c, one curve is left
//   c  exponents of steps in eta_E and eta_D, and their sum: networks, the mode flow of the same
//      runs, the mode flow of other seeds, for which no network is trained
//   d  measured steps against those of the mode flow; who is stuck at the edges
//   e  the mode flow's accuracy against the number of its modes (two_rate alone)
// Source: ours (docs/two_rate.md).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "figures/figure.hpp"
#include "figures/rates/two_rate_runs.hpp"

namespace grok {

/// Seeds of the runs of panel e, and of the flow without networks.
inline constexpr std::int64_t two_rate_sweep_seeds = 6, two_rate_other_seeds = 6;
/// Other seeds are the study's plus this.
inline constexpr std::int64_t two_rate_seed_shift = 10'000;

struct TwoRateData {
  bool descent = false;  // plain gradient descent
  Index modes = toy::mode_flow_modes;
  std::vector<FlowRun> runs;    // networks with their flow
  std::vector<FlowRun> others;  // other seeds: the flow alone
  TwoRateFit measured, flow, flow_others;
  FlowScore score;
  std::vector<std::pair<Index, FlowScore>> sweep;  // modes; of the first seeds
};

/// What follows from the runs. Throws InputError if optimisers differ.
TwoRateData collect_two_rate(std::vector<FlowRun> runs, std::vector<FlowRun> others,
                             std::vector<std::pair<Index, FlowScore>> sweep);
Drawing draw_two_rate(const TwoRateData& data, const std::string& command);
std::string report_two_rate(const TwoRateData& data);
std::vector<Claim> claims_of_two_rate(const TwoRateData& data);

/// Trains what the figure's study asks for, follows the flows, publishes; `modes`: panel e.
std::vector<Claim> publish_two_rate(const Figure& figure, const FigureContext& context,
                                    const std::vector<Index>& modes);

Figure two_rate(std::string_view toml);
Figure two_rate_gd(std::string_view toml);

}  // namespace grok
