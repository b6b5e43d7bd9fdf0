// Sample run:  groktheory figure closed-forms --profile quick
#include "figures/closed_forms/closed_forms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compare/statistics/summary.hpp"
#include "figures/panels/text.hpp"

namespace grok {
namespace {

constexpr const char* levi = "Levi et al. 2023, arXiv:2310.16441";
constexpr const char* lyu = "Lyu et al. 2023, arXiv:2311.18817";
constexpr double near = 0.05;  // ours: so near to a slope of 1 counts as 1

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  FigureContext training = context;
  training.workers = cpu_workers(context.workers.threads);  // the one engine of its models
  const ClosedFormsData data = collect_closed_forms(run_figure_studies(figure, training), context);
  publish(figure, context, sheet_of(data), report_of(data));
  return claims_of(data);
}

bool holds_one(const Estimate& e) { return compare_with(e, 1) == Verdict::agrees; }

/// agrees: nothing to fit, ratio and slope are 1; partly: most are within a factor 1.25.
Verdict verdict_of(const Agreement& a) {
  if (a.count == 0 || a.slope.count == 0 || !std::isfinite(a.slope.estimate.low)) {
    return Verdict::open;
  }
  if (holds_one(a.kappa) && holds_one(a.slope.estimate)) {
    return Verdict::agrees;
  }
  return a.within[0].share.value > 0.5 ? Verdict::partly : Verdict::differs;
}

std::string slope_text(const Agreement& a) {
  return a.slope.count == 0 ? "undetermined" : with_interval(a.slope.estimate);
}

std::string score_text(const ClosedFormScore& s) {
  const Agreement& a = s.agreement;
  if (a.count == 0) {
    return "no run got there";
  }
  return fmt::format(
      "measured over predicted {}, median factor {}, within 1.25: {} of {}, log-log slope {}; {} "
      "runs, {} censored",
      with_interval(a.kappa), with_interval(s.median_factor), a.within[0].inside,
      a.within[0].inside + a.within[0].outside, slope_text(a), a.count, a.censored);
}

const ClosedFormScore& score_of(const std::vector<ClosedFormScore>& scores,
                                const std::string& model) {
  return *std::ranges::find(scores, model, &ClosedFormScore::model);
}

Claim unseen_claim(const ClosedFormsData& data) {
  std::int64_t runs = 0, reached = 0, never = 0, settings = 0, steps = 0;
  for (const LinearResult& result : data.linear) {
    for (std::size_t k = 0; result.run.teacher.ratio > 1 && k < result.predicted.size(); ++k) {
      ++settings;
      steps = std::max(steps, result.run.steps);
      never += result.predicted[k].generalisation ? 0 : 1;
      for (const linear::LinearTeacherOutcome& run : result.runs) {
        ++runs;
        reached += run.reached[k].generalisation ? 1 : 0;
      }
    }
  }
  const bool any = runs > 0 && never == settings;
  return {"fewer inputs than dimensions: the student never generalises", levi, "never",
          any ? fmt::format("{} of {} within {} steps", reached, runs, steps)
              : "not trained in this profile",
          !any           ? Verdict::open
          : reached == 0 ? Verdict::agrees
                         : Verdict::differs};
}

/// The theorem is about large alpha: a slope of 1 with an offset is its leading order.
Claim switch_claim(const SwitchLaw& law, const ClosedFormScore& score) {
  const bool one = law.slope.low > 1 - near && law.slope.high < 1 + near;
  Claim claim{fmt::format("diagonal network, {} loss: the switch comes at (ln alpha)/lambda",
                          to_text(law.loss)),
              lyu, "time = (1 ± c)(ln alpha)/lambda for large alpha",
              fmt::format("lambda*time = {} ln alpha + {}; {}", with_interval(law.slope),
                          with_interval(law.intercept), score_text(score)),
              law.count == 0 || !std::isfinite(law.slope.low)    ? Verdict::open
              : one && score.agreement.within[0].share.low > 0.5 ? Verdict::agrees
              : one                                              ? Verdict::partly
                                                                 : Verdict::differs};
  add_remark(claim, "asymptotic in alpha; a term O(1/lambda) is left out");
  return claim;
}

Claim regime_claim(const ClosedFormsData& data) {
  double largest = 0;
  for (const SwitchResult& r : data.switches) {
    largest = std::max(largest, r.run.setting.init_norm);
  }
  std::vector<double> kernel, rich;
  for (const SwitchResult& r : data.switches) {
    for (const SwitchRun& run : r.runs) {
      if (r.run.setting.init_norm == largest && run.kernel_cosine && run.rich_cosine) {
        kernel.push_back(*run.kernel_cosine);
        rich.push_back(*run.rich_cosine);
      }
    }
  }
  if (kernel.empty()) {
    return open_claim("before: the kernel's predictor; after: the rich one", lyu, "-",
                      "not trained");
  }
  const Estimate before = median_interval(kernel), after = median_interval(rich);
  return {"squared loss: least L2 norm before the switch, the sparse teacher after it", lyu,
          "at (1 - c) and (1 + c) (ln alpha)/lambda",
          fmt::format("alpha = {}, c = 1/2: cosine with the least-norm solution {}, then with the "
                      "teacher {}; medians of {} networks",
                      rounded(largest), with_interval(before), with_interval(after), kernel.size()),
          !std::isfinite(before.low) || !std::isfinite(after.low) ? Verdict::open
          : before.low > 1 - near && after.low > 1 - near         ? Verdict::agrees
          : before.low > 0.9 && after.low > 0.9                   ? Verdict::partly
                                                                  : Verdict::differs};
}

}  // namespace

