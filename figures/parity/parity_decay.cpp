// Sample run:  groktheory figure parity-decay --profile quick
#include "figures/parity/parity_decay.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "compare/statistics/over_seeds.hpp"
#include "core/errors.hpp"
#include "core/numbers.hpp"
#include "figures/panels/text.hpp"
#include "figures/settings.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

using parity::Bracket;
using parity::DecayRatios;
using parity::DecayRun;
using parity::DecaySeed;
using parity::Survival;
using parity::SurvivalRun;

/// Runs and records in the types of the model.
struct Runs {
  std::vector<parity::RunSpec> specs;
  std::vector<parity::Record> records;
};

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  Settings settings(figure, context.profile);
  const double first_loss_share = settings.number("first_loss_share", 0, 1),
               collapse_share = settings.number("collapse_share", 0, 1);
  ParityDecay data;
  data.shown_seed = settings.whole("shown_seed", 0, 1'000'000);
  settings.done();
  Runs samples, all_strings;
  const AllRuns all = run_figure_studies(figure, context);
  for (std::size_t k = 0; k < all.runs.size(); ++k) {
    const auto& spec = all.runs[k].as<parity::RunSpec>();
    Runs& runs =
        spec.bits < 20 && spec.train == std::int64_t{1} << spec.bits ? all_strings : samples;
    runs.specs.push_back(spec);
    runs.records.push_back(all.outcomes[k].as<parity::Record>());
  }
  data.steps =
      parity::collect_decay_steps(samples.specs, samples.records, first_loss_share, collapse_share);
  if (std::ranges::find(data.steps.seeds, data.shown_seed, &DecaySeed::seed) ==
      data.steps.seeds.end()) {
    reject(figure.stem + ".toml", "shown_seed", std::to_string(data.shown_seed),
           "a seed of the studies");
  }
  data.survivals = parity::collect_survival(all_strings.specs, all_strings.records);
  return publish(figure, context, sheet_of(data), claims_of(data));
}

std::string mode_name(bool late) { return late ? "raised at memorisation" : "from the start"; }

CsvTable run_table(const ParityDecay& data) {
  return table_of(data.steps.runs, column("seed", &DecayRun::seed),
                  column("decay_from", [](const DecayRun& run) { return mode_name(run.late); }),
                  column("decay", &DecayRun::decay), column("test_accuracy", &DecayRun::accuracy),
                  column("squared_norm", &DecayRun::squared_norm),
                  column("diverged", &DecayRun::diverged));
}

/// A row for each predicted step: first loss, collapse.
CsvTable step_table(const ParityDecay& data) {
  CsvTable both;
  const auto add = [&](const std::string& step, auto predicted, Bracket DecaySeed::*measured) {
    const CsvTable rows = table_of(
        data.steps.seeds, column("seed", &DecaySeed::seed),
        column("decay_from", [](const DecaySeed& seed) { return mode_name(seed.late); }),
        column("step", [&](const DecaySeed&) { return step; }), column("predicted", predicted),
        column("measured", [=](const DecaySeed& seed) { return (seed.*measured).middle(); }),
        column("last_with", [=](const DecaySeed& seed) { return (seed.*measured).low; }),
        column("first_without", [=](const DecaySeed& seed) { return (seed.*measured).high; }));
    both.columns = rows.columns;
    append(both, rows);
  };
  add(
      "accuracy lost", [](const DecaySeed& seed) { return seed.stairs.first_loss; },
      &DecaySeed::first_loss);
  add(
      "weights vanish", [](const DecaySeed& seed) { return seed.stairs.collapse; },
      &DecaySeed::collapse);
  add(
      "zero is stable", [](const DecaySeed& seed) { return seed.zero_stability; },
      &DecaySeed::collapse);
  return both;
}

std::string start_name(bool circuit) { return circuit ? "exact network" : "random"; }

