// Sample run:  groktheory figure two_rate --profile quick
#include "figures/rates/two_rate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compare/statistics/summary.hpp"
#include "core/errors.hpp"
#include "figures/script.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

template <class T>
std::vector<T> chosen_of(const std::vector<T>& all, const std::vector<std::size_t>& chosen) {
  std::vector<T> some;
  for (const std::size_t k : chosen) {
    some.push_back(all[k]);
  }
  return some;
}

std::string fit_line(const std::string& what, const TwoRateFit& fit) {
  if (!fit.known) {
    return fmt::format("  {:<28} {} runs: no fit ({})\n", what, fit.count, fit.none);
  }
  return fmt::format(
      "  {:<28} eta_E {}   eta_D {}   sum {}\n"
      "  {:<28} C = {}; within 1.5 of C/sqrt(eta_E eta_D): {}; {}, {} blocks\n",
      what, with_interval(fit.representation), with_interval(fit.decoder), with_interval(fit.sum),
      "", with_interval(fit.constant), with_interval(fit.within),
      runs_in_seeds(fit.count, fit.seeds), fit.blocks);
}

std::string share_text(const FactorShare& s) {
  return fmt::format("{} of {}, {}", s.inside, s.inside + s.outside, with_interval(s.share, 2));
}

std::string score_line(const std::string& what, const FlowScore& s) {
  return fmt::format(
      "  {:<10} there or stuck told in {} of {}: {}   measured/flow, median of {}: {}\n"
      "  {:<10} within 1.25: {}   within 1.5: {}\n",
      what, s.outcomes_right, s.count, with_interval(s.outcome, 3), s.ratios,
      with_interval(s.ratio, 3), "", share_text(s.within_1_25), share_text(s.within_1_5));
}

Claim number_claim(const std::string& statement, const std::string& source, double published,
                   const Estimate& ours, const TwoRateFit& fit) {
  Claim claim{statement, source, rounded(published), "no fit: " + fit.none, Verdict::open};
  if (fit.known) {
    claim.ours = fmt::format("{}, {} that got there", with_interval(ours),
                             runs_in_seeds(fit.count, fit.seeds));
    claim.verdict = compare_with(ours, published);
  }
  return claim;
}

/// -1 is exact in continuous time alone; the flow makes steps as large as the network's.
Claim sum_claim(const TwoRateData& data) {
  constexpr double near = 0.1;
  Claim claim = number_claim("c times both rates divides steps by c: sum of the exponents",
                             "ours (docs/two_rate.md)", -1, data.measured.sum, data.measured);
  if (claim.verdict == Verdict::differs && std::abs(data.measured.sum.value + 1) < near) {
    claim.verdict = Verdict::partly;
    claim.remark = "exact for small steps and without Adam's memory alone";
    add_remark(claim, data.flow.known ? "the mode flow, with steps as large, has " +
                                            with_interval(data.flow.sum)
                                      : "");
  }
  return claim;
}

/// What the flow says of other seeds, beside the networks.
Claim forecast_claim(const std::string& what, const TwoRateData& data, const Estimate& forecast,
                     const Estimate& measured) {
  Claim claim{"the mode flow of other seeds tells the exponent of " + what,
              "ours (docs/two_rate.md)", "no fit", "no fit", Verdict::open};
  if (data.flow_others.known && data.measured.known) {
    claim.published = with_interval(forecast);
    claim.ours = fmt::format("{}, {}", with_interval(measured),
                             runs_in_seeds(data.measured.count, data.measured.seeds));
    claim.verdict = compare_with(measured, forecast);
  }
  return claim;
}

Claim score_claim(const std::string& statement, double published, const std::string& text,
                  const Estimate& share, const std::string& ours, bool any) {
  Claim claim{statement, "ours, an early trial (docs/two_rate.md)", text, "no run to tell",
              Verdict::open};
  if (any) {
    claim.ours = ours;
    claim.verdict = compare_with(share, published);
  }
  return claim;
}

std::vector<Claim> trial_claims(const TwoRateData& data) {
  const std::string trial = "ours, an early trial of 120 runs, |D| = 48";
  const TwoRateFit& fit = data.measured;
  std::vector<Claim> claims = {
      number_claim("steps are proportional to 1/eta_E alone: exponent", "Liu et al. 2022, eq. 9",
                   -1, fit.representation, fit),
      number_claim("exponent of the embeddings' rate", trial, -0.42, fit.representation, fit),
      number_claim("exponent of the decoder's rate", trial, -0.51, fit.decoder, fit),
      number_claim("C of steps = C/sqrt(eta_E eta_D)", trial, 0.26, fit.constant, fit),
      number_claim("share of runs within 1.5 of that law", trial, 0.94, fit.within, fit)};
  for (Claim& claim : claims) {
    claim.remark = "sizes of D as the study has them";
  }
  return claims;
}

}  // namespace

