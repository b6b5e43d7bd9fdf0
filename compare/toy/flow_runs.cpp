#include "compare/toy/flow_runs.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "compare/referee/forecast.hpp"
#include "compare/referee/forecast_scores.hpp"
#include "compare/statistics/summary.hpp"
#include "core/errors.hpp"
#include "core/parallel.hpp"
#include "core/progress.hpp"

namespace grok::toy {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

std::optional<double> flow_of(const FlowRun& run) {
  return run.flow.steps ? std::optional(static_cast<double>(*run.flow.steps)) : std::nullopt;
}

bool in_budget(const FlowRun& run) { return run.flow.steps && *run.flow.steps <= run.spec.steps; }

RatedSteps point_of(const FlowRun& run, double steps) {
  return {run.spec.representation_rate, run.spec.decoder_rate, steps,
          1'000'000 * run.spec.train + run.spec.seed, run.spec.seed};
}

/// Of networks that got there: who was told stuck is outside, as in the league.
FactorShare share_within(double limit, std::span<const double> factors, Groups seeds) {
  FactorShare share{limit, 0, 0, 0, {unknown, 0, 1}};
  std::vector<bool> inside;
  for (const double factor : factors) {
    inside.push_back(factor <= limit);
    ++(inside.back() ? share.inside : share.outside);
  }
  if (!inside.empty()) {
    share.share = grouped_share(inside, seeds).estimate;
  }
  return share;
}

}  // namespace

std::vector<FlowRun> follow_runs(std::span<const RunSpec> runs, Index modes, int threads,
                                 const std::string& label) {
  std::vector<FlowRun> followed(runs.size());
  Progress progress(label, std::ssize(runs));
  parallel_for(std::ssize(runs), threads, [&](std::int64_t k) {
    const auto at = static_cast<std::size_t>(k);
    const RunSpec& spec = runs[at];
    followed[at] = {spec, {}, mode_flow_of(spec, draw_initial_state(spec), modes)};
    progress.advance();
  });
  return followed;
}

std::vector<FlowRun> follow_runs(std::span<const RunSpec> runs, std::span<const Record> records,
                                 Index modes, int threads, const std::string& label) {
  require_equal_lengths("follow_runs", runs.size(), records.size());
  std::vector<FlowRun> followed = follow_runs(runs, modes, threads, label);
  for (std::size_t k = 0; k < runs.size(); ++k) {
    if (const auto steps = records[k].steps_to_rqi) {
      followed[k].measured = static_cast<double>(*steps);
    }
  }
  return followed;
}

std::vector<RunSpec> other_seeds(std::span<const RunSpec> runs, std::int64_t shift) {
  std::vector<RunSpec> others;
  for (RunSpec run : runs) {
    run.seed += shift;
    for (auto* stream : {&run.split_seed, &run.label_seed, &run.init_seed, &run.batch_seed}) {
      *stream = *stream ? std::optional(**stream + shift) : std::nullopt;
    }
    others.push_back(resolve(run, "other_seeds"));
  }
  return others;
}

std::vector<std::size_t> of_first_seeds(std::span<const RunSpec> runs, std::int64_t count) {
  std::set<std::int64_t> seeds;
  for (const RunSpec& run : runs) {
    seeds.insert(run.seed);
  }
  while (std::ssize(seeds) > count) {
    seeds.erase(std::prev(seeds.end()));
  }
  std::vector<std::size_t> chosen;
  for (std::size_t k = 0; k < runs.size(); ++k) {
    if (seeds.contains(runs[k].seed)) {
      chosen.push_back(k);
    }
  }
  return chosen;
}

std::vector<RatedSteps> measured_steps(std::span<const FlowRun> runs) {
  std::vector<RatedSteps> points;
  for (const FlowRun& run : runs) {
    if (run.measured && *run.measured > 0) {
      points.push_back(point_of(run, *run.measured));
    }
  }
  return points;
}

std::vector<RatedSteps> flow_steps(std::span<const FlowRun> runs, bool beside) {
  std::vector<RatedSteps> points;
  for (const FlowRun& run : runs) {
    if (in_budget(run) && *run.flow.steps > 0 && (!beside || run.measured)) {
      points.push_back(point_of(run, *flow_of(run)));
    }
  }
  return points;
}

FlowScore score_flow(std::span<const FlowRun> runs) {
  FlowScore score;
  std::vector<bool> right;
  std::vector<std::int64_t> seeds, there_seeds, ratio_seeds;
  std::vector<double> ratios, factors;
  for (const FlowRun& run : runs) {
    const bool there = run.measured.has_value();
    right.push_back(there == in_budget(run));
    seeds.push_back(run.spec.seed);
    score.there += there ? 1 : 0;
    score.there_of_both += there && in_budget(run) ? 1 : 0;
    if (there) {
      factors.push_back(step_factor(flow_of(run).value_or(never), *run.measured));
      there_seeds.push_back(run.spec.seed);
    }
    if (there && run.flow.steps && *run.measured > 0 && *run.flow.steps > 0) {
      ratios.push_back(*run.measured / *flow_of(run));
      ratio_seeds.push_back(run.spec.seed);
    }
  }
  score.count = std::ssize(runs);
  score.seeds = std::ssize(std::set<std::int64_t>(seeds.begin(), seeds.end()));
  score.outcomes_right = std::count(right.begin(), right.end(), true);
  score.ratios = std::ssize(ratios);
  score.outcome = score.ratio = {unknown, unknown, unknown};
  if (runs.empty()) {
    return score;
  }
  score.outcome = grouped_share(right, seeds).estimate;
  score.within_1_25 = share_within(1.25, factors, there_seeds);
  score.within_1_5 = share_within(1.5, factors, there_seeds);
  if (!ratios.empty()) {
    score.ratio =
        bootstrap_number("score_flow", ratio_seeds, figure_resamples, figure_bootstrap_seed,
                         [&](std::span<const std::size_t> chosen) {
                           std::vector<double> drawn;
                           for (const std::size_t k : chosen) {
                             drawn.push_back(ratios[k]);
                           }
                           return quantile(std::move(drawn), 0.5);
                         })
            .estimate;
  }
  return score;
}

}  // namespace grok::toy
