// Sample run:  groktheory figure two_rate --profile quick
#include "figures/rates/two_rate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "figures/panels/pairs.hpp"
#include "figures/panels/text.hpp"
#include "figures/settings.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

using toy::CollapsePoint;
using toy::FlowRun;
using toy::FlowScore;
using toy::RateCollapse;

template <class T>
std::vector<T> chosen_of(const std::vector<T>& all, const std::vector<std::size_t>& chosen) {
  std::vector<T> some;
  for (const std::size_t k : chosen) {
    some.push_back(all[k]);
  }
  return some;
}

struct ChangeWords {
  RateChange change;
  const char* key;
  const char* picture;
};
constexpr ChangeWords changes[] = {{RateChange::representation, "representation_rate", "η_E alone"},
                                   {RateChange::decoder, "decoder_rate", "η_D alone"},
                                   {RateChange::both, "both", "both, their ratio kept"}};

CsvTable slope_table(const RateCollapse& data) {
  CsvTable table{{"of", "change", "ratio", "pairs", "exponent", "low", "high"}, {}};
  for (const auto& [of, points] : {std::pair("networks", toy::measured_steps(data.runs)),
                                   std::pair("mode flow", toy::flow_steps(data.runs, true))}) {
    for (const ChangeWords& words : changes) {
      for (const RateSlope& slope : local_slopes(points, words.change)) {
        add_row(table, of, words.key, slope.ratio, slope.pairs, slope.slope);
      }
    }
  }
  return table;
}

CsvTable collapse_table(const RateCollapse& data) {
  return table_of(data.F, column("train", &CollapsePoint::train),
                  column("ratio", &CollapsePoint::ratio), column("F", &CollapsePoint::median),
                  column("quartile_low", &CollapsePoint::low),
                  column("quartile_high", &CollapsePoint::high),
                  column("there", &CollapsePoint::there), column("flows", &CollapsePoint::flows));
}

CsvTable number_table(const RateCollapse& data) {
  CsvTable table{{"of", "quantity", "runs", "seeds", "value", "low", "high"}, {}};
  const auto add = [&](const std::string& of, const std::string& quantity, std::int64_t runs,
                       const Estimate& value) {
    add_row(table, of, quantity, runs, data.score.seeds, value);
  };
  const auto add_share = [&](const std::string& of, const std::string& quantity,
                             const FactorShare& share) {
    add(of, quantity, share.inside + share.outside, share.share);
  };
  if (data.measured.count > 0) {
    add("law with fitted C", "C", data.measured.count, data.measured.constant);
    add("law with fitted C", "within 1.5", data.measured.count, data.measured.within);
  }
  if (data.agreement.count > 0) {
    add("F of other seeds", "measured/F", data.agreement.count, data.agreement.kappa);
    add_share("F of other seeds", "within 1.5", data.agreement.within[1]);
  }
  for (const ChangeWords& words : changes) {
    const RateSlope slope = median_slope(toy::measured_steps(data.runs), words.change);
    if (slope.pairs > 0) {
      add("networks", fmt::format("local exponent, {}", words.key), slope.pairs, slope.slope);
    }
  }
  const auto add_score = [&](const std::string& of, const FlowScore& s) {
    add(of, "there or stuck told", s.count, s.outcome);
    add(of, "median of measured/flow", s.ratios, s.ratio);
    add_share(of, "within 1.25", s.within_1_25);
    add_share(of, "within 1.5", s.within_1_5);
  };
  add_score(fmt::format("{} modes", toy::mode_flow_modes), data.score);
  for (const auto& [modes, score] : data.sweep) {
    add_score(fmt::format("{} modes, first seeds", modes), score);
  }
  return table;
}

Panel collapse_panel(const RateCollapse& data, const CsvTable& runs, const CsvTable& F,
                     const std::string& train) {
  Rows there;
  for (const auto& row : rows_of(rows_where(runs, "train", train),
                                 {"representation_rate", "decoder_rate", "measured"})) {
    there.push_back({row[0] / row[1], row[2] * std::sqrt(row[0] * row[1])});
  }
  const CsvTable own = rows_where(F, "train", train);
  Panel panel(log_axis("η_E / η_D"), log_axis("steps × √(η_E η_D)"));
  Rows quartiles = rows_of(own, {"ratio", "quartile_low", "quartile_high"});
  std::erase_if(quartiles, [](const auto& row) { return std::isinf(row[2]); });
  panel.band(quartiles, Style{.colour = look::vermilion, .opacity = 0.2})
      .line(rows_of(own, {"ratio", "F"}), look::theory(),
            "{/:Italic F} of the mode flow, other seeds; quartiles")
      .points(spread(there), look::networks(), "networks");
  if (data.measured.count > 0) {
    panel.level(data.measured.constant.value, look::summary(), "{/:Italic C}, fitted to all");
  }
  return panel.title("|D| = " + train);
}

Panel pair_panel(const RateCollapse& data, const CsvTable& runs) {
  return pairs("steps of the mode flow", "measured steps", runs, "flow", "measured",
               {.budget = static_cast<double>(data.runs.at(0).spec.steps)})
      .title("Its own mode flow, nothing fitted");
}