CsvTable survival_table(const ParityDecay& data) {
  return table_of(data.survivals.runs, column("parity", &SurvivalRun::parity),
                  column("seed", &SurvivalRun::seed),
                  column("start", [](const SurvivalRun& run) { return start_name(run.circuit); }),
                  column("decay_over_critical", &SurvivalRun::ratio),
                  column("squared_norm_over_least", &SurvivalRun::squared_norm));
}

/// The grid's cell in which a parity is lost, of all seeds together, over M_k: from the least decay
/// that was still kept by all to the largest that was lost by all; NaN where one is not bracketed.
Estimate lost_at(const Survival& survival) {
  Estimate cell{not_a_number, 1e300, 0};
  for (const Bracket& decay : survival.decays) {
    if (!decay.middle()) {
      return {not_a_number, not_a_number, not_a_number};
    }
    cell.low = std::min(cell.low, *decay.low / survival.predicted);
    cell.high = std::max(cell.high, *decay.high / survival.predicted);
  }
  cell.value = (cell.low + cell.high) / 2;
  return cell;
}

CsvTable critical_table(const ParityDecay& data) {
  return table_of(
      data.survivals.of, column("parity", &Survival::parity),
      column("start", [](const Survival& survival) { return start_name(survival.circuit); }),
      column("critical_decay", &Survival::predicted),
      column("lost_at_over_critical", "last_kept", "first_lost", lost_at),
      column("seeds", [](const Survival& survival) { return survival.seeds.size(); }));
}

Style mode_style(bool late) {
  Style style = look::networks();
  style.colour = late ? look::sky : look::blue;
  style.symbol = late ? Symbol::ring : Symbol::disc;
  style.width = 1;
  style.size = late ? 5.5 : 3;
  style.opacity = 1;
  return style;
}

/// Steps as a line: what is left up to each decay.
Rows stairs_of(const parity::Staircase& stairs, double low, double high,
               double (*value)(const parity::Step&)) {
  Rows line;
  double from = low;
  for (const parity::Step& step : stairs.steps) {
    const double to = std::clamp(step.up_to, low, high);
    line.push_back({from, value(step)});
    line.push_back({to, value(step)});
    from = to;
  }
  return line;
}

Panel shown_panel(const ParityDecay& data, const CsvTable& runs, const std::string& title,
                  const std::string& measured, const Axis& y,
                  double (*value)(const parity::Step&)) {
  const DecaySeed& seed = *std::ranges::find(data.steps.seeds, data.shown_seed, &DecaySeed::seed);
  const CsvTable shown = rows_where(runs, "seed", std::to_string(data.shown_seed));
  const Rows decays = rows_of(shown, {"decay"});
  const auto [low, high] = std::ranges::minmax(decays);
  Panel panel(linear_axis("weight decay {/Symbol l}", low[0] - 0.005, high[0] + 0.005), y);
  panel.title(title);
  panel.line(stairs_of(seed.stairs, low[0], high[0], value), look::theory(),
             "predicted from the four counts");
  for (const bool late : {true, false}) {
    panel.points(rows_of(rows_where(shown, "decay_from", mode_name(late)), {"decay", measured}),
                 mode_style(late), "decay " + mode_name(late));
  }
  return panel;
}

Panel step_panel(const CsvTable& steps) {
  Panel panel(linear_axis("predicted decay"), linear_axis("measured decay"));
  panel.title("Both steps, every seed").square();
  panel.law("x", look::reference(), "as predicted");
  for (const std::string step : {"accuracy lost", "weights vanish"}) {
    Style style{.colour = step == "accuracy lost" ? look::green : look::purple,
                .width = 0.7,
                .symbol = step == "accuracy lost" ? Symbol::disc : Symbol::filled_square,
                .size = 3,
                .opacity = 0.8};
    panel.bars(rows_of(rows_where(steps, "step", step),
                       {"predicted", "measured", "last_with", "first_without"}),
               style, step + "; bars: the grid");
  }
  return panel;
}

