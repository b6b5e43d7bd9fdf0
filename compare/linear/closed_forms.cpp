#include "compare/linear/closed_forms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "compare/statistics/summary.hpp"
#include "core/errors.hpp"
#include "core/parallel.hpp"
#include "core/progress.hpp"
#include "nets/linear/model.hpp"

namespace grok {
namespace {

constexpr std::string_view place = "closed_forms";
constexpr std::int64_t never = std::int64_t{1} << 40;  // steps; no run is as long

using Places = std::map<std::string, std::size_t>;  // of settings among the results

/// That of the setting of `run`, whatever its seed; a new one if there is none.
template <class Result, class Asked>
Result& result_of(const Run& run, const Asked& asked, std::vector<Result>& results,
                  Places& places) {
  const std::string setting = run.model().text(run, seed_keys(run.model()));
  const auto [at, added] = places.try_emplace(setting, results.size());
  if (added) {
    results.emplace_back().run = asked;
  }
  Result& result = results[at->second];
  result.seeds.push_back(asked.seed);
  return result;
}

void add_run(const Run& run, const Outcome& outcome, ClosedFormsData& data, Places& places) {
  if (&run.model() == &linear::teacher_model()) {
    result_of(run, run.as<linear::LinearTeacherRun>(), data.linear, places)
        .runs.push_back(linear::outcome_of(outcome.as<linear::LinearTeacherRecord>()));
    return;
  }
  const auto& record = outcome.as<linear::DiagonalRecord>();
  SwitchRun& added =
      result_of(run, run.as<linear::DiagonalSpec>().run, data.switches, places).runs.emplace_back();
  added.steps = record.steps_to_switch;
  if (record.teacher_cosine.size() == 2) {
    added.rich_cosine = record.teacher_cosine[1];
  }
  if (record.least_norm_cosine.size() == 2) {
    added.kernel_cosine = record.least_norm_cosine[0];
  }
}

void require_both(const ClosedFormsData& data) {
  const auto has = [&data](DiagonalLoss loss) {
    return std::ranges::any_of(data.switches, [loss](const auto& r) { return r.run.loss == loss; });
  };
  if (data.linear.empty() || !std::ranges::all_of(diagonal_losses, has)) {
    reject(place, "studies", "without one of them", "linear-teacher; diagonal, of both losses");
  }
}

void predict(ClosedFormsData& data, int threads, const std::function<bool()>& stop) {
  std::vector<std::function<void()>> jobs;
  for (SwitchResult& result : data.switches) {
    for (std::size_t s = 0; s < result.runs.size(); ++s) {
      jobs.emplace_back([&result, s] {
        linear::DiagonalRun run = result.run;
        run.seed = result.seeds[s];
        run.at.clear();  // may be beyond the budget
        result.runs[s].flow = flow_switch_steps(run.setting, diagonal_problem(run),
                                                diagonal_teacher(run), {.cosine = run.cosine});
      });
    }
  }
  for (LinearResult& result : data.linear) {
    jobs.emplace_back([&result] {
      for (const double threshold : result.run.thresholds) {
        result.predicted.push_back(linear_teacher_steps(result.run.teacher, threshold, never));
      }
    });
  }
  Progress progress("closed-forms: predictions", std::ssize(jobs));
  parallel_for(std::ssize(jobs), threads, [&](std::int64_t k) {
    if (stop && stop()) {
      throw Interrupted("closed_forms: stopped as asked");
    }
    jobs[static_cast<std::size_t>(k)]();
    progress.advance();
  });
}

template <class T>
std::optional<double> as_double(const std::optional<T>& value) {
  return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
}

ClosedFormRow row_of(std::string model, std::string setting, std::vector<StepPair> pairs) {
  std::vector<Waiting> predicted, measured;
  for (const StepPair& pair : pairs) {
    measured.push_back({pair.measured.value_or(pair.budget), pair.measured.has_value()});
    if (pair.predicted) {
      predicted.push_back({*pair.predicted, true});
    }
  }
  const bool all = predicted.size() == pairs.size();
  return {std::move(model), std::move(setting), std::move(pairs),
          all ? kaplan_meier(predicted).median : std::nullopt, kaplan_meier(measured)};
}

/// What is waited for: training, generalisation, the delay between them.
using LinearEvent = std::optional<std::int64_t> (*)(const LinearSteps&);

ClosedFormRow linear_row(const LinearResult& result, std::size_t threshold, const char* name,
                         LinearEvent event, bool delay) {
  std::vector<StepPair> pairs;
  for (std::size_t s = 0; s < result.runs.size(); ++s) {
    const LinearSteps& reached = result.runs[s].reached[threshold];
    // A delay that is not over has lasted since training was right.
    const std::int64_t begun = delay ? reached.train.value_or(0) : 0;
    pairs.push_back({as_double(event(result.predicted[threshold])), as_double(event(reached)),
                     static_cast<double>(result.run.steps - begun), result.seeds[s]});
  }
  return row_of(fmt::format("linear teacher: {}", name),
                linear_setting(result.run.teacher.ratio, result.run.thresholds[threshold]),
                std::move(pairs));
}

}  // namespace

ClosedFormsData collect_closed_forms(std::span<const Run> runs, std::span<const Outcome> outcomes,
                                     int threads, const std::function<bool()>& stop) {
  require_equal_lengths(place, runs.size(), outcomes.size());
  ClosedFormsData data;
  Places places;
  for (std::size_t k = 0; k < runs.size(); ++k) {
    add_run(runs[k], outcomes[k], data, places);
  }
  require_both(data);
  std::ranges::stable_sort(data.linear, {}, [](const auto& r) { return r.run.teacher.ratio; });
  std::ranges::stable_sort(data.switches, {}, [](const SwitchResult& r) {
    return std::tuple(r.run.loss, r.run.setting.init_norm, r.run.setting.decay);
  });
  predict(data, threads, stop);
  return data;
}

std::string leading_model(DiagonalLoss loss) {
  return fmt::format("diagonal network, {}: (ln alpha)/lambda", to_text(loss));
}
std::string flow_model(DiagonalLoss loss) {
  return fmt::format("diagonal network, {}: flow in u v", to_text(loss));
}
std::string linear_setting(double ratio, double threshold) {
  return fmt::format("d/N = {}, accuracy {}", to_text(ratio), to_text(threshold));
}

ClosedFormRow switch_row(const SwitchResult& result, bool flow) {
  const RichSwitch& setting = result.run.setting;
  std::vector<StepPair> pairs;
  for (std::size_t s = 0; s < result.runs.size(); ++s) {
    const SwitchRun& run = result.runs[s];
    pairs.push_back({flow ? run.flow : std::optional(switch_steps(setting)), as_double(run.steps),
                     static_cast<double>(result.run.steps), result.seeds[s]});
  }
  return row_of(flow ? flow_model(result.run.loss) : leading_model(result.run.loss),
                fmt::format("alpha = {}, lambda = {}, eta = {:#.3g}", to_text(setting.init_norm),
                            to_text(setting.decay), setting.rate),
                std::move(pairs));
}

std::vector<ClosedFormRow> rows_of_closed_forms(const ClosedFormsData& data) {
  static constexpr std::tuple<const char*, LinearEvent, bool> events[] = {
      {"training", [](const LinearSteps& s) { return s.train; }, false},
      {"generalisation", [](const LinearSteps& s) { return s.generalisation; }, false},
      {"delay", [](const LinearSteps& s) { return s.delay(); }, true}};
  std::vector<ClosedFormRow> rows;
  for (const auto& [name, event, delay] : events) {
    for (const LinearResult& result : data.linear) {
      for (std::size_t k = 0; k < result.predicted.size(); ++k) {
        rows.push_back(linear_row(result, k, name, event, delay));
      }
    }
  }
  for (const DiagonalLoss loss : diagonal_losses) {
    for (const bool flow : {false, true}) {
      for (const SwitchResult& result : data.switches) {
        if (result.run.loss == loss) {
          rows.push_back(switch_row(result, flow));
        }
      }
    }
  }
  return rows;
}

std::vector<ClosedFormScore> scores_of_closed_forms(const ClosedFormsData& data) {
  const std::vector<ClosedFormRow> rows = rows_of_closed_forms(data);
  std::vector<ClosedFormScore> scores;
  std::vector<StepPair> pairs;
  for (std::size_t k = 0; k < rows.size(); ++k) {
    pairs.insert(pairs.end(), rows[k].pairs.begin(), rows[k].pairs.end());
    if (k + 1 == rows.size() || rows[k + 1].model != rows[k].model) {
      scores.push_back({rows[k].model, agreement(pairs, figure_resamples, figure_bootstrap_seed),
                        median_factor(pairs)});
      pairs.clear();
    }
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

}  // namespace grok
