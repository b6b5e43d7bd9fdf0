// What figures/closed_forms/closed_forms.hpp makes of its networks, and predicts of them.
#include <algorithm>
#include <map>
#include <tuple>

#include "core/errors.hpp"
#include "core/parallel.hpp"
#include "core/progress.hpp"
#include "figures/closed_forms/closed_forms_summary.hpp"
#include "nets/linear/model.hpp"

namespace grok {
namespace {

constexpr std::string_view place = "closed_forms";
constexpr std::int64_t never = std::int64_t{1} << 40;  // steps; no run is as long

using Places = std::map<std::string, std::size_t>;  // of settings among the results

/// That of the setting of `run`, whatever its seed; a new one if there is none.
template <class Result>
Result& result_of(const Run& run, std::vector<Result>& results, Places& places) {
  const auto seeds = seed_keys(run.model());
  const auto [at, added] = places.try_emplace(run.model().text(run, seeds), results.size());
  if (added) {
    results.emplace_back();
  }
  return results[at->second];
}

void add_linear(const Run& run, const Outcome& outcome, ClosedFormsData& data, Places& places) {
  const auto& asked = run.as<linear::LinearTeacherRun>();
  LinearResult& result = result_of(run, data.linear, places);
  result.run = result.runs.empty() ? asked : result.run;
  result.seeds.push_back(asked.seed);
  result.runs.push_back(linear::outcome_of(outcome.as<linear::LinearTeacherRecord>()));
}

void add_switch(const Run& run, const Outcome& outcome, ClosedFormsData& data, Places& places) {
  const auto& asked = run.as<linear::DiagonalSpec>().run;
  const auto& record = outcome.as<linear::DiagonalRecord>();
  SwitchResult& result = result_of(run, data.switches, places);
  result.run = result.runs.empty() ? asked : result.run;
  result.seeds.push_back(asked.seed);
  SwitchRun& added = result.runs.emplace_back();
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

}  // namespace

ClosedFormsData collect_closed_forms(std::span<const FigureRuns> studies, int threads,
                                     const std::function<bool()>& stop) {
  ClosedFormsData data;
  Places places;
  for (const FigureRuns& study : studies) {
    for (std::size_t k = 0; k < study.outcomes.size(); ++k) {
      const bool teacher = study.study.model == &linear::teacher_model();
      (teacher ? add_linear : add_switch)(study.study.runs[k], study.outcomes[k], data, places);
    }
  }
  require_both(data);
  std::ranges::stable_sort(data.linear, {}, [](const auto& r) { return r.run.teacher.ratio; });
  std::ranges::stable_sort(data.switches, {}, [](const SwitchResult& r) {
    return std::tuple(r.run.loss, r.run.setting.init_norm, r.run.setting.decay);
  });
  predict(data, threads, stop);
  return data;
}

}  // namespace grok
