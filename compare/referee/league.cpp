#include "compare/referee/league.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/errors.hpp"
#include "core/numbers.hpp"
#include "core/parallel.hpp"
#include "core/progress.hpp"

namespace grok {
namespace {

constexpr Estimate no_estimate = {not_a_number, not_a_number, not_a_number};

/// Some runs of a study, and their seeds.
struct Chosen {
  std::vector<std::size_t> runs;
  std::vector<std::int64_t> seeds;
};

bool positive(double steps) { return std::isfinite(steps) && steps > 0; }

/// Whether the measure says something of this run of this contestant. The null model has no ranks:
/// that its medians differ between folds says nothing of the runs.
bool covers(const HeldOutStudy& study, Measure measure, std::size_t contestant, std::size_t run) {
  const HeldOut& forecast = study.forecasts[contestant][run];
  const auto& measured = study.observed[run].steps;
  const bool theory = study.contestants[contestant].theory.has_value();
  switch (measure) {
    case Measure::log_score:
    case Measure::brier:
    case Measure::roc_area:
      return forecast.probability.has_value();
    case Measure::median_factor:
    case Measure::median_ratio:
    case Measure::within_1_25:
    case Measure::within_1_5:
    case Measure::within_2:
      return forecast.steps && measured;
    case Measure::slope:
    case Measure::rank:
      return theory && forecast.steps && measured && positive(*forecast.steps) &&
             positive(*measured);
    case Measure::concordance:
      return forecast.steps.has_value();
    case Measure::accuracy_error:
      return forecast.accuracy.has_value();
    case Measure::accuracy_rank:
      return theory && forecast.accuracy.has_value();
  }
  throw Error("covers: no such measure");
}

Chosen chosen_runs(const HeldOutStudy& study, Measure measure,
                   std::initializer_list<std::size_t> contestants) {
  Chosen chosen;
  for (std::size_t r = 0; r < study.runs.size(); ++r) {
    if (std::ranges::all_of(contestants,
                            [&](std::size_t c) { return covers(study, measure, c, r); })) {
      chosen.runs.push_back(r);
      chosen.seeds.push_back(study.seeds[r]);
    }
  }
  return chosen;
}

/// One number per chosen run, by `value(observed, forecast)`.
template <class Value>
std::vector<double> column(const HeldOutStudy& study, std::size_t contestant, const Chosen& chosen,
                           Value&& value) {
  std::vector<double> result;
  for (const std::size_t r : chosen.runs) {
    result.push_back(value(study.observed[r], study.forecasts[contestant][r]));
  }
  return result;
}

std::vector<bool> happened(const HeldOutStudy& study, const Chosen& chosen) {
  std::vector<bool> result;
  for (const std::size_t r : chosen.runs) {
    result.push_back(study.observed[r].steps.has_value());
  }
  return result;
}

double ratio_of(double measured, double forecast) {
  return measured == forecast ? 1 : measured / forecast;  // two zeros agree
}

double factor_limit(Measure measure) {
  return measure == Measure::within_1_25 ? 1.25 : measure == Measure::within_1_5 ? 1.5 : 2;
}

SeedStatistic share_within(const HeldOutStudy& study, double limit, std::size_t contestant,
                           const Chosen& chosen) {
  const auto inside = column(study, contestant, chosen, [&](const Observed& o, const HeldOut& f) {
    return step_factor(*f.steps, *o.steps) <= limit * (1 + 1e-12) ? 1.0 : 0.0;
  });
  return mean_statistic(inside, chosen.seeds);
}

SeedStatistic concordance_of(const HeldOutStudy& study, std::size_t contestant,
                             const Chosen& chosen) {
  std::vector<Waiting> measured;
  for (const std::size_t r : chosen.runs) {
    const Observed& observed = study.observed[r];
    measured.push_back({observed.steps.value_or(observed.budget), observed.steps.has_value()});
  }
  const bool theory = study.contestants[contestant].theory.has_value();
  const auto steps = column(study, contestant, chosen, [&](const Observed&, const HeldOut& f) {
    return theory ? *f.steps : 0;  // the null model: all alike
  });
  return concordance_statistic(steps, measured, chosen.seeds);
}

/// The statistic of a measure over chosen runs (not empty); empty for slope and ranks, whose
/// intervals compare/statistics/statistics.hpp has.
SeedStatistic statistic_of(const HeldOutStudy& study, Measure measure, std::size_t contestant,
                           const Chosen& chosen) {
  const auto values = [&](auto&& value) { return column(study, contestant, chosen, value); };
  switch (measure) {
    case Measure::log_score:
      return mean_statistic(values([](const Observed& o, const HeldOut& f) {
                              return log_score(*f.probability, o.steps.has_value());
                            }),
                            chosen.seeds);
    case Measure::brier:
      return mean_statistic(values([](const Observed& o, const HeldOut& f) {
                              return brier(*f.probability, o.steps.has_value());
                            }),
                            chosen.seeds);
    case Measure::roc_area:
      return roc_statistic(values([](const Observed&, const HeldOut& f) { return *f.score; }),
                           happened(study, chosen), chosen.seeds);
    case Measure::median_factor:
      return median_statistic(values([](const Observed& o, const HeldOut& f) {
                                return step_factor(*f.steps, *o.steps);
                              }),
                              chosen.seeds);
    case Measure::median_ratio:
      return median_statistic(
          values([](const Observed& o, const HeldOut& f) { return ratio_of(*o.steps, *f.steps); }),
          chosen.seeds);
    case Measure::within_1_25:
    case Measure::within_1_5:
    case Measure::within_2:
      return share_within(study, factor_limit(measure), contestant, chosen);
    case Measure::concordance:
      return concordance_of(study, contestant, chosen);
    case Measure::accuracy_error:
      return mean_statistic(values([](const Observed& o, const HeldOut& f) {
                              return std::abs(*f.accuracy - o.accuracy);
                            }),
                            chosen.seeds);
    case Measure::slope:
    case Measure::rank:
    case Measure::accuracy_rank:
      return {};
  }
  throw Error("statistic_of: no such measure");
}

/// Slope and ranks of forecast and measured values; none where they do not exist.
Estimate relation_of(const HeldOutStudy& study, Measure measure, std::size_t contestant,
                     const Chosen& chosen) {
  const bool steps = measure != Measure::accuracy_rank;
  const auto forecast = column(study, contestant, chosen, [&](const Observed&, const HeldOut& f) {
    return steps ? *f.steps : *f.accuracy;
  });
  const auto measured = column(study, contestant, chosen, [&](const Observed& o, const HeldOut&) {
    return steps ? *o.steps : o.accuracy;
  });
  if (chosen.runs.size() < 3) {
    return no_estimate;
  }
  try {
    const auto relation = measure == Measure::slope ? log_log_slope : spearman;
    return relation(forecast, measured, chosen.seeds, score_resamples, score_seed).estimate;
  } catch (const ConvergenceError&) {  // all forecasts alike
    return no_estimate;
  }
}

Score counted(const HeldOutStudy& study, const Chosen& chosen) {
  Score score{no_estimate, std::ssize(chosen.runs), 0};
  const auto there = happened(study, chosen);
  score.censored = std::ranges::count(there, false);
  return score;
}

Score score_of(const HeldOutStudy& study, Measure measure, std::size_t contestant) {
  const Chosen chosen = chosen_runs(study, measure, {contestant});
  Score score = counted(study, chosen);
  if (chosen.runs.empty()) {
    return score;
  }
  const SeedStatistic statistic = statistic_of(study, measure, contestant, chosen);
  score.estimate = statistic ? with_seeds(statistic, chosen.seeds)
                             : relation_of(study, measure, contestant, chosen);
  return score;
}

Score difference_of(const HeldOutStudy& study, Measure measure, std::size_t a, std::size_t b) {
  const Chosen chosen = chosen_runs(study, measure, {a, b});
  Score score = counted(study, chosen);
  if (!chosen.runs.empty()) {
    score.estimate = with_seeds(difference(statistic_of(study, measure, a, chosen),
                                           statistic_of(study, measure, b, chosen)),
                                chosen.seeds);
  }
  return score;
}

void score_contestant(const HeldOutStudy& study, std::size_t contestant, Standing& standing) {
  for (const MeasureInfo& info : measures()) {
    standing.scores.push_back(score_of(study, info.measure, contestant));
  }
  const Chosen chosen = chosen_runs(study, Measure::log_score, {contestant});
  standing.calibration =
      calibration(column(study, contestant, chosen,
                         [](const Observed&, const HeldOut& f) { return *f.probability; }),
                  happened(study, chosen), chosen.seeds);
  for (std::size_t r = 0; r < study.runs.size(); ++r) {
    if (study.forecasts[contestant][r].steps == never) {
      ++standing.forecast_never;
      standing.never_yet_there += study.observed[r].steps ? 1 : 0;
    }
  }
}

/// Of those scored on as many runs as the null model is: who says little must not win by it.
std::optional<std::size_t> best_of(const League& league, const MeasureInfo& info) {
  const std::int64_t runs = league.standings.front().score(info.measure).count;
  for (const std::size_t c : ranking(league, info.measure)) {
    if (info.compared && league.standings[c].score(info.measure).count == runs) {
      return c;
    }
  }
  return {};
}

void compare_contestant(const League& league, std::size_t contestant, Standing& standing) {
  for (std::size_t m = 0; m < measures().size(); ++m) {
    const MeasureInfo& info = measures()[m];
    const auto minus = [&](std::optional<std::size_t> other) {
      return info.compared && other && *other != contestant
                 ? difference_of(league.study, info.measure, contestant, *other)
                 : Score{no_estimate, 0, 0};
    };
    standing.to_null.push_back(minus(0));
    standing.to_best.push_back(minus(league.best[m]));
  }
}

}  // namespace

std::span<const MeasureInfo> measures() {
  static constexpr MeasureInfo all[] = {
      {Measure::log_score, "log_score", "log score", true, true},
      {Measure::brier, "brier", "Brier score", true, true},
      {Measure::roc_area, "roc_area", "ROC area", false, true},
      {Measure::median_factor, "median_factor", "median factor", true, true},
      {Measure::median_ratio, "median_ratio", "median measured/forecast", false, false},
      {Measure::within_1_25, "within_1.25", "within 1.25", false, false},
      {Measure::within_1_5, "within_1.5", "within 1.5", false, true},
      {Measure::within_2, "within_2", "within 2", false, false},
      {Measure::slope, "slope", "log-log slope", false, false},
      {Measure::rank, "spearman", "Spearman", false, false},
      {Measure::concordance, "concordance", "concordance", false, true},
      {Measure::accuracy_error, "accuracy_error", "mean |error| of accuracy", true, true},
      {Measure::accuracy_rank, "accuracy_spearman", "Spearman of accuracy", false, false}};
  return all;
}

const MeasureInfo& info_of(Measure measure) {
  return measures()[static_cast<std::size_t>(measure)];
}

const Score& Standing::score(Measure measure) const {
  return scores.at(static_cast<std::size_t>(measure));
}

League score_league(HeldOutStudy study, int threads) {
  League league;
  league.study = std::move(study);
  league.seeds = std::ssize(std::set(league.study.seeds.begin(), league.study.seeds.end()));
  for (const Observed& observed : league.study.observed) {
    ++(observed.steps ? league.reached : league.censored);
    league.diverged += observed.diverged && !observed.steps ? 1 : 0;
  }
  const std::int64_t count = std::ssize(league.study.contestants);
  league.standings.resize(static_cast<std::size_t>(count));
  const auto for_each = [&](auto&& job) {
    parallel_for(count, threads, [&](std::int64_t k) {
      const auto c = static_cast<std::size_t>(k);
      job(c, league.standings[c]);
    });
  };
  for_each([&](std::size_t c, Standing& s) { score_contestant(league.study, c, s); });
  for (const MeasureInfo& info : measures()) {
    league.best.push_back(best_of(league, info));
  }
  for_each([&](std::size_t c, Standing& s) { compare_contestant(league, c, s); });
  return league;
}

League judge(std::span<const Theory> theories, std::span<const Run> runs,
             std::span<const Outcome> outcomes, const Event& event, int threads) {
  Forecasts forecasts;
  {
    Progress progress("forecasts", std::ssize(theories) * std::ssize(runs));
    forecasts = forecast_runs(theories, runs, event, threads, [&] { progress.advance(); });
  }
  return score_league(hold_out(theories, runs, outcomes, forecasts, event), threads);
}

std::vector<std::size_t> ranking(const League& league, Measure measure) {
  const auto value = [&](std::size_t c) {
    return league.standings[c].score(measure).estimate.value;
  };
  std::vector<std::size_t> order;
  for (std::size_t c = 0; c < league.standings.size(); ++c) {
    if (!std::isnan(value(c))) {
      order.push_back(c);
    }
  }
  const bool smaller = info_of(measure).smaller_is_better;
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return smaller ? value(a) < value(b) : value(a) > value(b);
  });
  return order;
}

}  // namespace grok
