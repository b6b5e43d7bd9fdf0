// compare/linear/closed_forms.hpp: linear teachers and diagonal networks, trained, beside what
// theory/linear_teacher.hpp and theory/rich_switch.hpp predict of them. Every prediction is
// computed from what is known before training; runs of one seed are one group of the bootstrap.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compare/statistics/statistics.hpp"
#include "nets/linear/diagonal_run.hpp"
#include "nets/linear/linear_teacher_run.hpp"
#include "nets/model.hpp"

namespace grok {

/// All seeds at one d/N.
struct LinearResult {
  linear::LinearTeacherRun run;        // of the first seed; no `at`: no curve is drawn
  std::vector<LinearSteps> predicted;  // by threshold; empty: never
  std::vector<std::int64_t> seeds = {};
  std::vector<linear::LinearTeacherOutcome> runs = {};  // by seed
};

/// One diagonal network.
struct SwitchRun {
  std::optional<std::int64_t> steps;  // of the switch; empty: censored at the budget
  std::optional<double> flow;         // predicted by flow_switch_steps
  /// Cosines of w at the first of two `at_switch` with the least-norm interpolator (squared loss),
  /// at the second with the teacher.
  std::optional<double> kernel_cosine, rich_cosine;
};
/// All seeds at one loss, init_norm and decay.
struct SwitchResult {
  linear::DiagonalRun run;  // of the first seed
  std::vector<std::int64_t> seeds = {};
  std::vector<SwitchRun> runs = {};  // by seed
};

struct ClosedFormsData {
  std::vector<LinearResult> linear;    // by ratio
  std::vector<SwitchResult> switches;  // by loss, init_norm, decay
};

/// Networks of both models and both losses, beside what is predicted of them; on `threads` threads.
/// Each run is of the model linear-teacher or diagonal. Throws Interrupted when `stop` says true,
/// InputError if something lacks.
ClosedFormsData collect_closed_forms(std::span<const Run> runs, std::span<const Outcome> outcomes,
                                     int threads, const std::function<bool()>& stop = {});

inline constexpr DiagonalLoss diagonal_losses[] = {DiagonalLoss::squared, DiagonalLoss::logistic};
std::string leading_model(DiagonalLoss loss);  // "diagonal network, squared: (ln alpha)/lambda"
std::string flow_model(DiagonalLoss loss);     // "..., squared: flow in u v"
std::string linear_setting(double ratio, double threshold);  // "d/N = 0.5, accuracy 0.9"

/// One setting of a model, all seeds, in steps.
struct ClosedFormRow {
  std::string model, setting;       // "linear teacher: delay"
  std::vector<StepPair> pairs;      // by seed
  std::optional<double> predicted;  // median; empty unless all seeds have a prediction
  KaplanMeier measured;
};
ClosedFormRow switch_row(const SwitchResult& result, bool flow);
std::vector<ClosedFormRow> rows_of_closed_forms(const ClosedFormsData& data);

/// How well a model predicts: of all its pairs.
struct ClosedFormScore {
  std::string model;
  Agreement agreement;
  Estimate median_factor;
};
std::vector<ClosedFormScore> scores_of_closed_forms(const ClosedFormsData& data);

/// lambda * time of the switch = slope * ln alpha + intercept over the runs that switched.
struct SwitchLaw {
  DiagonalLoss loss = DiagonalLoss::squared;
  Estimate slope, intercept;
  std::int64_t count = 0, censored = 0;
};
std::vector<SwitchLaw> switch_laws(const ClosedFormsData& data);

}  // namespace grok