Panel survival_panel(const ParityDecay& data, const CsvTable& survivals) {
  Panel panel(linear_axis("{/Symbol l}/{/:Italic M_k}", 0.89, 1.07),
              linear_axis("|{/Symbol q}|^2/{/:Italic N_k}", -0.05, 1.2));
  panel.title("All strings of 8 bits, from the exact network");
  panel.line({{0.89, 1}, {1, 1}, {1, 0}, {1.07, 0}}, look::theory(), "predicted, any k");
  const CsvTable exact = rows_where(survivals, "start", start_name(true));
  std::size_t most = 1;
  for (const Survival& survival : data.survivals.of) {
    most = std::max(most, static_cast<std::size_t>(survival.parity));
  }
  for (std::size_t k = 1; k <= most; ++k) {
    const Style style{.colour = look::scale_colour(k - 1, most),
                      .width = 0.8,
                      .symbol = look::kind_symbol(k),
                      .size = 3.2};
    panel.points(rows_of(rows_where(exact, "parity", std::to_string(k)),
                         {"decay_over_critical", "squared_norm_over_least"}),
                 style, fmt::format("{{/:Italic k}} = {}", k));
  }
  return panel;
}

}  // namespace

Sheet sheet_of(const ParityDecay& data) {
  Sheet sheet;
  sheet.table("runs", run_table(data)).table("steps", step_table(data));
  sheet.table("all_strings", survival_table(data)).table("critical", critical_table(data));
  sheet.report(text_table(sheet.table("steps")) + text_table(sheet.table("critical")));
  const CsvTable& runs = sheet.table("runs");
  sheet.row({shown_panel(data, runs, "Accuracy on new strings", "test_accuracy",
                         linear_axis("test accuracy", 0, 1.05),
                         [](const parity::Step& step) { return step.accuracy; }),
             shown_panel(data, runs, "Norm", "squared_norm", linear_axis("|{/Symbol q}|^2", 0),
                         [](const parity::Step& step) { return step.squared_norm; })});
  sheet.row({step_panel(sheet.table("steps")), survival_panel(data, sheet.table("all_strings"))});
  return sheet.caption(fmt::format(
      "a, b: seed {} of {}; a pattern of the two bits lives while the decay is below sqrt(2) times "
      "its share of the training set; where f of the two bits is 0, the others answer about half. "
      "c: middles and ends of the cells of the grid in which the "
      "accuracy falls below 7/8 and |theta|^2 below half of one pattern's. d: M_k and N_k are "
      "closed "
      "forms; minibatches shift the step down.",
      data.shown_seed, data.steps.seeds.size()));
}

