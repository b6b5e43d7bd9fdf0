// figures/rates/decoder_width.hpp: steps to the line against the width of the decoder.
#pragma once

#include <vector>

#include "compare/statistics/summary.hpp"
#include "compare/toy/flow_runs.hpp"
#include "figures/claim.hpp"

namespace grok {

/// Of the hidden layers. Throws InputError if they differ: then there is no one width.
double width_of(const toy::FlowRun& run);

struct AtWidth {
  double width = 0;
  KaplanMeier networks = {}, flow = {};  // steps to the line, censored at the budget
  std::vector<bool> there = {};          // network by network
  std::vector<std::int64_t> seeds = {};
  toy::FlowScore score = {};
};
/// Width ascending. Throws InputError for budgets that differ.
std::vector<AtWidth> by_width(const std::vector<toy::FlowRun>& runs);

/// b of steps ~ width^b, over the widths where more than half of the networks get there, and seeds
/// where all of those and their flows do. Intervals by resampling seeds; NaN for fewer than two
/// seeds or widths.
struct WidthExponents {
  Estimate networks, flow, ratio;               // ratio: of measured/flow
  std::int64_t seeds = 0, all = 0, widths = 0;  // such seeds, all, such widths
};
WidthExponents width_exponents(const std::vector<toy::FlowRun>& runs);

/// `share_at_200`: of steps within 1.25 of the flow's, known from other runs.
std::vector<Claim> decoder_width_claims(const std::vector<toy::FlowRun>& runs, double share_at_200);

}  // namespace grok
