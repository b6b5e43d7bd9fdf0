// Sample run:  groktheory figure closed-forms --profile quick
#include "figures/closed_forms/closed_forms.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compare/statistics/over_seeds.hpp"
#include "figures/panels/text.hpp"

namespace grok {
namespace {

constexpr const char* levi = "Levi et al. 2023, arXiv:2310.16441";
constexpr const char* lyu = "Lyu et al. 2023, arXiv:2311.18817";
constexpr double near = 0.05;  // ours: so near to a slope of 1 counts as 1

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  FigureContext training = context;
  training.workers = cpu_workers(context.workers.threads);  // the one engine of its models
  const AllRuns all = run_figure_studies(figure, training);
  const ClosedFormsData data =
      collect_closed_forms(all.runs, all.outcomes, training.workers.threads, context.stop);
  publish(figure, context, sheet_of(data), report_of(data));
  return claims_of(data);
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
      a.within[0].inside + a.within[0].outside,
      a.slope.count == 0 ? "undetermined" : with_interval(a.slope.estimate), a.count, a.censored);
}

const ClosedFormScore& score_of(const std::vector<ClosedFormScore>& scores,
                                const std::string& model) {
  return *std::ranges::find(scores, model, &ClosedFormScore::model);
}

/// Nothing is fitted: ratio and slope are 1.
Claim score_claim(const std::string& statement, const Source& source, const std::string& published,
                  const ClosedFormScore& score, const std::string& remark) {
  const Band ratio = within_factor(1, 1.1), slope = within_difference(1, near);
  const Agreement& a = score.agreement;
  Claim claim = open_claim(statement, source, published, score_text(score), remark);
  claim.criterion = fmt::format("ratio {}, slope {}", ratio.text, slope.text);
  if (a.count > 0 && a.slope.count > 0) {
    claim.verdict = all_of({judge(a.kappa, ratio), judge(a.slope.estimate, slope)});
  }
  return claim;
}

Claim unseen_claim(const ClosedFormsData& data) {
  std::int64_t settings = 0, never = 0, steps = 0;
  std::vector<bool> reached;
  std::vector<std::int64_t> seeds;
  for (const LinearResult& result : data.linear) {
    for (std::size_t k = 0; result.run.teacher.ratio > 1 && k < result.predicted.size(); ++k) {
      ++settings;
      steps = std::max(steps, result.run.steps);
      never += result.predicted[k].generalisation ? 0 : 1;
      for (std::size_t r = 0; r < result.runs.size(); ++r) {
        reached.push_back(result.runs[r].reached[k].generalisation.has_value());
        seeds.push_back(result.seeds[r]);
      }
    }
  }
  const std::string statement = "fewer inputs than dimensions: the student never generalises";
  if (reached.empty() || never != settings) {
    return open_claim(statement, levi, "never", "not trained in this profile");
  }
  Claim claim = none_claim(statement, levi, std::ranges::count(reached, true), std::ssize(reached),
                           grouped_share(reached, seeds).estimate);
  claim.remark = fmt::format("within {} steps", steps);
  return claim;
}

/// The theorem is about large alpha: a slope of 1 with an offset is its leading order.
Claim switch_claim(const SwitchLaw& law, const ClosedFormScore& score) {
  Claim claim = number_claim(
      fmt::format("diagonal network, {} loss: the switch comes at (ln alpha)/lambda",
                  to_text(law.loss)),
      lyu, says("time = (1 ± c)(ln alpha)/lambda for large alpha", within_difference(1, near)),
      law.slope, fmt::format("slope of lambda*time on ln alpha; {}", score_text(score)));
  claim.criterion = "slope " + claim.criterion;
  add_remark(claim, "asymptotic in alpha; a term O(1/lambda) is left out");
  return claim;
}

Claim regime_claim(const ClosedFormsData& data) {
  double largest = 0;
  for (const SwitchResult& r : data.switches) {
    largest = std::max(largest, r.run.setting.init_norm);
  }
  std::vector<double> kernel, rich;
  std::vector<std::int64_t> seeds;
  for (const SwitchResult& r : data.switches) {
    for (std::size_t k = 0; r.run.setting.init_norm == largest && k < r.runs.size(); ++k) {
      if (r.runs[k].kernel_cosine && r.runs[k].rich_cosine) {
        kernel.push_back(*r.runs[k].kernel_cosine);
        rich.push_back(*r.runs[k].rich_cosine);
        seeds.push_back(r.seeds[k]);
      }
    }
  }
  const std::string statement =
      "squared loss: least L2 norm before the switch, the sparse teacher after it";
  if (kernel.empty()) {
    return open_claim(statement, lyu, "-", "not trained");
  }
  const Estimate before = mean_over_seeds(kernel, seeds).estimate,
                 after = mean_over_seeds(rich, seeds).estimate;
  Claim claim = open_claim(
      statement, lyu, "at (1 - c) and (1 + c) (ln alpha)/lambda",
      fmt::format("alpha = {}, c = 1/2: cosine with the least-norm solution {}, then with the "
                  "teacher {}; means of {} networks",
                  rounded(largest), with_interval(before), with_interval(after), kernel.size()));
  claim.verdict = all_of({judge(before, above(1 - near)), judge(after, above(1 - near))});
  claim.criterion = fmt::format("both {}", above(1 - near).text);
  return claim;
}

}  // namespace

std::vector<Claim> claims_of(const ClosedFormsData& data) {
  const auto scores = scores_of_closed_forms(data);
  std::vector<Claim> claims;
  for (const char* what : {"training", "generalisation", "delay"}) {
    claims.push_back(score_claim(
        fmt::format("linear teacher: exact steps, {}", what), levi, "1, for large d and N",
        score_of(scores, fmt::format("linear teacher: {}", what)),
        fmt::format("d = {}; formulas derived anew", data.linear.front().run.dimension)));
  }
  claims.push_back(unseen_claim(data));
  for (const SwitchLaw& law : switch_laws(data)) {
    claims.push_back(switch_claim(law, score_of(scores, leading_model(law.loss))));
  }
  claims.push_back(regime_claim(data));
  for (const SwitchLaw& law : switch_laws(data)) {
    claims.push_back(score_claim(
        fmt::format("diagonal network, {} loss: n equations in the scale u v give the step of the "
                    "switch",
                    to_text(law.loss)),
        our_own("docs/theory.md"), "1", score_of(scores, flow_model(law.loss)),
        "of the flow; networks have a finite rate, the scheme a finite step"));
  }
  return claims;
}

std::string report_of(const ClosedFormsData& data) {
  std::string text = fmt::format(
      "  95% intervals by resampling seeds, {} resamples; predictions know the data and settings, "
      "not the run\n",
      figure_resamples);
  for (const SwitchLaw& law : switch_laws(data)) {
    text += fmt::format("  {} loss: lambda*time = {} ln alpha + {}; {} runs, {} censored\n",
                        to_text(law.loss), with_interval(law.slope), with_interval(law.intercept),
                        law.count, law.censored);
  }
  return text + "  steps by setting: medians by Kaplan and Meier; never predicted: -\n" +
         text_table(step_table(data));
}

Figure closed_forms(std::string_view toml) {
  return {"closed_forms", "Closed forms of two other papers", false, toml, draw, toml};
}

}  // namespace grok
