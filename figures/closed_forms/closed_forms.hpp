// figures/closed_forms/closed_forms.hpp: predictions of two other papers beside their models, trained here.
//   a  linear teacher: accuracies against steps, theory and networks
//   b  its grokking time (delay), predicted and measured, over d/N and thresholds of accuracy
//   c  diagonal network: time of the switch against (ln alpha)/lambda
//   d  lambda times that time against ln alpha
// Every prediction is computed from what is known before training. See theory/linear_teacher.hpp
// and theory/rich_switch.hpp; runs of one seed are one group of the bootstrap.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/statistics/statistics.hpp"
#include "figures/figure.hpp"
#include "nets/linear/diagonal_run.hpp"
#include "nets/linear/linear_teacher_run.hpp"

namespace grok {

struct LinearPlan {
  LinearTeacher teacher;  // but its ratio
  std::int64_t dimension = 0, held_out = 0, seeds = 0, steps = 0, curve_steps = 0;
  std::vector<double> ratios, thresholds, curves;
};
struct SwitchPlan {
  DiagonalLoss loss = DiagonalLoss::squared;
  std::int64_t dimension = 0, samples = 0, sparsity = 0, seeds = 0, steps = 0;
  double rate = 0, rate_times_norm2 = 0;
  std::vector<double> init_norms, decays;
};
struct ClosedFormsPlan {
  LinearPlan linear;
  std::vector<SwitchPlan> switches;  // one per loss
};
/// Of the text of closed_forms.toml. Throws InputError for a profile that it lacks, a key that is
/// missing, of the wrong type or not known.
ClosedFormsPlan read_closed_forms(std::string_view toml, const std::string& profile);

/// All seeds at one d/N.
struct LinearResult {
  LinearTeacher teacher;
  std::vector<LinearSteps> predicted;      // by threshold; empty: never
  std::vector<std::int64_t> at;            // steps of the curve; empty: none is drawn
  std::vector<LinearTeacherOutcome> runs;  // by seed
};

/// One diagonal network.
struct SwitchRun {
  std::optional<std::int64_t> steps;  // of the switch; empty: censored at the budget
  std::optional<double> flow;         // predicted by flow_switch_steps
  /// Cosines of w at 1/2 of (ln alpha)/lambda with the least-norm interpolator (squared loss), at
  /// 3/2 with the teacher. Taken at the largest decay of a plan only.
  std::optional<double> kernel_cosine, rich_cosine;
  bool diverged = false;
};
/// All seeds at one init_norm and decay.
struct SwitchResult {
  DiagonalLoss loss = DiagonalLoss::squared;
  RichSwitch setting;
  std::vector<SwitchRun> runs;  // by seed
};

struct ClosedFormsData {
  ClosedFormsPlan plan;
  std::uint64_t first_seed = 0;
  std::vector<LinearResult> linear;    // in the order of the plan's ratios
  std::vector<SwitchResult> switches;  // by loss, init_norm, decay
};

/// Predicts and trains; seeds first_seed, first_seed + 1, ... Throws Interrupted when `stop` says
/// true.
ClosedFormsData collect_closed_forms(const ClosedFormsPlan& plan, std::uint64_t first_seed,
                                     int threads, const std::function<bool()>& stop = {});

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

/// Collected, as rows and scores: for a page of the docs. seed: the first one.
struct ClosedFormTables {
  std::vector<ClosedFormRow> rows;
  std::vector<ClosedFormScore> scores;
};
ClosedFormTables closed_form_tables(const std::string& profile, std::uint64_t seed, int threads);
std::vector<ClosedFormRow> closed_form_rows(const std::string& profile, std::uint64_t seed,
                                            int threads);
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