Panel slope_panel(const CsvTable& slopes) {
  static constexpr const char* colours[] = {look::blue, look::orange, look::green};
  Panel panel(log_axis("η_E / η_D"), linear_axis("local exponent"));
  const Style guide{.colour = look::grey, .width = 0.9, .dash = Dash::dotted};
  panel.level(-0.5, guide, "−1/2 and −1").level(-1, guide);
  for (std::size_t k = 0; k < std::size(changes); ++k) {
    const CsvTable own = rows_where(slopes, "change", changes[k].key);
    const Style style{
        .colour = colours[k], .width = 0.9, .symbol = look::kind_symbol(k), .size = 3.4};
    panel.line(rows_of(rows_where(own, "of", "mode flow"), {"ratio", "exponent"}), style)
        .bars(rows_of(rows_where(own, "of", "networks"), {"ratio", "exponent"}, {"low", "high"}),
              style, changes[k].picture);
  }
  return panel.title("What one rate does").note("points: networks; lines: their mode flow");
}

Panel sweep_panel(const RateCollapse& data) {
  constexpr double apart = 0.07;
  const Style told{.colour = look::vermilion, .symbol = Symbol::filled_diamond, .size = 4.2};
  const Style near{.colour = look::vermilion, .symbol = Symbol::filled_triangle, .size = 4.2};
  Style dashed = near;
  dashed.dash = Dash::dashed;
  std::vector<std::string> names;
  Rows outcome, within;
  for (const auto& [modes, score] : data.sweep) {
    names.push_back(std::to_string(modes));
    const auto place = static_cast<double>(names.size());
    const auto add = [](Rows& rows, double x, const Estimate& e) {
      if (std::isfinite(e.value)) {
        rows.push_back({x, e.value, e.low, e.high});
      }
    };
    add(outcome, place - apart, score.outcome);
    add(within, place + apart, score.within_1_25.share);
  }
  Panel panel(named_axis("number of modes {/:Italic N}", names), share_axis("share of runs"));
  return panel.title("How many modes it takes")
      .line(outcome, told)
      .bars(outcome, told)
      .entry({Swatch::both, told, "there or stuck told"})
      .line(within, dashed)
      .bars(within, near)
      .entry({Swatch::both, dashed, "steps within a factor 1.25"});
}

std::vector<Claim> flow_claims(const RateCollapse& data) {
  const Source source = our_own("docs/two_rate.md");
  const FlowScore& s = data.score;
  const FactorShare& near = s.within_1_25;
  std::vector<Claim> claims = {
      share_claim("the mode flow tells which runs get there", source, says(above(0.95)),
                  s.outcomes_right, s.count, s.outcome),
      share_claim("and their steps within a factor 1.25", source, says(above(0.9)), near.inside,
                  near.inside + near.outside, near.share)};
  const bool seen = std::ranges::any_of(
      data.runs, [](const FlowRun& run) { return run.spec.seed <= toy::last_seed_looked_at; });
  for (Claim& claim : claims) {
    add_remark(claim,
               seen ? fmt::format("of all runs; its settings were chosen with those of seeds 0 "
                                  "to {}",
                                  toy::last_seed_looked_at)
                    : "");
  }
  return claims;
}

}  // namespace

CsvTable flow_table(std::span<const FlowRun> runs) {
  using Spec = toy::RunSpec;
  const auto of = [](auto member) {
    return [member](const FlowRun& run) { return run.spec.*member; };
  };
  return table_of(runs, column("seed", of(&Spec::seed)), column("symbols", of(&Spec::symbols)),
                  column("train", of(&Spec::train)),
                  column("representation_rate", of(&Spec::representation_rate)),
                  column("decoder_rate", of(&Spec::decoder_rate)),
                  column("budget", of(&Spec::steps)), column("measured", &FlowRun::measured),
                  column("flow", [](const FlowRun& run) { return run.flow.steps; }),
                  column("flow_followed", [](const FlowRun& run) { return run.flow.followed; }),
                  column("flow_memorised", [](const FlowRun& run) { return run.flow.memorised; }),
                  column("identity", [](const FlowRun& run) { return identity(run.spec); }));
}

Sheet sheet_of(const RateCollapse& data) {
  Sheet sheet;
  sheet.table("runs", flow_table(data.runs));
  sheet.table("other_seeds", flow_table(data.others));
  sheet.table("F", collapse_table(data));
  sheet.table("exponents", slope_table(data));
  sheet.table("numbers", number_table(data));
  const CsvTable& runs = sheet.table("runs");
  std::set<std::int64_t> sizes;
  for (const FlowRun& run : data.runs) {
    sizes.insert(run.spec.train);
  }
  std::vector<Panel> first,
      second = {pair_panel(data, runs), slope_panel(sheet.table("exponents"))};
  for (const std::int64_t train : sizes) {
    first.push_back(collapse_panel(data, runs, sheet.table("F"), std::to_string(train)));
  }
  if (!data.sweep.empty()) {
    second.push_back(sweep_panel(data));
  }
  if (first.size() == 1) {  // two and two
    first.push_back(std::move(second.front()));
    second.erase(second.begin());
  }
  sheet.row(std::move(first)).row(std::move(second));
  sheet.caption(fmt::format(
      "{}, {}, RQI > 0.95 within {} steps. Both rates times c divide steps by c, so that steps "
      "√(η_E η_D) is a function F of η_E/η_D at one |D|; F is that of the mode flow of {} flows of "
      "other seeds, for which no network was trained. Local exponents: between neighbouring rates "
      "of which both runs get there, medians; bars are 95% intervals over seeds.",
      data.descent ? "Plain gradient descent" : "Adam",
      runs_in_seeds(data.score.count, data.score.seeds), data.runs.at(0).spec.steps,
      data.others.size()));
  return sheet;
}

