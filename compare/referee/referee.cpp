#include "compare/referee/referee.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "compare/statistics/intervals.hpp"
#include "compare/statistics/statistics.hpp"
#include "core/errors.hpp"
#include "core/numbers.hpp"
#include "core/random.hpp"

namespace grok {
namespace {

constexpr std::int64_t most_bins = 10;
constexpr std::int64_t fewest_runs = 20;  // in a bin

/// What a run says of its seeds alone: those that its identity depends on.
std::string seeds_of(const Run& run) {
  std::vector<std::string> others;
  for (const Field& field : run.model().keys()) {
    if (field.role != Role::seed) {
      others.push_back(field.key);
    }
  }
  return run.model().text(run, others);
}

/// Each text's number among the distinct ones, ascending.
std::vector<std::int64_t> numbered(const std::vector<std::string>& texts) {
  std::map<std::string, std::int64_t> numbers;
  for (const std::string& text : texts) {
    numbers[text] = 0;
  }
  std::int64_t next = 0;
  for (auto& [text, number] : numbers) {
    number = next++;
  }
  std::vector<std::int64_t> result;
  for (const std::string& text : texts) {
    result.push_back(numbers.at(text));
  }
  return result;
}

void divide(HeldOutStudy& study, std::uint64_t fold_seed) {
  std::vector<std::string> cells, seeds;
  for (const Run& run : study.runs) {
    cells.push_back(run.model().text(run, seed_keys(run.model())));
    seeds.push_back(seeds_of(run));
  }
  study.seeds = numbered(seeds);
  study.cells = numbered(cells);
  study.cell_count = study.cells.empty() ? 0 : 1 + *std::ranges::max_element(study.cells);
  if (study.cell_count < 2) {
    reject("referee", "cells", fmt::format("{}", study.cell_count),
           "2 or more: what is fitted is fitted on other cells than that of a run");
  }
  study.fold_count = std::min(default_folds, study.cell_count);
  RandomStream random(fold_seed, "referee-folds");
  const auto place = random.sample(study.cell_count, study.cell_count);
  for (const std::int64_t cell : study.cells) {
    study.folds.push_back(place[static_cast<std::size_t>(cell)] % study.fold_count);
  }
}

/// What a contestant says before anything is fitted; the null model says that all runs are alike.
using Said = std::vector<std::optional<Forecast>>;
Said said_by(const Contestant& contestant, const HeldOutStudy& study, const Forecasts& forecasts) {
  return contestant.theory ? forecasts[*contestant.theory]
                           : Said(study.runs.size(), Forecast{.score = 0.0});
}

std::optional<double> median_of(std::vector<double> values) {
  return values.empty() ? std::nullopt : std::optional(quantile(std::move(values), 0.5));
}

/// Runs that are not in a fold.
std::vector<std::size_t> training_runs(const HeldOutStudy& study, std::int64_t fold) {
  std::vector<std::size_t> runs;
  for (std::size_t r = 0; r < study.runs.size(); ++r) {
    if (study.folds[r] != fold) {
      runs.push_back(r);
    }
  }
  return runs;
}

std::optional<double> fitted_constant(const HeldOutStudy& study, const Said& said,
                                      std::span<const std::size_t> training) {
  std::vector<double> ratios;
  for (const std::size_t r : training) {
    const std::optional<double> forecast = said[r] ? said[r]->steps : std::nullopt;
    const auto& measured = study.observed[r].steps;
    if (forecast && measured && std::isfinite(*forecast) && *forecast > 0 && *measured > 0) {
      ratios.push_back(*measured / *forecast);
    }
  }
  return median_of(std::move(ratios));
}

/// Steps times the constant; a theory of steps without one (nothing to fit it on) says nothing.
void scale(std::optional<Forecast>& forecast, const std::optional<double>& constant) {
  if (!forecast || !forecast->steps) {
    return;
  }
  if (constant) {
    *forecast->steps *= *constant;
  } else {
    forecast.reset();
  }
}

std::vector<HeldOut> as_held_out(const Said& said, const HeldOutStudy& study) {
  std::vector<HeldOut> result(said.size());
  for (std::size_t r = 0; r < said.size(); ++r) {
    if (said[r]) {
      result[r] = {
          score_of(*said[r], budget_of(study.runs[r])), {}, said[r]->steps, said[r]->accuracy};
    }
  }
  return result;
}

struct NullModel {
  std::optional<double> steps, accuracy;
};

NullModel null_model(const HeldOutStudy& study, std::span<const std::size_t> training) {
  std::vector<double> steps;
  double accuracy = 0;
  for (const std::size_t r : training) {
    accuracy += study.observed[r].accuracy / static_cast<double>(training.size());
    if (study.observed[r].steps) {
      steps.push_back(*study.observed[r].steps);
    }
  }
  return {median_of(std::move(steps)), accuracy};
}

ScoreBins score_bins(const HeldOutStudy& study, const std::vector<HeldOut>& forecasts,
                     std::span<const std::size_t> training) {
  std::vector<double> scores;
  std::vector<bool> happened;
  for (const std::size_t r : training) {
    if (forecasts[r].score) {
      scores.push_back(*forecasts[r].score);
      happened.push_back(study.observed[r].steps.has_value());
    }
  }
  return {scores, happened};
}

/// Fills in what contestant c says of the runs of one fold; only outcomes of other folds are read.
void forecast_fold(HeldOutStudy& study, std::size_t c, Said said, std::int64_t fold) {
  const Contestant& contestant = study.contestants[c];
  const auto training = training_runs(study, fold);
  if (contestant.fitted) {
    const auto constant = fitted_constant(study, said, training);
    study.constants[c][static_cast<std::size_t>(fold)] = constant;
    for (auto& forecast : said) {
      scale(forecast, constant);
    }
  }
  const auto forecasts = as_held_out(said, study);
  const NullModel null = contestant.theory ? NullModel{} : null_model(study, training);
  const ScoreBins bins = score_bins(study, forecasts, training);
  for (std::size_t r = 0; r < forecasts.size(); ++r) {
    if (study.folds[r] != fold) {
      continue;
    }
    HeldOut& result = study.forecasts[c][r];
    result = forecasts[r];
    if (!contestant.theory) {
      result.steps = null.steps;
      result.accuracy = null.accuracy;
    }
    if (result.score) {
      result.probability = bins.probability(*result.score);
    }
  }
}

void require_sizes(std::span<const Theory> theories, std::span<const Run> runs,
                   std::span<const Outcome> outcomes, const Forecasts& forecasts) {
  require_equal_lengths("referee: outcomes of runs", runs.size(), outcomes.size());
  require_equal_lengths("referee: forecasts of theories", theories.size(), forecasts.size());
  for (const auto& of_theory : forecasts) {
    require_equal_lengths("referee: forecasts of runs", runs.size(), of_theory.size());
  }
}

}  // namespace

Observed observe(const Run& run, const Outcome& outcome, const Event& event) {
  const std::int64_t budget = budget_of(run);
  Observed observed;
  observed.steps = number_in(outcome[key_of(event)]);
  observed.budget = static_cast<double>(budget);
  observed.accuracy = number_in(outcome[Role::accuracy]).value_or(not_a_number);
  observed.diverged = text_of(outcome[Role::state]) == "diverged";
  const double done = number_in(outcome[Role::steps]).value_or(observed.budget);
  if (!observed.steps && !observed.diverged && done < observed.budget) {
    const Field* stop = find_field(run.model().keys(), "stop");
    reject("referee", "stop",
           stop == nullptr ? "none" : fmt::format("\"{}\"", text_of(run["stop"])),
           fmt::format("one that waits for the event {}: a run ended at step {} without it", event,
                       done));
  }
  return observed;
}

std::vector<Contestant> contestants(std::span<const Theory> theories) {
  std::vector<Contestant> result = {
      {"null",
       "null model",
       "no theory",
       "all runs are alike: base rate, median steps and mean accuracy of the training cells",
       {},
       false}};
  for (std::size_t t = 0; t < theories.size(); ++t) {
    const Theory& theory = theories[t];
    if (theory.as_it_is) {
      result.push_back({theory.key, theory.name, theory.source, theory.what, t, false});
    }
    if (theory.fitted) {
      result.push_back({theory.key + "_fitted", theory.name + ", times a constant", theory.source,
                        theory.what, t, true});
    }
  }
  return result;
}

HeldOutStudy hold_out(std::span<const Theory> theories, std::span<const Run> runs,
                      std::span<const Outcome> outcomes, const Forecasts& forecasts,
                      const Event& event, std::uint64_t fold_seed) {
  require_sizes(theories, runs, outcomes, forecasts);
  HeldOutStudy study;
  study.event = event;
  study.runs.assign(runs.begin(), runs.end());
  for (std::size_t r = 0; r < runs.size(); ++r) {
    study.observed.push_back(observe(runs[r], outcomes[r], event));
  }
  divide(study, fold_seed);
  study.contestants = contestants(theories);
  const auto folds = static_cast<std::size_t>(study.fold_count);
  for (std::size_t c = 0; c < study.contestants.size(); ++c) {
    study.forecasts.emplace_back(runs.size());
    study.constants.emplace_back(study.contestants[c].fitted ? folds : 0);
    const Said said = said_by(study.contestants[c], study, forecasts);
    for (std::int64_t fold = 0; fold < study.fold_count; ++fold) {
      forecast_fold(study, c, said, fold);
    }
  }
  return study;
}

double ScoreBins::Count::share() const {
  return static_cast<double>(there + 1) / static_cast<double>(runs + 2);
}

std::size_t ScoreBins::bin_of(double score) const {
  return score == -never ? 0
                         : static_cast<std::size_t>(
                               1 + (std::ranges::upper_bound(edges_, score) - edges_.begin()));
}

ScoreBins::ScoreBins(std::span<const double> scores, const std::vector<bool>& happened) {
  require_equal_lengths("ScoreBins", scores.size(), happened.size());
  std::vector<double> sorted;
  for (const double score : scores) {
    require_in_range("ScoreBins", "score", score, -never, never);
    if (score != -never) {
      sorted.push_back(score);
    }
  }
  std::ranges::sort(sorted);
  const std::int64_t count = std::ssize(sorted), bins = std::min(most_bins, count / fewest_runs);
  for (std::int64_t b = 1; b < bins; ++b) {
    const double edge = sorted[static_cast<std::size_t>(b * count / bins)];
    if (edge > sorted.front() && (edges_.empty() || edge > edges_.back())) {
      edges_.push_back(edge);
    }
  }
  bins_.resize(edges_.size() + 2);
  for (std::size_t k = 0; k < scores.size(); ++k) {
    Count& bin = bins_[bin_of(scores[k])];
    ++bin.runs;
    bin.there += happened[k] ? 1 : 0;
  }
}

double ScoreBins::probability(double score) const { return bins_[bin_of(score)].share(); }

}  // namespace grok
