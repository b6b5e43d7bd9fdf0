// figures/rates/two_rate_limits.hpp: where the two-rate law and the mode flow hold. One thing at a
// time differs from a base: decay, widths, scales at the start, p, |D|, loss, activation.
//   a  C = steps sqrt(eta_E eta_D) of the networks that got there
//   b  measured steps over those of the mode flow: median
//   c  share of steps within a factor 1.25 of the mode flow's (who is told and not there: outside)
//   d  share of runs of which it tells whether they get there within the budget
// Source: ours (docs/two_rate.md).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "figures/figure.hpp"
#include "figures/rates/two_rate_runs.hpp"

namespace grok {

/// Runs that differ in their seeds alone.
struct LimitLine {
  std::string key;   // what differs from the base, a key of toy::RunSpec; empty: the base
  std::string name;  // "decoder_decay = 5"
  double decoder_rate = 0;
  std::vector<FlowRun> runs;
  Estimate constant;  // C; NaN: nobody got there
  Estimate ratio;     // over that of the base at the same rates
  FlowScore score;
};

struct LimitsData {
  std::vector<LimitLine> lines;  // in the order of the study; the first is the base
};

/// The base is what the first run has. Throws InputError for a run that differs from it in two
/// things (p and |D| count as one).
LimitsData collect_limits(std::span<const FlowRun> runs);
Drawing draw_limits(const LimitsData& data, const std::string& command);
std::string report_limits(const LimitsData& data);
std::vector<Claim> claims_of_limits(const LimitsData& data);

Figure two_rate_limits(std::string_view toml);

}  // namespace grok