std::string report_of(const RateCollapse& data) {
  return fmt::format("  {}; {} networks of {} got there; 95% intervals over seeds\n",
                     data.descent ? "plain gradient descent" : "Adam", data.score.there,
                     runs_in_seeds(data.score.count, data.score.seeds)) +
         text_table(number_table(data)) +
         "  local exponents: d ln steps/d ln rate between neighbouring rates, at one ratio "
         "eta_E/eta_D\n" +
         text_table(slope_table(data)) +
         "  of networks that got there; told stuck: outside every factor\n";
}

std::vector<Claim> claims_of(const RateCollapse& data) {
  const std::vector<RatedSteps> points = toy::measured_steps(data.runs);
  const auto pairs_of = [&](const RateSlope& slope) {
    return fmt::format("median of {} pairs of neighbours, {} seeds", slope.pairs, data.score.seeds);
  };
  const RateSlope one = median_slope(points, RateChange::representation),
                  both = median_slope(points, RateChange::both);
  const Agreement& F = data.agreement;
  std::vector<Claim> claims;
  if (!data.descent) {
    claims.push_back(number_claim("steps are proportional to 1/eta_E alone: exponent",
                                  "Liu et al. 2022, eq. 9", says("−1", within_difference(-1, 0.1)),
                                  one.slope, pairs_of(one)));
    claims.back().remark = "it is no constant: it changes with eta_E/eta_D (the report's table)";
  }
  const Source source = our_own("docs/two_rate.md");
  claims.push_back(number_claim("both rates times c divide steps by c: exponent at one ratio",
                                source, says("−1", within_difference(-1, 0.1)), both.slope,
                                pairs_of(both)));
  claims.push_back(number_claim(
      "steps sqrt(eta_E eta_D) has the level of the F of the mode flow of other seeds: measured "
      "over F",
      source, says(within_factor(1, 1.25)), F.kappa,
      fmt::format("{} runs, {} censored", F.count, F.censored)));
  claims.push_back(
      number_claim("and its shape: share within 1.5 of F less that within 1.5 of a constant C",
                   source, says(above(0)), data.F_over_C, "C is fitted to these runs"));
  for (Claim& claim : flow_claims(data)) {
    claims.push_back(std::move(claim));
  }
  return claims;
}

std::vector<Claim> draw_two_rate(const Figure& figure, const FigureContext& context) {
  Settings settings(figure, context.profile);
  const auto shift = settings.whole("other_seeds_shift", 1, 1'000'000'000);
  const auto other_count = settings.whole("other_seeds", 1, 1000);
  std::vector<std::int64_t> modes;
  std::int64_t sweep_seeds = 0;
  if (settings.has("modes")) {  // panel e
    modes = settings.wholes("modes", 1, 64);
    sweep_seeds = settings.whole("modes_seeds", 1, 1000);
  }
  settings.done();
  require_study(figure, context);
  const std::vector<toy::RunSpec> study = toy::figure_runs(figure, context.profile);
  const int threads = context.workers.threads;
  const std::string label = short_name(figure);
  // Other seeds first: what is said of them owes nothing to a network
  const auto few = chosen_of(study, toy::of_first_seeds(study, other_count));
  auto others =
      toy::follow_runs(toy::other_seeds(few, shift), toy::mode_flow_modes, threads, label);
  const toy::StudyRuns trained = toy::run_figure_study(figure, context);
  auto runs = toy::follow_runs(trained.runs, trained.records, toy::mode_flow_modes, threads, label);
  const auto first = toy::of_first_seeds(trained.runs, sweep_seeds);
  std::vector<std::pair<Index, FlowScore>> sweep;
  for (const Index count : modes) {
    const auto swept =
        count == toy::mode_flow_modes
            ? chosen_of(runs, first)
            : toy::follow_runs(chosen_of(trained.runs, first), chosen_of(trained.records, first),
                               count, threads, label);
    sweep.emplace_back(count, score_flow(swept));
  }
  const RateCollapse data =
      toy::collect_collapse(std::move(runs), std::move(others), std::move(sweep));
  publish(figure, context, sheet_of(data), report_of(data));
  return claims_of(data);
}

Figure two_rate(std::string_view toml) {
  return {"two_rate", "Steps against both learning rates: Adam", false, toml, draw_two_rate, toml};
}

}  // namespace grok