TwoRateData collect_two_rate(std::vector<FlowRun> runs, std::vector<FlowRun> others,
                             std::vector<std::pair<Index, FlowScore>> sweep) {
  TwoRateData data;
  data.runs = std::move(runs);
  data.others = std::move(others);
  data.sweep = std::move(sweep);
  for (const auto* list : {&data.runs, &data.others}) {
    for (const FlowRun& run : *list) {
      const std::string& wanted = data.runs.at(0).spec.optimiser;
      if (run.spec.optimiser != wanted) {
        reject("collect_two_rate", "optimiser", "'" + run.spec.optimiser + "'",
               "that of all others, '" + wanted + "'");
      }
    }
  }
  data.descent = !data.runs.empty() && data.runs[0].spec.optimiser == "sgd";
  data.measured = fit_two_rates(measured_steps(data.runs));
  data.flow = fit_two_rates(flow_steps(data.runs, true));
  data.flow_others = fit_two_rates(flow_steps(data.others, false));
  data.score = score_flow(data.runs);
  return data;
}

std::string report_two_rate(const TwoRateData& data) {
  std::string text = fmt::format(
      "  {}; {} networks of {} got there; exponents of steps to RQI > 0.95, 95% intervals by "
      "resampling seeds\n",
      data.descent ? "plain gradient descent" : "Adam", data.score.there,
      runs_in_seeds(data.score.count, data.score.seeds));
  text += fit_line("mode flow, other seeds:", data.flow_others);
  text += fit_line("mode flow, the same runs:", data.flow);
  text += fit_line("networks:", data.measured);
  text += fmt::format(
      "  the mode flow with {} modes against the networks; shares within a factor are of those "
      "that got there, told stuck: outside\n",
      data.modes);
  text += score_line("all", data.score);
  for (const auto& [modes, score] : data.sweep) {
    text += score_line(fmt::format("{} mode{}", modes, modes == 1 ? "" : "s"), score);
  }
  return text;
}

std::vector<Claim> claims_of_two_rate(const TwoRateData& data) {
  std::vector<Claim> claims = data.descent ? std::vector<Claim>{} : trial_claims(data);
  claims.push_back(sum_claim(data));
  claims.push_back(forecast_claim("the embeddings' rate", data, data.flow_others.representation,
                                  data.measured.representation));
  claims.push_back(
      forecast_claim("the decoder's rate", data, data.flow_others.decoder, data.measured.decoder));
  const FlowScore& s = data.score;
  const FactorShare& near = s.within_1_25;
  claims.push_back(
      score_claim("the mode flow tells which runs get there", 0.99, "198 of 200 runs", s.outcome,
                  fmt::format("{} of {}: {}", s.outcomes_right, s.count, with_interval(s.outcome)),
                  s.count > 0));
  claims.push_back(score_claim("and their steps within a factor 1.25", 71.0 / 72, "71 of 72 runs",
                               near.share, share_text(near), near.inside + near.outside > 0));
  for (std::size_t k = claims.size() - 2; k < claims.size(); ++k) {
    claims[k].remark = data.descent ? "that trial was of Adam"
                                    : "the flow's settings were chosen on seeds 0 to 5; profile "
                                      "unseen leaves them out";
  }
  return claims;
}

std::vector<Claim> publish_two_rate(const Figure& figure, const FigureContext& context,
                                    const std::vector<Index>& modes) {
  require_study(figure, context);
  const std::vector<toy::RunSpec> study = toy::figure_runs(figure, context.profile);
  const int threads = context.workers.threads;
  const auto label = short_name(figure);
  // Other seeds first: what is said of them owes nothing to a network
  const auto few = chosen_of(study, of_first_seeds(study, two_rate_other_seeds));
  auto others =
      follow_runs(other_seeds(few, two_rate_seed_shift), toy::mode_flow_modes, threads, label);
  const toy::StudyRuns trained = toy::run_figure_study(figure, context);
  auto runs = follow_runs(trained.runs, trained.records, toy::mode_flow_modes, threads, label);
  const auto first = of_first_seeds(trained.runs, two_rate_sweep_seeds);
  std::vector<std::pair<Index, FlowScore>> sweep;
  for (const Index count : modes) {
    const auto swept = count == toy::mode_flow_modes
                           ? chosen_of(runs, first)
                           : follow_runs(chosen_of(trained.runs, first),
                                         chosen_of(trained.records, first), count, threads, label);
    sweep.emplace_back(count, score_flow(swept));
  }
  const TwoRateData data = collect_two_rate(std::move(runs), std::move(others), std::move(sweep));
  publish(figure, context, draw_two_rate(data, command_of(figure, context)), report_two_rate(data));
  return claims_of_two_rate(data);
}

namespace {

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  return publish_two_rate(figure, context, {1, 2, 3, 4, 6, 8});
}

}  // namespace

Figure two_rate(std::string_view toml) {
  return {"two_rate", "Steps against both learning rates: Adam", false, toml, draw, toml};
}

}  // namespace grok
