#include "compare/referee/measures.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <map>

#include "core/errors.hpp"
#include "core/numbers.hpp"

namespace grok {
namespace {

constexpr Estimate no_estimate = {not_a_number, not_a_number, not_a_number};

/// Some runs of a study, and their seeds.
struct Chosen {
  std::vector<std::size_t> runs;
  std::vector<std::int64_t> seeds;
};

bool positive(double steps) { return std::isfinite(steps) && steps > 0; }

bool is_theory(const HeldOutStudy& study, std::size_t contestant) {
  return study.contestants[contestant].kind == Contestant::Kind::theory;
}

/// Whether the measure says something of this run of this contestant. The referee's own have no
/// relations: that their medians differ between runs that are alike to them says nothing of these.
bool covers(const HeldOutStudy& study, Measure measure, std::size_t contestant, std::size_t run) {
  const HeldOut& forecast = study.forecasts[contestant][run];
  const auto& measured = study.observed[run].steps;
  const bool theory = is_theory(study, contestant);
  const bool accuracy = forecast.accuracy && !std::isnan(study.observed[run].accuracy);
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
    case Measure::within_cell_slope:
    case Measure::within_cell_rank:
      return theory && forecast.unscaled && measured && positive(*forecast.unscaled) &&
             positive(*measured);
    case Measure::concordance:
    case Measure::within_cell_concordance:
      return forecast.unscaled.has_value();
    case Measure::accuracy_error:
      return accuracy;
    case Measure::accuracy_rank:
      return theory && accuracy;
  }
  throw Error("covers: no such measure");
}

bool within_cells(Measure measure) {
  return measure == Measure::within_cell_slope || measure == Measure::within_cell_rank ||
         measure == Measure::within_cell_concordance;
}

/// Only runs whose cell has another one among them.
Chosen in_company(const HeldOutStudy& study, const Chosen& chosen) {
  std::map<std::int64_t, std::int64_t> members;
  for (const std::size_t r : chosen.runs) {
    ++members[study.cells[r]];
  }
  Chosen result;
  for (const std::size_t r : chosen.runs) {
    if (members.at(study.cells[r]) > 1) {
      result.runs.push_back(r);
      result.seeds.push_back(study.seeds[r]);
    }
  }
  return result;
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
  return within_cells(measure) ? in_company(study, chosen) : chosen;
}

std::vector<std::int64_t> cells_of(const HeldOutStudy& study, const Chosen& chosen) {
  std::vector<std::int64_t> cells;
  for (const std::size_t r : chosen.runs) {
    cells.push_back(study.cells[r]);
  }
  return cells;
}

std::vector<Waiting> waiting(const HeldOutStudy& study, const Chosen& chosen) {
  std::vector<Waiting> measured;
  for (const std::size_t r : chosen.runs) {
    const Observed& observed = study.observed[r];
    measured.push_back({observed.steps.value_or(observed.budget), observed.steps.has_value()});
  }
  return measured;
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

bool is_share(Measure measure) {
  return measure == Measure::within_1_25 || measure == Measure::within_1_5 ||
         measure == Measure::within_2;
}

/// Run by run, 1 within the factor and 0 outside.
std::vector<double> within_factor(const HeldOutStudy& study, Measure measure,
                                  std::size_t contestant, const Chosen& chosen) {
  const double limit = factor_limit(measure) * (1 + 1e-12);
  return column(study, contestant, chosen, [limit](const Observed& o, const HeldOut& f) {
    return step_factor(*f.steps, *o.steps) <= limit ? 1.0 : 0.0;
  });
}

/// All runs are alike to the null model, and those of a cell to who knows the cell alone.
SeedStatistic concordance_of(const HeldOutStudy& study, Measure measure, std::size_t contestant,
                             const Chosen& chosen) {
  const Contestant::Kind kind = study.contestants[contestant].kind;
  const bool within = measure == Measure::within_cell_concordance;
  const bool alike =
      kind == Contestant::Kind::null_model || (within && kind == Contestant::Kind::same_cell);
  const auto steps = column(study, contestant, chosen, [&](const Observed&, const HeldOut& f) {
    return alike ? 0 : *f.unscaled;
  });
  return concordance_statistic(steps, waiting(study, chosen), chosen.seeds,
                               within ? cells_of(study, chosen) : std::vector<std::int64_t>{});
}

SeedStatistic within_cell_relation(const HeldOutStudy& study, Measure measure,
                                   std::size_t contestant, const Chosen& chosen) {
  const auto forecast = column(study, contestant, chosen, [](const Observed&, const HeldOut& f) {
    return std::log(*f.unscaled);
  });
  const auto steps = column(study, contestant, chosen,
                            [](const Observed& o, const HeldOut&) { return std::log(*o.steps); });
  const auto relation =
      measure == Measure::within_cell_slope ? within_cell_slope : within_cell_rank;
  return relation(forecast, steps, cells_of(study, chosen), chosen.seeds);
}

/// The statistic of a measure over chosen runs (not empty); empty for slope and ranks over all
/// runs, whose intervals compare/statistics/statistics.hpp has.
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
      return mean_statistic(within_factor(study, measure, contestant, chosen), chosen.seeds);
    case Measure::within_cell_slope:
    case Measure::within_cell_rank:
      return within_cell_relation(study, measure, contestant, chosen);
    case Measure::concordance:
    case Measure::within_cell_concordance:
      return concordance_of(study, measure, contestant, chosen);
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
    return steps ? *f.unscaled : *f.accuracy;
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

Score counted(const HeldOutStudy& study, Measure measure, const Chosen& chosen) {
  Score score = no_score();
  score.count = std::ssize(chosen.runs);
  const auto there = happened(study, chosen);
  score.censored = std::ranges::count(there, false);
  if (measure == Measure::concordance || measure == Measure::within_cell_concordance) {
    const PairKinds kinds = count_pairs(waiting(study, chosen), cells_of(study, chosen));
    score.pairs = within_cells(measure) ? kinds.same_cell() : kinds.all();
  }
  return score;
}

}  // namespace

std::span<const MeasureInfo> measures() {
  static constexpr MeasureInfo all[] = {
      {Measure::log_score, "log_score", "log score", true, true},
      {Measure::brier, "brier", "Brier score", true, true},
      {Measure::roc_area, "roc_area", "ROC area", false, true},
      {Measure::median_factor, "median_factor", "median factor", true, true, true},
      {Measure::median_ratio, "median_ratio", "median measured/forecast", false, false, true},
      {Measure::within_1_25, "within_1.25", "within 1.25", false, false, true},
      {Measure::within_1_5, "within_1.5", "within 1.5", false, true, true},
      {Measure::within_2, "within_2", "within 2", false, false, true},
      {Measure::slope, "slope", "log-log slope", false, false},
      {Measure::rank, "spearman", "Spearman", false, false},
      {Measure::within_cell_slope, "within_cell_slope", "slope within cells", false, false},
      {Measure::within_cell_rank, "within_cell_spearman", "Spearman within cells", false, false},
      {Measure::concordance, "concordance", "concordance", false, true},
      {Measure::within_cell_concordance, "within_cell_concordance", "concordance within cells",
       false, true},
      {Measure::accuracy_error, "accuracy_error", "mean |error| of accuracy", true, true},
      {Measure::accuracy_rank, "accuracy_spearman", "Spearman of accuracy", false, false}};
  return all;
}

const MeasureInfo& info_of(Measure measure) {
  return measures()[static_cast<std::size_t>(measure)];
}

Score no_score() { return {no_estimate, 0, 0, 0}; }

Score measured(const HeldOutStudy& study, Measure measure, std::size_t contestant) {
  const Chosen chosen = chosen_runs(study, measure, {contestant});
  Score score = counted(study, measure, chosen);
  if (chosen.runs.empty()) {
    return score;
  }
  if (is_share(measure)) {
    std::vector<bool> inside;
    for (const double one : within_factor(study, measure, contestant, chosen)) {
      inside.push_back(one == 1);
    }
    score.estimate = grouped_share(inside, chosen.seeds).estimate;
    return score;
  }
  const SeedStatistic statistic = statistic_of(study, measure, contestant, chosen);
  score.estimate = statistic ? with_seeds(statistic, chosen.seeds)
                             : relation_of(study, measure, contestant, chosen);
  return score;
}

Score measured_difference(const HeldOutStudy& study, Measure measure, std::size_t a,
                          std::size_t b) {
  if (!info_of(measure).compared) {
    throw Error("measured_difference: of a measure that is not compared");
  }
  const Chosen chosen = chosen_runs(study, measure, {a, b});
  Score score = counted(study, measure, chosen);
  if (!chosen.runs.empty()) {
    score.estimate = with_seeds(difference(statistic_of(study, measure, a, chosen),
                                           statistic_of(study, measure, b, chosen)),
                                chosen.seeds);
  }
  return score;
}

std::vector<CalibrationBin> calibration_of(const HeldOutStudy& study, std::size_t contestant) {
  const Chosen chosen = chosen_runs(study, Measure::log_score, {contestant});
  return calibration(column(study, contestant, chosen,
                            [](const Observed&, const HeldOut& f) { return *f.probability; }),
                     happened(study, chosen), chosen.seeds);
}

PairKinds pairs_of(const HeldOutStudy& study) {
  std::vector<Waiting> measured;
  for (const Observed& observed : study.observed) {
    measured.push_back({observed.steps.value_or(observed.budget), observed.steps.has_value()});
  }
  return count_pairs(measured, study.cells);
}

}  // namespace grok
