#include "compare/toy/waiting_runs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compare/statistics/over_seeds.hpp"
#include "compare/toy/paired.hpp"
#include "core/errors.hpp"

namespace grok::toy {
namespace {

bool is_there(const WaitingRun& run) { return run.steps.has_value(); }

WaitingOutcome outcome_of(std::vector<WaitingRun> runs, bool unique) {
  std::erase_if(runs, [unique](const WaitingRun& run) { return run.unique != unique; });
  WaitingOutcome outcome{std::ssize(runs), std::ranges::count_if(runs, is_there), {}};
  if (!runs.empty()) {
    outcome.share = grouped_share(each_of(runs, is_there), each_of(runs, &WaitingRun::seed));
  }
  return outcome;
}

/// Medians by size, and the fraction where half of the networks get there.
void summarise(WaitingRuns& data) {
  std::map<double, double> fraction_of;
  for (const WaitingRun& run : data.runs) {
    fraction_of[static_cast<double>(run.train)] = run.fraction;
  }
  const auto sizes =
      each_of(data.runs, [](const WaitingRun& run) { return static_cast<double>(run.train); });
  const auto times = each_of(data.runs, [&data](const WaitingRun& run) {
    return Waiting{static_cast<double>(run.steps.value_or(data.budget)), is_there(run)};
  });
  for (WaitingGroup& size : waiting_by(sizes, times)) {
    data.medians.push_back(
        {static_cast<Index>(size.x), fraction_of.at(size.x), std::move(size.curve)});
  }
  data.unique = outcome_of(data.runs, true);
  data.not_unique = outcome_of(data.runs, false);
  data.critical =
      critical_fraction(each_of(data.runs, &WaitingRun::fraction), each_of(data.runs, is_there),
                        each_of(data.runs, &WaitingRun::seed));
}

}  // namespace

WaitingRuns collect_waiting(std::span<const RunSpec> specs, std::span<const Record> records) {
  require_in_range<std::int64_t>("collect_waiting", "records", std::ssize(records),
                                 std::ssize(specs), std::ssize(specs));
  WaitingRuns data;
  for (std::size_t k = 0; k < specs.size(); ++k) {
    if (data.budget != 0 && specs[k].steps != data.budget) {
      reject("collect_waiting", "steps", fmt::format("{}", specs[k].steps),
             fmt::format("the same budget in every run ({})", data.budget));
    }
    data.budget = specs[k].steps;
    data.rate = specs[0].representation_rate;
    // Whether a network diverges is not independent of how long it takes: none is left out.
    const bool diverged = records[k].state == "diverged";
    data.diverged += diverged ? 1 : 0;
    data.runs.push_back({specs[k].train, specs[k].seed, training_fraction(specs[k]),
                         records[k].steps_to_rqi, records[k].unique.value(), diverged});
  }
  summarise(data);
  return data;
}

}  // namespace grok::toy