namespace {

Source ours() { return our_own("docs/theory.md, section 13"); }

/// Of the brackets that are there; the others are misses of the share.
std::vector<Claim> step_claims(const DecayRatios& ratios, const std::string& what) {
  std::vector<double> there;
  std::vector<std::int64_t> seeds;
  for (std::size_t k = 0; k < ratios.seeds.size(); ++k) {
    if (std::isfinite(ratios.measured_over_predicted[k])) {
      there.push_back(ratios.measured_over_predicted[k]);
      seeds.push_back(ratios.seeds[k]);
    }
  }
  const auto all = std::ssize(ratios.seeds);
  const std::string open = there.size() < ratios.seeds.size()
                               ? fmt::format("{} of {} have no step on the grid",
                                             ratios.seeds.size() - there.size(), all)
                               : "";
  const std::string mean = what + ": measured over predicted";
  std::vector<Claim> claims = {
      there.empty() ? open_claim(mean, ours(), "1", "-")
                    : number_claim(mean, ours(), says(1, within_factor(1, 1 + ratios.share)),
                                   mean_over_seeds(there, seeds).estimate,
                                   fmt::format("mean of {} brackets", there.size())),
      share_claim(
          fmt::format("{}: within {} % of the prediction", what, rounded(100 * ratios.share)),
          ours(), says("nine of ten", or_larger(within_difference(0.9, 0.1))),
          std::ranges::count(ratios.close, true), all,
          grouped_share(ratios.close, ratios.seeds).estimate)};
  for (Claim& claim : claims) {
    add_remark(claim, open);
  }
  return claims;
}

/// The thesis saw the threshold between two of its decays. A seed that loses nothing, or all, on
/// the grid counts with infinity or 0.
Claim thesis_claim(const ParityDecay& data) {
  std::vector<double> measured;
  for (const DecaySeed& seed : data.steps.seeds) {
    if (seed.late) {
      const Bracket& at = seed.first_loss;
      measured.push_back(at.middle() ? *at.middle() : at.low ? INFINITY : 0.0);
    }
  }
  const std::string statement = "raised after memorisation, decay hurts from a threshold on";
  const Source source("thesis on (n,k)-parity, Hypothesis 3.1");
  return measured.empty()
             ? open_claim(statement, source, "between 0.1 and 0.5", "-")
             : number_claim(statement, source,
                            says("between 0.1 and 0.5", Band{0.1, 0.5, "between 0.1 and 0.5"}),
                            median_interval(measured),
                            fmt::format("median of {} seeds", measured.size()));
}

Claim modes_claim(const ParityDecay& data) {
  const auto& alike = data.steps.modes_alike;
  const std::string statement =
      "no hysteresis: raised at memorisation, decay ends it in the same cell of the grid";
  return alike.empty()
             ? open_claim(statement, ours(), "nine of ten", "-")
             : share_claim(
                   statement, ours(), says("nine of ten", or_larger(within_difference(0.9, 0.1))),
                   std::ranges::count(alike, true), std::ssize(alike),
                   grouped_share(alike, data.steps.modes_seeds).estimate, "steps of a seed");
}

/// Every k by itself: a mean over k would hide those that are off.
Claim survival_claim(const ParityDecay& data, bool circuit) {
  std::vector<Verdict> verdicts;
  std::vector<std::string> cells;
  const Band same = within_factor(1, 1.05);
  for (const Survival& survival : data.survivals.of) {
    if (survival.circuit == circuit) {
      const Estimate cell = lost_at(survival);
      verdicts.push_back(judge(cell, same));
      cells.push_back(
          fmt::format("k = {}: {}", survival.parity,
                      std::isnan(cell.low) ? "no step on the grid" : with_interval(cell)));
    }
  }
  Claim claim =
      open_claim(fmt::format("all strings, {} start: the decay that ends a parity over M_k",
                             circuit ? "exact" : "random"),
                 ours(), "1", cells.empty() ? "-" : fmt::format("{}", fmt::join(cells, "; ")),
                 "the interval is the grid's cell, of all seeds together");
  claim.criterion = "each k " + same.text;
  claim.verdict = verdicts.empty() ? Verdict::open : all_of(verdicts);
  return claim;
}

}  // namespace

std::vector<Claim> claims_of(const ParityDecay& data) {
  std::vector<Claim> claims = {thesis_claim(data)};
  const auto add = [&claims](const DecayRatios& ratios, const std::string& what) {
    std::ranges::move(step_claims(ratios, what), std::back_inserter(claims));
  };
  add(data.steps.first_loss, "accuracy is lost at lambda_g");
  add(data.steps.collapse, "every weight vanishes at lambda_0");
  add(data.steps.stability, "every weight vanishes where zero is stable, all bits counted");
  claims.push_back(modes_claim(data));
  claims.push_back(survival_claim(data, true));
  claims.push_back(survival_claim(data, false));
  return claims;
}

Figure parity_decay(std::string_view toml) {
  return {"parity_decay", "The decay at which a parity is lost", false, toml, draw, toml};
}

}  // namespace grok
