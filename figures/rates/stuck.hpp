// figures/rates/stuck.hpp: which networks never find the linear structure that their training set
// implies?
//   Every score (compare/toy/stuck_scores.hpp) is computed before training; its ROC area over the
//   networks says how well it tells those that reach the RQI threshold from those that do not. 1/2:
//   not at all.
// Source: ours (docs/two_rate.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compare/toy/stuck_scores.hpp"
#include "figures/figure.hpp"

namespace grok {

struct StuckRun {
  std::int64_t seed = 0;
  bool reached = false;        // RQI above the threshold within the budget
  std::vector<double> scores;  // as score_before_training
};
struct StuckResult {
  std::string key, name;
  bool swap = false;
  Estimate area;  // ROC area, interval by resampling seeds
};
/// Area of one score minus that of another, over the same resamples.
struct StuckDifference {
  std::string first, second;  // keys
  Estimate difference;
};
struct StuckData {
  std::vector<StuckRun> runs;
  std::vector<StuckResult> results;
  std::vector<StuckDifference> differences;
  Estimate reached_share;
  std::int64_t reached = 0, not_unique = 0;  // the latter are left out
  std::int64_t draws = 0;                    // of a swapped ingredient
};
/// Throws InputError unless there are networks of both kinds.
StuckData collect_stuck(std::vector<StuckRun> runs, std::int64_t draws);
Sheet sheet_of(const StuckData& data);
std::string report_of(const StuckData& data);
std::vector<Claim> claims_of(const StuckData& data);

Figure stuck(std::string_view toml);

}  // namespace grok
