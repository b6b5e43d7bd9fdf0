// figures/closed_forms/closed_forms.hpp: predictions of two other papers beside their models,
// trained here.
//   a  linear teacher: accuracies against steps, theory and networks
//   b  its grokking time (delay), predicted and measured, over d/N and thresholds of accuracy
//   c  diagonal network: time of the switch against (ln alpha)/lambda
//   d  lambda times that time against ln alpha
// closed_forms.toml has the studies, of the models linear-teacher and diagonal. Every prediction is
// computed from what is known before training, and never stored. See theory/linear_teacher.hpp
// and theory/rich_switch.hpp; runs of one seed are one group of the bootstrap.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compare/statistics/statistics.hpp"
#include "figures/figure.hpp"
#include "figures/study_runs.hpp"
#include "nets/linear/diagonal_run.hpp"
#include "nets/linear/linear_teacher_run.hpp"

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
/// Throws Interrupted when `stop` says true, InputError if something lacks.
ClosedFormsData collect_closed_forms(std::span<const FigureRuns> studies, int threads,
                                     const std::function<bool()>& stop = {});

/// A model's prediction and all runs that it is of.
struct ClosedForm {
  std::string model;  // "linear teacher: delay"
  std::vector<StepPair> pairs;
};
std::vector<ClosedForm> closed_forms_of(const ClosedFormsData& data);

/// A line of a table, in steps: one setting, all seeds. Measured: Kaplan-Meier, empty ends are
/// open.
struct ClosedFormRow {
  std::string model, setting;
  std::optional<double> predicted;  // median over seeds; empty: never
  std::optional<double> median, low, high;
  std::int64_t count = 0, censored = 0;
};
std::vector<ClosedFormRow> rows_of_closed_forms(const ClosedFormsData& data);

/// How well a model predicts: of all its pairs.
struct ClosedFormScore {
  std::string model;
  Agreement agreement;
  Estimate median_factor;  // of max(m/p, p/m) over the pairs with both known, seeds resampled
};
std::vector<ClosedFormScore> scores_of_closed_forms(const ClosedFormsData& data);

/// As Markdown: model, setting, predicted, measured with interval, ratio, n, censored; and model,
/// n, median factor, shares, slope.
std::string markdown_of(const std::vector<ClosedFormRow>& rows);
std::string markdown_of(const std::vector<ClosedFormScore>& scores);

/// lambda * time of the switch = slope * ln alpha + intercept over the runs that switched, by least
/// squares; intervals by resampling seeds.
struct SwitchLaw {
  DiagonalLoss loss = DiagonalLoss::squared;
  Estimate slope, intercept;
  std::int64_t count = 0, censored = 0;
};
std::vector<SwitchLaw> switch_laws(const ClosedFormsData& data);

/// Mean over seeds at one step of a curve, with its interval.
struct LinearCurvePoint {
  std::int64_t step = 0;
  Estimate train, generalisation;  // accuracies
};
std::vector<LinearCurvePoint> curve_of(const LinearResult& result);

std::vector<Claim> claims_of_closed_forms(const ClosedFormsData& data);
Drawing draw_closed_forms(const ClosedFormsData& data, const std::string& command);
std::string report_closed_forms(const ClosedFormsData& data);

Figure closed_forms(std::string_view toml);

}  // namespace grok
