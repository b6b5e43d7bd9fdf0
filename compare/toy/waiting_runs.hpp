// compare/toy/waiting_runs.hpp: how long networks take to find the representation, against the size
// of the training set. Those that do not get there in the budget are censored: they count as "not
// before", never as a number. So do those that diverged before.
// Source: Liu et al. 2022, Fig. 4(b).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "compare/statistics/summary.hpp"
#include "nets/toy/record.hpp"
#include "nets/toy/run_spec.hpp"

namespace grok::toy {

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

/// Of some networks, those that get to RQI > 0.95 in the budget.
struct WaitingOutcome {
  std::int64_t networks = 0, reached = 0;
  std::optional<BootstrapInterval> share;  // over seeds; empty: no networks
};

struct WaitingRuns {
  std::vector<WaitingRun> runs;
  std::vector<WaitingMedian> medians;  // ascending
  std::int64_t budget = 0;             // steps
  double rate = 0;                     // eta of the embeddings, of the first run
  std::int64_t diverged = 0;           // of `runs`; not there before: not reached, as all
  WaitingOutcome unique, not_unique;   // by WaitingRun::unique
  CriticalFraction critical;           // logistic, of "reached within the budget"
};

/// Throws InputError for runs of different budgets.
WaitingRuns collect_waiting(std::span<const RunSpec> specs, std::span<const Record> records);

}  // namespace grok::toy
