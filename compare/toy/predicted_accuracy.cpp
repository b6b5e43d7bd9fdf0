#include "compare/toy/predicted_accuracy.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "compare/statistics/over_seeds.hpp"
#include "compare/toy/paired.hpp"
#include "core/errors.hpp"

namespace grok::toy {
namespace {

constexpr double rounding = 1e-9;  // shares of one |D0| differ by at least 1/|D0| if they differ

double difference_of(const AccuracyRun& run) { return run.accuracy - run.predicted; }

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

void compare_pairs(AccuracyData& data) {
  const auto seeds = each_of(data.runs, &AccuracyRun::seed);
  const auto sizes =
      each_of(data.runs, [](const auto& run) { return std::abs(difference_of(run)); });
  const auto is_equal = [](const auto& run) { return std::abs(difference_of(run)) <= rounding; };
  const auto is_beyond = [](const auto& run) { return run.predicted - run.ideal > rounding; };
  data.correlation = correlation_over_seeds(each_of(data.runs, &AccuracyRun::accuracy),
                                            each_of(data.runs, &AccuracyRun::predicted), seeds);
  data.difference = mean_over_seeds(sizes, seeds);
  data.signed_difference = mean_over_seeds(each_of(data.runs, difference_of), seeds);
  data.largest_difference = *std::ranges::max_element(sizes);
  data.equal = std::ranges::count_if(data.runs, is_equal);
  data.above = std::ranges::count_if(data.runs,
                                     [](const auto& run) { return difference_of(run) > rounding; });
  data.below = std::ssize(data.runs) - data.equal - data.above;
  data.beyond_ideal = std::ranges::count_if(data.runs, is_beyond);
  data.equal_share = grouped_share(each_of(data.runs, is_equal), seeds).estimate;
  data.beyond_ideal_share = grouped_share(each_of(data.runs, is_beyond), seeds).estimate;
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
    data.runs.push_back({specs[k].train, specs[k].seed, training_fraction(specs[k]),
                         records[k].accuracy, records[k].predicted_accuracy,
                         records[k].ideal_accuracy});
  }
  data.means = means_of(data.runs);
  compare_pairs(data);
  return data;
}

}  // namespace grok::toy
