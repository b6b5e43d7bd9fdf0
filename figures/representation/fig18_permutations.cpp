// Sample run:  groktheory figure fig18 --profile quick
#include "figures/representation/fig18_permutations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "compare/statistics/summary.hpp"
#include "compare/toy/paired.hpp"
#include "core/errors.hpp"
#include "figures/script.hpp"
#include "figures/study_runs.hpp"
#include "theory/threshold.hpp"

namespace grok {
namespace {

constexpr std::uint64_t theory_seed = 58;  // as `threshold` without --seed
constexpr double rounding = 1e-9;          // shares of one |D0| differ by at least 1/|D0|
constexpr const char* place = "fig18_permutations";

PermutationRun run_of(const toy::RunSpec& spec, const toy::Record& record) {
  return {.train = spec.train,
          .seed = spec.seed,
          .fraction = training_fraction(spec),
          .steps = record.steps_to_rqi,
          .complete = record.ideal_rqi == 1.0,
          .diverged = record.state == "diverged",
          .rqi = record.rqi,
          .ideal_rqi = record.ideal_rqi,
          .accuracy = record.accuracy,
          .predicted = record.predicted_accuracy,
          .ideal_accuracy = record.ideal_accuracy};
}

Estimate mean_over_seeds(const std::vector<PermutationRun>& runs, double PermutationRun::*value) {
  std::vector<double> values;
  std::vector<std::int64_t> seeds;
  for (const PermutationRun& run : runs) {
    values.push_back(run.*value);
    seeds.push_back(run.seed);
  }
  return bootstrap_number(place, seeds, figure_resamples, figure_bootstrap_seed,
                          [&](auto chosen) { return mean_of(values, chosen); })
      .estimate;
}

PermutationSize size_of(const std::vector<PermutationRun>& runs, std::int64_t budget) {
  PermutationSize size;
  size.train = runs.front().train;
  size.fraction = runs.front().fraction;
  std::vector<Waiting> waiting;
  std::vector<PermutationRun> finished;
  std::int64_t reached = 0;
  for (const PermutationRun& run : runs) {
    waiting.push_back({static_cast<double>(run.steps.value_or(budget)), run.steps.has_value()});
    if (run.steps) {
      ++reached;
      size.best_steps = std::min(*run.steps, size.best_steps.value_or(*run.steps));
    }
    if (!run.diverged) {
      finished.push_back(run);
      size.best_rqi = std::max(size.best_rqi, run.rqi);
      size.best_accuracy = std::max(size.best_accuracy, run.accuracy);
    }
  }
  size.waiting = kaplan_meier(waiting);
  size.reached = wilson(reached, std::ssize(runs));
  size.count = std::ssize(finished);
  if (!finished.empty()) {
    size.rqi = mean_over_seeds(finished, &PermutationRun::rqi);
    size.accuracy = mean_over_seeds(finished, &PermutationRun::accuracy);
    size.predicted = mean_over_seeds(finished, &PermutationRun::predicted);
    for (const PermutationRun& run : finished) {
      size.ideal_rqi += run.ideal_rqi / static_cast<double>(finished.size());
      size.ideal_accuracy += run.ideal_accuracy / static_cast<double>(finished.size());
    }
  }
  return size;
}

/// Between which two sizes the best network starts to get there; empty if none does.
std::optional<ValueRange> best_transition(const PermutationData& data,
                                          std::span<const std::size_t> chosen) {
  double first = std::numeric_limits<double>::infinity();
  for (const std::size_t k : chosen) {
    if (data.runs[k].steps) {
      first = std::min(first, data.runs[k].fraction);
    }
  }
  if (!std::isfinite(first)) {
    return std::nullopt;
  }
  double before = 0;
  for (const PermutationSize& size : data.sizes) {
    before = size.fraction < first ? std::max(before, size.fraction) : before;
  }
  return ValueRange{before, first};
}

void find_critical(PermutationData& data) {
  std::vector<double> fractions;
  std::vector<bool> reached;
  std::vector<std::int64_t> seeds;
  std::vector<std::size_t> all;
  for (const PermutationRun& run : data.runs) {
    all.push_back(all.size());
    fractions.push_back(run.fraction);
    reached.push_back(run.steps.has_value());
    seeds.push_back(run.seed);
  }
  CriticalFraction found = critical_fraction(fractions, reached, seeds);
  data.critical = std::move(found.critical);
  data.no_critical = std::move(found.none);
  const auto best = best_transition(data, all);
  if (best) {
    data.best_critical = bootstrap(
        place, (best->low + best->high) / 2, seeds, figure_resamples, figure_bootstrap_seed,
        [&data](std::span<const std::size_t> chosen) { return best_transition(data, chosen); });
  }
}

void compare_accuracies(PermutationData& data) {
  std::vector<double> accuracy, predicted;
  std::vector<bool> below;
  std::vector<std::int64_t> seeds, binding_seeds;
  for (const PermutationRun& run : data.runs) {
    if (run.diverged) {
      continue;
    }
    const double gap = run.accuracy - run.predicted;
    accuracy.push_back(run.accuracy);
    predicted.push_back(run.predicted);
    seeds.push_back(run.seed);
    if (run.accuracy < 1 - rounding) {
      below.push_back(gap < -rounding);
      binding_seeds.push_back(run.seed);
    }
    data.above += gap > rounding ? 1 : 0;
    data.equal += std::abs(gap) <= rounding ? 1 : 0;
  }
  data.compared = std::ssize(accuracy);
  data.binding = std::ssize(below);
  data.below = std::count(below.begin(), below.end(), true);
  constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
  data.below_share =
      data.binding > 0
          ? grouped_share(below, binding_seeds, figure_resamples, figure_bootstrap_seed).estimate
          : Estimate{undefined, undefined, undefined};
  if (data.compared > 0) {
    try {
      data.correlation =
          bootstrap_number(place, seeds, figure_resamples, figure_bootstrap_seed,
                           [&](auto chosen) { return pearson(accuracy, predicted, chosen); });
    } catch (const ConvergenceError&) {  // constant, in the data or in most resamples
    }
  }
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  const toy::StudyRuns runs = toy::run_figure_study(figure, context);
  PermutationData data = collect_permutations(runs.runs, runs.records);
  const Task task = task_of(runs.runs.at(0));
  const int threads = context.workers.threads;
  data.draws = theory_draws(context);
  data.both = summarise_threshold(count_complete(task, data.draws, theory_seed, threads));
  data.chain =
      summarise_threshold(count_complete(task, data.draws, theory_seed, threads, Deduction::chain));
  publish(figure, context, draw_permutations(data, command_of(figure, context)),
          report_permutations(data));
  return claims_of_permutations(data);
}

Claim critical_claim(const PermutationData& data) {
  Claim claim{
      "steps to RQI > 0.95 of the best seed fall at a critical training fraction",
      "Liu et al. 2022, App. H.2, Fig. 18(b)",
      "r_c = 0.5, 11 seeds",
      fmt::format("no network gets there in {} steps, {} networks", data.budget, data.runs.size()),
      Verdict::open,
      {}};
  if (!data.best_critical) {
    return claim;
  }
  claim.ours = fmt::format("{}, best of {} seeds", with_interval(data.best_critical->estimate),
                           data.best_critical->groups);
  claim.ours += data.critical
                    ? fmt::format("; half of the networks at {}, {} networks",
                                  with_interval(data.critical->estimate), data.critical->count)
                    : "; half of the networks: " + data.no_critical;
  claim.remark = fmt::format(
      "published budget, learning rates and sizes are unknown, and the fraction depends on them: "
      "no comparison; ours: {} steps. Resampling seeds moves the best one later only, so more "
      "seeds may come earlier. Deduction from D is complete for half of the sets from {} (the "
      "paper's rule: {})",
      data.budget, with_interval(data.both.critical_fraction),
      with_interval(data.chain.critical_fraction));
  return claim;
}

Claim bound_claim(const PermutationData& data) {
  Claim claim{"predicted accuracy is a lower bound of accuracy",
              "Liu et al. 2022, App. H.2, Fig. 18(e)",
              "all points at or above the diagonal",
              fmt::format("below it {} of the {} networks with accuracy below 1: {}; of all {}; {} "
                          "seeds",
                          data.below, data.binding, with_interval(data.below_share), data.compared,
                          data.seeds),
              Verdict::open,
              fmt::format("above {}, equal {}", data.above, data.equal)};
  if (data.binding > 0) {
    claim.verdict = data.below == 0              ? Verdict::agrees
                    : data.below_share.low > 0.5 ? Verdict::differs
                                                 : Verdict::partly;
  }
  return claim;
}

std::string outcome_line(const PermutationData& data, bool complete) {
  std::int64_t count = 0, reached = 0;
  for (const PermutationRun& run : data.runs) {
    count += run.complete == complete ? 1 : 0;
    reached += run.complete == complete && run.steps ? 1 : 0;
  }
  return fmt::format("  {} RQI > 0.95 reached by {} of {}\n",
                     complete ? "D implies all of P0 (deduction):"
                              : "not shown to:               "
                                "    ",
                     reached, count);
}

std::string critical_lines(const PermutationData& data) {
  std::string text;
  if (data.best_critical) {
    text += fmt::format("  the best seed gets there from             {}  (published: 0.5)\n",
                        with_interval(data.best_critical->estimate));
  }
  text += data.critical ? fmt::format(
                              "  half of the networks get there at         {}  (logistic; {}, {} "
                              "resamples of seeds)\n",
                              with_interval(data.critical->estimate),
                              runs_in_seeds(data.critical->count, data.critical->groups),
                              data.critical->resamples)
                        : "  half of the networks: " + data.no_critical + '\n';
  return text +
         fmt::format(
             "  all of P0 implied for half of random D    {}, the paper's rule alone {}  ({} "
             "draws per size)\n",
             with_interval(data.both.critical_fraction),
             with_interval(data.chain.critical_fraction), data.draws);
}

}  // namespace

PermutationData collect_permutations(std::span<const toy::RunSpec> specs,
                                     std::span<const toy::Record> records) {
  const char* where = "collect_permutations";
  require_in_range<std::int64_t>(where, "records", std::ssize(records), std::ssize(specs),
                                 std::ssize(specs));
  require_in_range<std::int64_t>(where, "runs", std::ssize(specs), 1, max_study_runs);
  PermutationData data;
  data.budget = specs.front().steps;
  data.samples = task_of(specs.front()).sample_count();
  std::map<Index, std::vector<PermutationRun>> sizes;
  std::set<std::int64_t> seeds;
  for (std::size_t k = 0; k < specs.size(); ++k) {
    if (specs[k].task != "permutations") {
      reject(where, "task", specs[k].task, "permutations");
    }
    require_in_range(where, "steps", specs[k].steps, data.budget, data.budget);
    data.runs.push_back(run_of(specs[k], records[k]));
    sizes[specs[k].train].push_back(data.runs.back());
    seeds.insert(specs[k].seed);
    data.diverged += data.runs.back().diverged ? 1 : 0;
  }
  data.seeds = std::ssize(seeds);
  for (const auto& [train, runs] : sizes) {
    data.sizes.push_back(size_of(runs, data.budget));
  }
  find_critical(data);
  compare_accuracies(data);
  return data;
}

std::vector<Claim> claims_of_permutations(const PermutationData& data) {
  return {critical_claim(data), bound_claim(data)};
}

std::string report_permutations(const PermutationData& data) {
  std::string text = fmt::format(
      "  {} networks ({} diverged: not there, left out of means), {} seeds, {} steps; 95% "
      "intervals "
      "by resampling seeds\n",
      data.runs.size(), data.diverged, data.seeds, data.budget);
  text += critical_lines(data) + outcome_line(data, true) + outcome_line(data, false);
  text += fmt::format(
      "  Acc below predicted Acc {} of {} with Acc < 1: {}; of all {}: above {}, equal "
      "{}; correlation {}\n",
      data.below, data.binding, with_interval(data.below_share), data.compared, data.above,
      data.equal, with_interval(data.correlation.estimate));
  text +=
      "  |D|  fraction  n    censored  best RQI  RQI                     best steps  Acc           "
      "  "
      "        predicted Acc\n";
  for (const PermutationSize& s : data.sizes) {
    text += fmt::format("  {:<4} {:<9} {:<4} {:<9} {:<9} {:<23} {:<11} {:<23} {}\n", s.train,
                        rounded(s.fraction), s.waiting.count, s.waiting.censored,
                        rounded(s.best_rqi), with_interval(s.rqi),
                        s.best_steps ? fmt::format("{}", *s.best_steps) : "not reached",
                        with_interval(s.accuracy), with_interval(s.predicted));
  }
  return text;
}

Figure fig18_permutations(std::string_view toml) {
  return {place, "Permutations against training fraction", false, toml, draw, toml};
}

}  // namespace grok
