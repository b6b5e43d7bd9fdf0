// Rows, scores and laws of figures/closed_forms/closed_forms.hpp.
#include "figures/closed_forms/closed_forms_summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "compare/statistics/summary.hpp"
#include "core/errors.hpp"
#include "figures/script.hpp"

namespace grok {
namespace {

constexpr const char* place = "closed_forms";

template <class T>
std::optional<double> as_double(const std::optional<T>& value) {
  return value ? std::optional<double>(static_cast<double>(*value)) : std::nullopt;
}

/// What one setting gave: the pairs of its seeds.
struct Cell {
  std::string model, setting;
  std::vector<StepPair> pairs;
};

enum class LinearEvent { train, generalisation, delay };

std::optional<std::int64_t> pick(const LinearSteps& steps, LinearEvent event) {
  return event == LinearEvent::train            ? steps.train
         : event == LinearEvent::generalisation ? steps.generalisation
                                                : steps.delay();
}

std::string linear_model(LinearEvent event) {
  return std::string("linear teacher: ") + (event == LinearEvent::train ? "training"
                                            : event == LinearEvent::generalisation
                                                ? "generalisation"
                                                : "delay");
}

void add_linear_cells(const ClosedFormsData& data, LinearEvent event, std::vector<Cell>& cells) {
  for (const LinearResult& result : data.linear) {
    for (std::size_t k = 0; k < result.predicted.size(); ++k) {
      Cell cell{linear_model(event),
                fmt::format("d/N = {}, accuracy {}", to_text(result.run.teacher.ratio),
                            to_text(result.run.thresholds[k])),
                {}};
      for (std::size_t s = 0; s < result.runs.size(); ++s) {
        const LinearSteps& reached = result.runs[s].reached[k];
        // A delay that is not over has lasted since training was right.
        const std::int64_t begun = event == LinearEvent::delay ? reached.train.value_or(0) : 0;
        cell.pairs.push_back({as_double(pick(result.predicted[k], event)),
                              as_double(pick(reached, event)),
                              static_cast<double>(result.run.steps - begun), result.seeds[s]});
      }
      cells.push_back(std::move(cell));
    }
  }
}

void add_switch_cells(const ClosedFormsData& data, DiagonalLoss loss, bool flow,
                      std::vector<Cell>& cells) {
  for (const SwitchResult& result : data.switches) {
    if (result.run.loss != loss) {
      continue;
    }
    Cell cell{
        flow ? flow_model(loss) : leading_model(loss),
        fmt::format("alpha = {}, lambda = {}, eta = {}", to_text(result.run.setting.init_norm),
                    to_text(result.run.setting.decay), rounded(result.run.setting.rate)),
        {}};
    for (std::size_t s = 0; s < result.runs.size(); ++s) {
      const SwitchRun& run = result.runs[s];
      cell.pairs.push_back({flow ? run.flow : std::optional(switch_steps(result.run.setting)),
                            as_double(run.steps), static_cast<double>(result.run.steps),
                            result.seeds[s]});
    }
    cells.push_back(std::move(cell));
  }
}

std::vector<Cell> cells_of(const ClosedFormsData& data) {
  std::vector<Cell> cells;
  for (const LinearEvent event :
       {LinearEvent::train, LinearEvent::generalisation, LinearEvent::delay}) {
    add_linear_cells(data, event, cells);
  }
  for (const DiagonalLoss loss : diagonal_losses) {
    add_switch_cells(data, loss, false, cells);
    add_switch_cells(data, loss, true, cells);
  }
  return cells;
}

/// The median as of the measured ones; empty unless all seeds have a prediction.
std::optional<double> median_prediction(const Cell& cell) {
  std::vector<Waiting> predicted;
  for (const StepPair& pair : cell.pairs) {
    if (!pair.predicted) {
      return std::nullopt;
    }
    predicted.push_back({*pair.predicted, true});
  }
  return kaplan_meier(predicted).median;
}

Estimate median_factor(const std::vector<StepPair>& pairs) {
  std::vector<double> factors;
  std::vector<std::int64_t> seeds;
  for (const StepPair& pair : pairs) {
    if (pair.predicted && pair.measured && *pair.predicted > 0 && *pair.measured > 0) {
      const double ratio = *pair.measured / *pair.predicted;
      factors.push_back(std::max(ratio, 1 / ratio));
      seeds.push_back(pair.group);
    }
  }
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  if (factors.empty()) {
    return {none, none, none};
  }
  return bootstrap_number(place, seeds, figure_resamples, figure_bootstrap_seed,
                          [&factors](auto chosen) {
                            std::vector<double> drawn;
                            for (const std::size_t k : chosen) {
                              drawn.push_back(factors[k]);
                            }
                            return quantile(drawn, 0.5);
                          })
      .estimate;
}

/// Least squares over the pairs drawn; NaN if x is constant.
struct Line {
  double slope = 0, intercept = 0;
};
Line fit_line(std::span<const double> x, std::span<const double> y,
              std::span<const std::size_t> chosen) {
  const double mx = mean_of(x, chosen), my = mean_of(y, chosen);
  double xx = 0, xy = 0;
  for (const std::size_t k : chosen) {
    xx += (x[k] - mx) * (x[k] - mx);
    xy += (x[k] - mx) * (y[k] - my);
  }
  const double slope = xx > 0 ? xy / xx : std::numeric_limits<double>::quiet_NaN();
  return {slope, my - slope * mx};
}

}  // namespace

std::string leading_model(DiagonalLoss loss) {
  return fmt::format("diagonal network, {}: (ln alpha)/lambda", to_text(loss));
}

std::string flow_model(DiagonalLoss loss) {
  return fmt::format("diagonal network, {}: flow in u v", to_text(loss));
}

std::string measured_text(const ClosedFormRow& row) {
  return row.median
             ? fmt::format("{} [{}, {}]", rounded(*row.median), row.low ? rounded(*row.low) : "0",
                           row.high ? rounded(*row.high) : "∞")
             : "-";
}

std::vector<ClosedForm> closed_forms_of(const ClosedFormsData& data) {
  std::vector<ClosedForm> forms;
  for (const Cell& cell : cells_of(data)) {
    if (forms.empty() || forms.back().model != cell.model) {
      forms.push_back({cell.model, {}});
    }
    forms.back().pairs.insert(forms.back().pairs.end(), cell.pairs.begin(), cell.pairs.end());
  }
  return forms;
}

std::vector<ClosedFormRow> rows_of_closed_forms(const ClosedFormsData& data) {
  std::vector<ClosedFormRow> rows;
  for (const Cell& cell : cells_of(data)) {
    ClosedFormRow row{cell.model, cell.setting, median_prediction(cell), {}, {}, {}, 0, 0};
    std::vector<Waiting> waiting;
    for (const StepPair& pair : cell.pairs) {
      waiting.push_back({pair.measured.value_or(pair.budget), pair.measured.has_value()});
    }
    const KaplanMeier curve = kaplan_meier(waiting);
    row.median = curve.median;
    row.low = curve.median_low;
    row.high = curve.median_high;
    row.count = curve.count;
    row.censored = curve.censored;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<ClosedFormScore> scores_of_closed_forms(const ClosedFormsData& data) {
  std::vector<ClosedFormScore> scores;
  for (const ClosedForm& form : closed_forms_of(data)) {
    scores.push_back({form.model, agreement(form.pairs, figure_resamples, figure_bootstrap_seed),
                      median_factor(form.pairs)});
  }
  return scores;
}

std::vector<SwitchLaw> switch_laws(const ClosedFormsData& data) {
  std::vector<SwitchLaw> laws;
  for (const DiagonalLoss loss : diagonal_losses) {
    SwitchLaw law;
    law.loss = loss;
    std::vector<double> x, y;
    std::vector<std::int64_t> seeds;
    for (const SwitchResult& result : data.switches) {
      for (std::size_t s = 0; result.run.loss == loss && s < result.runs.size(); ++s) {
        const auto& steps = result.runs[s].steps;
        law.censored += steps ? 0 : 1;
        if (steps) {
          x.push_back(std::log(result.run.setting.init_norm));
          y.push_back(static_cast<double>(*steps) * result.run.setting.rate *
                      result.run.setting.decay);
          seeds.push_back(result.seeds[s]);
        }
      }
    }
    law.count = std::ssize(x);
    if (law.count > 0) {
      const auto of = [&](double Line::*part) {
        return bootstrap_number(place, seeds, figure_resamples, figure_bootstrap_seed,
                                [&](auto chosen) { return fit_line(x, y, chosen).*part; })
            .estimate;
      };
      law.slope = of(&Line::slope);
      law.intercept = of(&Line::intercept);
    }
    laws.push_back(law);
  }
  return laws;
}

std::vector<LinearCurvePoint> curve_of(const LinearResult& result) {
  std::vector<LinearCurvePoint> points;
  for (std::size_t k = 0; k < result.run.at.size(); ++k) {
    const auto mean = [&](double LinearState::*member) {
      std::vector<double> values;
      std::vector<std::int64_t> seeds;
      for (const linear::LinearTeacherOutcome& run : result.runs) {
        values.push_back(run.states.at(k).*member);
        seeds.push_back(std::ssize(seeds));
      }
      return bootstrap_number(place, seeds, figure_resamples, figure_bootstrap_seed,
                              [&values](auto chosen) { return mean_of(values, chosen); })
          .estimate;
    };
    points.push_back({result.run.at[k], mean(&LinearState::train_accuracy),
                      mean(&LinearState::generalisation_accuracy)});
  }
  return points;
}

std::string markdown_of(const std::vector<ClosedFormRow>& rows) {
  std::string text =
      "| model | setting | predicted | measured, median | ratio | n | censored |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const ClosedFormRow& row : rows) {
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", row.model, row.setting,
                        row.predicted ? rounded(*row.predicted) : "never", measured_text(row),
                        row.predicted && row.median && *row.predicted > 0
                            ? rounded(*row.median / *row.predicted)
                            : "-",
                        row.count, row.censored);
  }
  return text;
}

std::string markdown_of(const std::vector<ClosedFormScore>& scores) {
  std::string text =
      "| model | n | censored | measured/predicted | median factor | within 1.25 | 1.5 | 2 | "
      "log-log slope |\n|---|---|---|---|---|---|---|---|---|\n";
  for (const ClosedFormScore& s : scores) {
    const Agreement& a = s.agreement;
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", s.model, a.count,
                        a.censored, with_interval(a.kappa), with_interval(s.median_factor),
                        with_interval(a.within[0].share), with_interval(a.within[1].share),
                        with_interval(a.within[2].share),
                        a.slope.count == 0 ? "undetermined" : with_interval(a.slope.estimate));
  }
  return text;
}

}  // namespace grok
