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

std::int64_t count_of(const std::vector<std::int64_t>& numbers, const std::string& what) {
  const std::int64_t count = numbers.empty() ? 0 : 1 + *std::ranges::max_element(numbers);
  if (count < 2) {
    reject("referee", what, fmt::format("{}", count),
           "2 or more: what is fitted is fitted on other " + what + " than that of a run");
  }
  return count;
}

/// The fold of each run, from the number (0 .. count - 1) of its cell or seed.
std::vector<std::int64_t> folds_of(const std::vector<std::int64_t>& numbers, std::int64_t count,
                                   std::int64_t folds, std::uint64_t seed, const char* stream) {
  RandomStream random(seed, stream);
  const auto place = random.sample(count, count);
  std::vector<std::int64_t> result;
  for (const std::int64_t number : numbers) {
    result.push_back(place[static_cast<std::size_t>(number)] % folds);
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
  study.cell_count = count_of(study.cells, "cells");
  const std::int64_t seed_count = count_of(study.seeds, "seeds");
  study.cell_fold_count = std::min(default_folds, study.cell_count);
  study.seed_fold_count = std::min(default_folds, seed_count);
  study.cell_folds =
      folds_of(study.cells, study.cell_count, study.cell_fold_count, fold_seed, "referee-folds");
  study.seed_folds =
      folds_of(study.seeds, seed_count, study.seed_fold_count, fold_seed, "referee-seed-folds");
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

/// Runs whose cell and seed are both in other folds than those of a block.
std::vector<std::size_t> training_runs(const HeldOutStudy& study, std::int64_t block) {
  const std::int64_t cells = block / study.seed_fold_count, seeds = block % study.seed_fold_count;
  std::vector<std::size_t> runs;
  for (std::size_t r = 0; r < study.runs.size(); ++r) {
    if (study.cell_folds[r] != cells && study.seed_folds[r] != seeds) {
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
void scale(HeldOut& forecast, const std::optional<double>& constant) {
  if (!forecast.steps) {
    return;
  }
  if (constant) {
    *forecast.steps *= *constant;
  } else {
    forecast = {};
  }
}

std::vector<HeldOut> as_held_out(const Said& said, const HeldOutStudy& study) {
  std::vector<HeldOut> result(said.size());
  for (std::size_t r = 0; r < said.size(); ++r) {
    if (said[r]) {
      result[r] = {score_of(*said[r], budget_of(study.runs[r])),
                   {},
                   said[r]->steps,
                   said[r]->steps,
                   said[r]->accuracy};
    }
  }
  return result;
}

/// What happened in some runs, taken together.
struct Together {
  std::int64_t runs = 0, there = 0;
  std::optional<double> steps, accuracy;  // median of those there; mean of all
};

Together together(const HeldOutStudy& study, std::span<const std::size_t> runs) {
  std::vector<double> steps;
  double accuracy = 0;
  for (const std::size_t r : runs) {
    accuracy += study.observed[r].accuracy / static_cast<double>(runs.size());
    if (study.observed[r].steps) {
      steps.push_back(*study.observed[r].steps);
    }
  }
  Together result;
  result.runs = std::ssize(runs);
  result.there = std::ssize(steps);
  result.steps = median_of(std::move(steps));
  result.accuracy = runs.empty() ? std::nullopt : std::optional(accuracy);
  return result;
}

/// (k + 1)/(n + 2).
double laplace(std::int64_t runs, std::int64_t there) {
  return static_cast<double>(there + 1) / static_cast<double>(runs + 2);
}

/// What the other seeds of a run's cell say; nothing where there are none.
HeldOut same_cell(const HeldOutStudy& study, std::size_t run) {
  std::vector<std::size_t> others;
  for (std::size_t r = 0; r < study.runs.size(); ++r) {
    if (study.cells[r] == study.cells[run] && study.seeds[r] != study.seeds[run]) {
      others.push_back(r);
    }
  }
  if (others.empty()) {
    return {};
  }
  const Together cell = together(study, others);
  const double share = laplace(cell.runs, cell.there), steps = cell.steps.value_or(never);
  return {share, share, steps, steps, cell.accuracy};
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

/// Fills in what a theory or the null model says of the runs of one block; only outcomes of its
/// training runs are read.
void forecast_block(HeldOutStudy& study, std::size_t c, const Said& said, std::int64_t block) {
  const Contestant& contestant = study.contestants[c];
  const auto training = training_runs(study, block);
  auto forecasts = as_held_out(said, study);
  if (contestant.fitted) {
    const auto constant = fitted_constant(study, said, training);
    study.constants[c][static_cast<std::size_t>(block)] = constant;
    for (HeldOut& forecast : forecasts) {
      scale(forecast, constant);
    }
  }
  const Together null =
      contestant.kind == Contestant::Kind::null_model ? together(study, training) : Together{};
  const ScoreBins bins = score_bins(study, forecasts, training);
  for (std::size_t r = 0; r < forecasts.size(); ++r) {
    if (study.block(r) != block) {
      continue;
    }
    HeldOut& result = study.forecasts[c][r];
    result = forecasts[r];
    if (contestant.kind == Contestant::Kind::null_model) {
      result.steps = result.unscaled = null.steps;
      result.accuracy = null.accuracy;
    }
    if (result.score) {
      result.probability = bins.probability(*result.score);
    }
  }
}

/// Mean wall time of the runs whose outcome has one.
std::optional<double> mean_seconds(std::span<const Outcome> outcomes) {
  double seconds = 0;
  std::int64_t count = 0;
  for (const Outcome& outcome : outcomes) {
    const double one = number_in(outcome[Role::wall_time]).value_or(0);
    seconds += one;
    count += one > 0 ? 1 : 0;
  }
  return count > 0 ? std::optional(seconds / static_cast<double>(count)) : std::nullopt;
}

void require_sizes(std::span<const Theory> theories, std::span<const Run> runs,
                   std::span<const Outcome> outcomes, const Forecasts& forecasts) {
  require_equal_lengths("referee: outcomes of runs", runs.size(), outcomes.size());
  require_equal_lengths("referee: forecasts of theories", theories.size(), forecasts.size());
  for (const auto& of_theory : forecasts.of) {
    require_equal_lengths("referee: forecasts of runs", runs.size(), of_theory.size());
  }
}

}  // namespace

Observed observe(const Run& run, const Outcome& outcome, const Event& event) {
  const std::int64_t budget = budget_of(run);
  Observed observed;
  observed.steps = number_in(outcome[key_of(run.model(), event)]);
  observed.budget = static_cast<double>(budget);
  observed.accuracy = number_in(outcome[Role::accuracy]).value_or(not_a_number);
  observed.diverged = text_of(outcome[Role::state]) == "diverged";
  const double done = number_in(outcome[Role::steps]).value_or(observed.budget);
  const bool early = !observed.diverged && done < observed.budget;
  observed.cut_off = early && std::ranges::any_of(events_of(run.model()), [&](const Event& other) {
                       return !number_in(outcome[key_of(run.model(), other)]);
                     });
  if (!observed.steps && early) {
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
      {"null", "null model", "no theory",
       "all runs are alike: base rate, median steps and mean accuracy of the training runs",
       Contestant::Kind::null_model},
      {"cell", "same cell, other seeds", "no theory",
       "a run is as those with the same settings and other seeds: the share of them that got "
       "there, the median steps of those that did (never: none), their mean accuracy",
       Contestant::Kind::same_cell}};
  for (std::size_t t = 0; t < theories.size(); ++t) {
    const Theory& theory = theories[t];
    if (theory.as_it_is) {
      result.push_back({theory.key, theory.name, theory.source, theory.what,
                        Contestant::Kind::theory, t, false, theory.horizon});
    }
    if (theory.fitted) {
      result.push_back({theory.key + "_fitted", theory.name + times_a_constant, theory.source,
                        theory.what, Contestant::Kind::theory, t, true, theory.horizon});
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
    study.cut_off += study.observed[r].cut_off ? 1 : 0;
  }
  for (Observed& observed : study.observed) {
    observed.accuracy = study.cut_off > 0 ? not_a_number : observed.accuracy;
  }
  study.training_seconds = mean_seconds(outcomes);
  divide(study, fold_seed);
  study.contestants = contestants(theories);
  const auto blocks = static_cast<std::size_t>(study.block_count());
  for (std::size_t c = 0; c < study.contestants.size(); ++c) {
    const Contestant& contestant = study.contestants[c];
    study.forecasts.emplace_back(runs.size());
    study.constants.emplace_back(contestant.fitted ? blocks : 0);
    if (contestant.kind == Contestant::Kind::same_cell) {
      for (std::size_t r = 0; r < runs.size(); ++r) {
        study.forecasts[c][r] = same_cell(study, r);
      }
      continue;
    }
    const Said said = said_by(contestant, study, forecasts);
    for (std::int64_t block = 0; block < study.block_count(); ++block) {
      forecast_block(study, c, said, block);
    }
  }
  return study;
}

double ScoreBins::Count::share() const { return laplace(runs, there); }

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
