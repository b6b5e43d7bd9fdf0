#include "compare/toy/permutation_runs.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "compare/statistics/over_seeds.hpp"
#include "compare/study/study.hpp"
#include "compare/toy/paired.hpp"
#include "core/errors.hpp"
#include "core/numbers.hpp"

namespace grok::toy {
namespace {

std::vector<PermutationRun> finished_of(std::vector<PermutationRun> runs) {
  std::erase_if(runs, std::mem_fn(&PermutationRun::diverged));
  return runs;
}

PermutationRun run_of(const RunSpec& spec, const Record& record) {
  const bool diverged = record.state == "diverged";
  const auto at_end = [diverged](double value) { return diverged ? not_a_number : value; };
  return {.train = spec.train,
          .seed = spec.seed,
          .fraction = training_fraction(spec),
          .steps = record.steps_to_rqi,
          .complete = record.ideal_rqi == 1.0,
          .diverged = diverged,
          .rqi = at_end(defined(record.rqi, "rqi")),
          .accuracy = at_end(record.accuracy),
          .predicted = at_end(defined(record.predicted_accuracy, "predicted_accuracy")),
          .ideal_rqi = defined(record.ideal_rqi, "ideal_rqi"),
          .ideal_accuracy = defined(record.ideal_accuracy, "ideal_accuracy")};
}

PermutationSize size_of(const std::vector<PermutationRun>& runs, std::int64_t budget) {
  const auto finished = finished_of(runs);
  const auto mean = [&finished](auto member) {
    return grouped_mean(each_of(finished, member), each_of(finished, &PermutationRun::seed));
  };
  const auto best = [&finished](auto member) {
    return finished.empty() ? not_a_number : std::ranges::max(each_of(finished, member));
  };
  PermutationSize size;
  size.train = runs.front().train;
  size.fraction = runs.front().fraction;
  for (const PermutationRun& run : runs) {
    if (run.steps) {
      size.best_steps = std::min(*run.steps, size.best_steps.value_or(*run.steps));
    }
  }
  size.waiting = kaplan_meier(each_of(runs, [budget](const PermutationRun& run) {
    return Waiting{static_cast<double>(run.steps.value_or(budget)), run.steps.has_value()};
  }));
  size.reached = wilson(size.waiting.count - size.waiting.censored, size.waiting.count);
  size.finished = std::ssize(finished);
  size.best_rqi = best(&PermutationRun::rqi);
  size.best_accuracy = best(&PermutationRun::accuracy);
  size.rqi = mean(&PermutationRun::rqi);
  size.accuracy = mean(&PermutationRun::accuracy);
  size.predicted = mean(&PermutationRun::predicted);
  size.ideal_rqi = mean(&PermutationRun::ideal_rqi).value;
  size.ideal_accuracy = mean(&PermutationRun::ideal_accuracy).value;
  return size;
}

/// What is of all sizes together.
void summarise(PermutationRuns& data) {
  std::vector<bool> reached;
  for (const PermutationRun& run : data.runs) {
    Reached& outcome = run.complete ? data.complete : data.incomplete;
    ++outcome.networks;
    outcome.reached += run.steps ? 1 : 0;
    data.diverged += run.diverged ? 1 : 0;
    reached.push_back(run.steps.has_value());
  }
  const auto fractions = each_of(data.runs, &PermutationRun::fraction);
  const auto seeds = each_of(data.runs, &PermutationRun::seed);
  data.seeds = std::ssize(std::set(seeds.begin(), seeds.end()));
  data.critical = critical_fraction(fractions, reached, seeds);
  data.best_critical = first_success(fractions, reached, seeds);
  const auto finished = finished_of(data.runs);
  data.bound = check_lower_bound(each_of(finished, &PermutationRun::accuracy),
                                 each_of(finished, &PermutationRun::predicted),
                                 each_of(finished, &PermutationRun::seed));
}

}  // namespace

PermutationRuns collect_permutations(std::span<const RunSpec> specs,
                                     std::span<const Record> records) {
  const char* where = "collect_permutations";
  require_in_range<std::int64_t>(where, "records", std::ssize(records), std::ssize(specs),
                                 std::ssize(specs));
  require_in_range<std::int64_t>(where, "runs", std::ssize(specs), 1, max_study_runs);
  PermutationRuns data;
  data.budget = specs.front().steps;
  std::map<Index, std::vector<PermutationRun>> sizes;
  for (std::size_t k = 0; k < specs.size(); ++k) {
    if (specs[k].task != "permutations") {
      reject(where, "task", specs[k].task, "permutations");
    }
    require_in_range(where, "steps", specs[k].steps, data.budget, data.budget);
    data.runs.push_back(run_of(specs[k], records[k]));
    sizes[specs[k].train].push_back(data.runs.back());
  }
  for (const auto& [train, runs] : sizes) {
    data.sizes.push_back(size_of(runs, data.budget));
  }
  summarise(data);
  return data;
}

}  // namespace grok::toy
