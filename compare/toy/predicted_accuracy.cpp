#include "compare/toy/predicted_accuracy.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "compare/statistics/over_seeds.hpp"
#include "compare/statistics/within.hpp"
#include "compare/toy/paired.hpp"
#include "core/errors.hpp"
#include "core/numbers.hpp"

namespace grok::toy {
namespace {

constexpr double rounding = 1e-9;  // shares of one |D0| differ by at least 1/|D0| if they differ

std::vector<AccuracyMean> means_of(std::span<const AccuracyRun> runs) {
  std::map<Index, std::vector<AccuracyRun>> sizes;
  for (const AccuracyRun& run : runs) {
    sizes[run.train].push_back(run);
  }
  std::vector<AccuracyMean> means;
  for (const auto& [train, group] : sizes) {
    const auto seeds = each_of(group, &AccuracyRun::seed);
    const auto mean = [&group = group, &seeds](auto value) {
      return mean_over_seeds(each_of(group, value), seeds).estimate;
    };
    double ideal = 0;
    for (const AccuracyRun& run : group) {
      ideal += run.ideal / static_cast<double>(group.size());
    }
    means.push_back({train, group.front().fraction, std::ssize(group), mean(&AccuracyRun::accuracy),
                     mean(&AccuracyRun::predicted), ideal});
  }
  return means;
}

/// NaN instead of none.
Estimate or_unknown(const BootstrapInterval& interval) {
  constexpr Estimate unknown = {not_a_number, not_a_number, not_a_number};
  return interval.count > 0 ? interval.estimate : unknown;
}

/// Of runs whose `accuracy` and `predicted` are over the samples in question.
AccuracyAgreement agreement_of(const std::string& samples, const std::vector<AccuracyRun>& runs) {
  AccuracyAgreement result;
  result.samples = samples;
  result.networks = std::ssize(runs);
  if (runs.empty()) {
    return result;
  }
  const auto seeds = each_of(runs, &AccuracyRun::seed);
  const auto accuracy = each_of(runs, &AccuracyRun::accuracy);
  const auto predicted = each_of(runs, &AccuracyRun::predicted);
  const auto gaps = each_of(runs, [](const auto& run) { return run.accuracy - run.predicted; });
  const auto sizes = each_of(gaps, [](double gap) { return std::abs(gap); });
  const auto is_equal = each_of(gaps, [](double gap) { return std::abs(gap) <= rounding; });
  const BootstrapInterval mean = mean_over_seeds(sizes, seeds);
  result.seeds = mean.groups;
  // One stratum alone: the correlation itself, where it exists.
  const std::vector<std::int64_t> together(runs.size(), 0);
  const auto trains = each_of(runs, [](const auto& run) { return std::int64_t{run.train}; });
  const auto fractions = each_of(runs, &AccuracyRun::fraction);
  result.correlation = or_unknown(correlation_within(predicted, accuracy, together, seeds));
  result.correlation_within = or_unknown(correlation_within(predicted, accuracy, trains, seeds));
  result.correlation_of_size = or_unknown(correlation_within(fractions, accuracy, together, seeds));
  result.difference = mean.estimate;
  result.signed_difference = mean_over_seeds(gaps, seeds).estimate;
  result.largest_difference = std::ranges::max(sizes);
  result.equal = std::ranges::count(is_equal, true);
  result.above = std::ranges::count_if(gaps, [](double gap) { return gap > rounding; });
  result.below = result.networks - result.equal - result.above;
  result.equal_share = grouped_share(is_equal, seeds).estimate;
  return result;
}

/// Those with unseen samples, their accuracies over these.
std::vector<AccuracyRun> unseen_of(std::vector<AccuracyRun> runs) {
  std::erase_if(runs, [](const AccuracyRun& run) { return !run.unseen; });
  for (AccuracyRun& run : runs) {
    run.accuracy = run.unseen.value();
    run.predicted = run.unseen_predicted.value();
  }
  return runs;
}

AccuracyRun run_of(const RunSpec& spec, const Record& record) {
  AccuracyRun run{.train = spec.train,
                  .seed = spec.seed,
                  .fraction = training_fraction(spec),
                  .accuracy = record.accuracy,
                  .predicted = defined(record.predicted_accuracy, "predicted_accuracy"),
                  .ideal = defined(record.ideal_accuracy, "ideal_accuracy"),
                  .unseen = record.validation_accuracy,
                  .unseen_predicted = {}};
  if (run.unseen) {
    const auto all = static_cast<double>(task_of(spec).sample_count());
    const auto seen = static_cast<double>(spec.train);
    run.unseen_predicted = (std::round(all * run.predicted) - seen) / (all - seen);
  }
  return run;
}

}  // namespace

AccuracyData collect_accuracy(std::span<const RunSpec> specs, std::span<const Record> records) {
  require_in_range<std::int64_t>("collect_accuracy", "records", std::ssize(records),
                                 std::ssize(specs), std::ssize(specs));
  AccuracyData data;
  for (std::size_t k = 0; k < specs.size(); ++k) {
    if (records[k].state == "diverged") {
      ++data.diverged;
      continue;
    }
    data.runs.push_back(run_of(specs[k], records[k]));
  }
  const auto is_beyond =
      each_of(data.runs, [](const auto& run) { return run.predicted - run.ideal > rounding; });
  data.means = means_of(data.runs);
  data.all = agreement_of("all", data.runs);
  data.unseen = agreement_of("unseen", unseen_of(data.runs));
  data.beyond_ideal = std::ranges::count(is_beyond, true);
  data.beyond_ideal_share =
      grouped_share(is_beyond, each_of(data.runs, &AccuracyRun::seed)).estimate;
  return data;
}

}  // namespace grok::toy
