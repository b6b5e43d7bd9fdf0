// figures/representation/fig4_critical_fraction.hpp: from which training fraction on there is one
// representation.
//   a  probability that the linear structure is unique, P(n0 = 2), and r_c where it is 1/2
//   b  steps to RQI > 0.95 of trained networks; those that do not get there in the budget are
//      censored: they count as "not before", never as a number. So do those that diverged before
//   c  one run's own initial embeddings, standardised, under the gradient flow (F1) of the
//   effective
//      loss (normalisation `sum`, exact solution), at steps n = t/eta
//   d  the same run's trained embeddings, standardised at every step
// Source: Liu et al. 2022, Fig. 4, eq. 5-9.
#pragma once

#include <Eigen/Core>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compare/statistics/summary.hpp"
#include "compare/statistics/threshold_summary.hpp"
#include "figures/figure.hpp"
#include "nets/toy/run_spec.hpp"
#include "nets/toy/train.hpp"

namespace grok {

struct WaitingRun {
  Index train = 0;
  std::int64_t seed = 0;
  double fraction = 0;
  std::optional<std::int64_t> steps;  // to RQI > 0.95; empty: censored at the budget
  bool unique = false;                // theory, on the same D
  bool diverged = false;
};

struct WaitingMedian {
  Index train = 0;
  double fraction = 0;
  KaplanMeier curve;
};

struct WaitingData {
  std::vector<WaitingRun> runs;
  std::vector<WaitingMedian> medians;
  std::int64_t budget = 0;    // steps
  double rate = 0;            // eta of the embeddings, of the first run
  std::int64_t diverged = 0;  // of `runs`; not there before: not reached, as all
  CriticalFraction critical;  // logistic, of "reached within the budget"
};

struct Trajectories {
  Index train = 0;
  std::int64_t seed = 0;
  std::optional<double> n_h;                  // steps
  std::optional<std::int64_t> predicted_rqi;  // gradient flow, all modes
  std::optional<std::int64_t> adam_rqi;       // Adam flow
  std::optional<std::int64_t> trained_rqi;
  std::vector<std::int64_t> steps;
  Eigen::MatrixXd flow, trained;  // one row per step, one column per symbol
};

struct CriticalFractionData {
  ThresholdCurve theory;
  std::int64_t draws = 0;
  WaitingData waiting;
  Trajectories trajectories;
};

WaitingData collect_waiting(std::span<const toy::RunSpec> specs,
                            std::span<const toy::Record> records);
/// The flow beside the run of a resolved spec, at the points of its trajectory.
Trajectories collect_trajectories(const toy::RunSpec& spec, const toy::TracedRun& run);
/// Columns train, fraction, networks, censored, median_steps, low, high.
CsvTable median_table(const WaitingData& data);
Sheet sheet_of(const CriticalFractionData& data);
std::string report_of(const CriticalFractionData& data);
std::vector<Claim> claims_of(const CriticalFractionData& data);

Figure fig4_critical_fraction(std::string_view toml);

}  // namespace grok