ClosedFormsData collect_closed_forms(std::span<const FigureRuns> studies,
                                     const FigureContext& context) {
  std::vector<Run> runs;
  std::vector<Outcome> outcomes;
  for (const FigureRuns& part : studies) {
    runs.insert(runs.end(), part.study.runs.begin(), part.study.runs.end());
    outcomes.insert(outcomes.end(), part.outcomes.begin(), part.outcomes.end());
  }
  return collect_closed_forms(runs, outcomes, context.workers.threads, context.stop);
}

std::vector<Claim> claims_of(const ClosedFormsData& data) {
  const auto scores = scores_of_closed_forms(data);
  std::vector<Claim> claims;
  for (const char* what : {"training", "generalisation", "delay"}) {
    const ClosedFormScore& score = score_of(scores, fmt::format("linear teacher: {}", what));
    claims.push_back(
        {fmt::format("linear teacher: exact steps, {}", what), levi, "1, for large d and N",
         score_text(score), verdict_of(score.agreement),
         fmt::format("d = {}; formulas derived anew", data.linear.front().run.dimension)});
  }
  claims.push_back(unseen_claim(data));
  for (const SwitchLaw& law : switch_laws(data)) {
    claims.push_back(switch_claim(law, score_of(scores, leading_model(law.loss))));
  }
  claims.push_back(regime_claim(data));
  for (const SwitchLaw& law : switch_laws(data)) {
    const ClosedFormScore& score = score_of(scores, flow_model(law.loss));
    claims.push_back({fmt::format("diagonal network, {} loss: n equations in the scale u v give "
                                  "the step of the switch",
                                  to_text(law.loss)),
                      "ours (docs/theory.md)", "1", score_text(score), verdict_of(score.agreement),
                      "of the flow; networks have a finite rate, the scheme a finite step"});
  }
  return claims;
}

std::string report_of(const ClosedFormsData& data) {
  using Score = ClosedFormScore;
  const CsvTable scores =
      table_of(scores_of_closed_forms(data), column("model", &Score::model),
               column("runs", [](const Score& s) { return s.agreement.count; }),
               column("censored", [](const Score& s) { return s.agreement.censored; }),
               column("ratio", [](const Score& s) { return s.agreement.kappa; }),
               column("factor", &Score::median_factor),
               column("near", [](const Score& s) { return s.agreement.within[0].share; }),
               column("slope", [](const Score& s) { return slope_text(s.agreement); }));
  std::string text = fmt::format(
      "  95% intervals by resampling seeds, {} resamples; predictions know the data and settings, "
      "not the run\n",
      figure_resamples);
  text += text_table(scores, {{"model", "model"},
                              {"runs", "runs"},
                              {"censored", "censored"},
                              {"ratio", "measured/predicted"},
                              {"factor", "median factor"},
                              {"near", "within 1.25"},
                              {"slope", "log-log slope"}});
  for (const SwitchLaw& law : switch_laws(data)) {
    text += fmt::format("  {} loss: lambda*time = {} ln alpha + {}; {} runs, {} censored\n",
                        to_text(law.loss), with_interval(law.slope), with_interval(law.intercept),
                        law.count, law.censored);
  }
  return text + "  steps by setting; never predicted: -\n" +
         text_table(step_table(data), {{"model", "model"},
                                       {"setting", "setting"},
                                       {"predicted", "predicted"},
                                       {"median", "measured (Kaplan-Meier)"},
                                       {"networks", "runs"},
                                       {"censored", "censored"}});
}

Figure closed_forms(std::string_view toml) {
  return {"closed_forms", "Closed forms of two other papers", false, toml, draw, toml};
}

}  // namespace grok
