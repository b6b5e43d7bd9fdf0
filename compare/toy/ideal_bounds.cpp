#include "compare/toy/ideal_bounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "compare/statistics/over_seeds.hpp"
#include "compare/study/study.hpp"
#include "compare/toy/paired.hpp"
#include "core/errors.hpp"
#include "nets/toy/initial_state.hpp"
#include "theory/representation.hpp"
#include "theory/structure.hpp"

namespace grok::toy {
namespace {

std::vector<IdealMean> means_of(std::span<const IdealRun> runs) {
  std::map<Index, std::vector<IdealRun>> sizes;
  for (const IdealRun& run : runs) {
    sizes[run.train].push_back(run);
  }
  std::vector<IdealMean> means;
  for (const auto& [train, group] : sizes) {
    const auto mean = [&group = group](double IdealRun::*member) {
      return mean_over_seeds(each_of(group, member), each_of(group, &IdealRun::seed)).estimate;
    };
    means.push_back({train, group.front().fraction, std::ssize(group), mean(&IdealRun::rqi),
                     mean(&IdealRun::ideal_rqi), mean(&IdealRun::accuracy),
                     mean(&IdealRun::ideal_accuracy)});
  }
  return means;
}

Bound bound_of(const std::string& name, std::span<const IdealRun> runs, double IdealRun::*value,
               double IdealRun::*ideal, std::int64_t units) {
  Bound bound{
      name, units,
      count_exceeded(each_of(runs, value), each_of(runs, ideal), each_of(runs, &IdealRun::seed)),
      0};
  for (const IdealRun& run : runs) {
    const bool broken = run.*value > run.*ideal + bound_rounding;
    bound.largest_train = std::max(bound.largest_train, broken ? run.train : 0);
  }
  return bound;
}

/// RQI of the embeddings that the networks start from, each once.
BootstrapInterval rqi_before_training(std::span<const RunSpec> specs,
                                      std::span<const Parallelogram> P0) {
  std::map<std::int64_t, double> starts;  // by the seed they come from
  for (const RunSpec& spec : specs) {
    const auto [start, is_new] = starts.try_emplace(spec.init_seed.value_or(spec.seed));
    if (is_new) {
      start->second = rqi(draw_initial_state(spec).embeddings, P0, *spec.rqi_tolerance);
    }
  }
  return mean_over_seeds(each_of(starts, [](const auto& start) { return start.second; }),
                         each_of(starts, [](const auto& start) { return start.first; }));
}

}  // namespace

IdealBounds collect_ideal(std::span<const RunSpec> specs, std::span<const Record> records) {
  require_in_range<std::int64_t>("collect_ideal", "records", std::ssize(records), std::ssize(specs),
                                 std::ssize(specs));
  require_in_range<std::int64_t>("collect_ideal", "runs", std::ssize(specs), 1, max_study_runs);
  IdealBounds data;
  const Task task = task_of(specs.front());
  require_combination("collect_ideal", task, Combination::sum);
  data.task = task.name();
  data.symbols = task.symbols();
  data.samples = task.sample_count();
  for (std::size_t k = 0; k < specs.size(); ++k) {
    if (specs[k].task != data.task || specs[k].symbols != data.symbols) {
      reject("collect_ideal", "task",
             fmt::format("{}, {} symbols", specs[k].task, specs[k].symbols),
             fmt::format("one task in every run ({}, {} symbols)", data.task, data.symbols));
    }
    if (records[k].state == "diverged") {
      ++data.diverged;
      continue;
    }
    data.runs.push_back({specs[k].train, specs[k].seed, training_fraction(specs[k]),
                         defined(records[k].rqi, "rqi"), defined(records[k].ideal_rqi, "ideal_rqi"),
                         records[k].accuracy,
                         defined(records[k].predicted_accuracy, "predicted_accuracy"),
                         defined(records[k].ideal_accuracy, "ideal_accuracy")});
  }
  const auto seeds = each_of(data.runs, &IdealRun::seed);
  data.seeds = std::ssize(std::set(seeds.begin(), seeds.end()));
  data.means = means_of(data.runs);
  const auto P0 = list_parallelograms(group_by_output(task));
  data.untrained = rqi_before_training(specs, P0);
  data.bounds = {
      bound_of("RQI", data.runs, &IdealRun::rqi, &IdealRun::ideal_rqi, std::ssize(P0)),
      bound_of("Acc", data.runs, &IdealRun::accuracy, &IdealRun::ideal_accuracy, data.samples),
      bound_of("predicted Acc", data.runs, &IdealRun::predicted, &IdealRun::ideal_accuracy,
               data.samples)};
  return data;
}

}  // namespace grok::toy
