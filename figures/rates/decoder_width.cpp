// Sample run:  groktheory figure decoder-width --profile quick
#include "figures/rates/decoder_width.hpp"

#include <fmt/ranges.h>
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>
#include <set>

#include "compare/statistics/grouped.hpp"
#include "compare/statistics/intervals.hpp"
#include "core/errors.hpp"
#include "figures/panels/pairs.hpp"
#include "figures/panels/text.hpp"
#include "figures/panels/waiting.hpp"
#include "figures/settings.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

using toy::FlowRun;

Estimate exponent(std::span<const double> widths, std::span<const double> steps, Groups seeds) {
  return log_log_slope(widths, steps, seeds, figure_resamples, figure_bootstrap_seed).estimate;
}

CsvTable run_table(const std::vector<FlowRun>& runs) {
  return table_of(runs, column("width", width_of),
                  column("seed", [](const FlowRun& run) { return run.spec.seed; }),
                  column("steps_to_rqi", &FlowRun::measured),
                  column("mode_flow", [](const FlowRun& run) { return run.flow.steps; }),
                  column("budget", [](const FlowRun& run) { return run.spec.steps; }));
}

CsvTable width_table(const std::vector<FlowRun>& runs) {
  return table_of(
      by_width(runs), column("width", &AtWidth::width),
      column("networks", [](const AtWidth& at) { return at.score.count; }),
      column("there", [](const AtWidth& at) { return at.score.there; }),
      column("median", [](const AtWidth& at) { return at.networks.median; }),
      column("median_low", [](const AtWidth& at) { return at.networks.median_low; }),
      column("median_high", [](const AtWidth& at) { return at.networks.median_high; }),
      column("flow_median", [](const AtWidth& at) { return at.flow.median; }),
      column("measured_over_flow", [](const AtWidth& at) { return at.score.ratio; }),
      column("within_1.25", [](const AtWidth& at) { return at.score.within_1_25.share; }));
}

std::string in_words(const WidthExponents& b) {
  return fmt::format("{} widths, the {} of {} seeds that are there at each", b.widths, b.seeds,
                     b.all);
}

/// A seed has one training set and initial embeddings at all widths. Where no seed differs nothing
/// tells how they might: then as if the two were independent, which is too wide.
Estimate difference_there(const AtWidth& first, const AtWidth& second) {
  std::vector<double> differences;
  for (std::size_t k = 0; k < first.there.size(); ++k) {
    const auto same = std::ranges::find(second.seeds, first.seeds[k]) - second.seeds.begin();
    if (same < std::ssize(second.seeds)) {
      differences.push_back((first.there[k] ? 1 : 0) -
                            (second.there[static_cast<std::size_t>(same)] ? 1 : 0));
    }
  }
  if (std::ranges::all_of(differences, [&](double d) { return d == differences.front(); })) {
    return difference_of(grouped_share(first.there, first.seeds).estimate,
                         grouped_share(second.there, second.seeds).estimate);
  }
  std::vector<std::int64_t> each(differences.size());
  std::iota(each.begin(), each.end(), std::int64_t{0});
  return grouped_mean(differences, each);
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  Settings settings(figure, context.profile);
  const auto modes = settings.whole("modes", 1, 64);
  const auto share = settings.number("share_at_200", 0, 1);
  settings.done();
  const toy::StudyRuns study = toy::run_figure_study(figure, context);
  const auto runs =
      toy::follow_runs(study.runs, study.records, modes, context.workers.threads, "mode flow");
  const double budget = static_cast<double>(study.runs.at(0).steps);
  Sheet sheet;
  sheet.table("a", run_table(runs)).table("a_medians", width_table(runs));
  const CsvTable& medians = sheet.table("a_medians");
  Panel waits = waiting(log_axis("width of both hidden layers"), "steps to RQI > 0.95", budget,
                        sheet.table("a"), "width", "steps_to_rqi");
  waits.title("Steps against width")
      .line(rows_of(medians, {"width", "flow_median"}), look::theory(), "mode flow, median");
  add_medians(waits, budget, medians, "width", "median", "median_low", "median_high");
  Panel told = pairs("steps, mode flow", "steps, measured", sheet.table("a"), "mode_flow",
                     "steps_to_rqi", {.budget = budget})
                   .title("Told before training");
  sheet.row({waits, told});
  sheet.caption(fmt::format(
      "Addition, p = 10, |D| = 45, eta_E = 0.001, eta_D = 0.0001. A seed has one training set and "
      "initial embeddings at all widths. Triangles: not there within {:.0f} steps. The mode flow "
      "({} modes) starts from the network's own initial state; nothing is fitted.",
      budget, modes));
  const WidthExponents b = width_exponents(runs);
  const std::string report =
      text_table(medians) +
      fmt::format("  steps ~ width^b: networks {}, mode flow {}, their ratio {}; {}\n",
                  with_interval(b.networks), with_interval(b.flow), with_interval(b.ratio),
                  in_words(b));
  publish(figure, context, sheet, report);
  return decoder_width_claims(runs, share);
}

}  // namespace

double width_of(const FlowRun& run) {
  const auto& widths = run.spec.decoder_widths;
  if (std::ranges::adjacent_find(widths, std::not_equal_to()) != widths.end()) {
    reject("width_of", "decoder_widths", fmt::format("[{}]", fmt::join(widths, ", ")),
           "equal widths");
  }
  return widths.empty() ? 0 : static_cast<double>(widths.front());
}

std::vector<AtWidth> by_width(const std::vector<FlowRun>& runs) {
  std::map<double, std::vector<FlowRun>> groups;
  for (const FlowRun& run : runs) {
    require_in_range("by_width", "steps", run.spec.steps, runs[0].spec.steps, runs[0].spec.steps);
    groups[width_of(run)].push_back(run);
  }
  std::vector<AtWidth> widths;
  for (const auto& [width, group] : groups) {
    std::vector<Waiting> networks, flow;
    AtWidth at{.width = width};
    for (const FlowRun& run : group) {
      at.there.push_back(run.measured.has_value());
      at.seeds.push_back(run.spec.seed);
      const double budget = static_cast<double>(run.spec.steps);
      const double told = static_cast<double>(run.flow.steps.value_or(run.spec.steps + 1));
      networks.push_back({run.measured.value_or(budget), run.measured.has_value()});
      flow.push_back({std::min(told, budget), told <= budget});
    }
    at.networks = kaplan_meier(networks);
    at.flow = kaplan_meier(flow);
    at.score = toy::score_flow(group);
    widths.push_back(std::move(at));
  }
  return widths;
}

WidthExponents width_exponents(const std::vector<FlowRun>& runs) {
  std::set<double> found;
  for (const AtWidth& at : by_width(runs)) {
    if (2 * at.score.there > at.score.count) {
      found.insert(at.width);
    }
  }
  std::set<std::int64_t> all, missing;
  for (const FlowRun& run : runs) {
    all.insert(run.spec.seed);
    if (found.contains(width_of(run)) && (!run.measured || !run.flow.steps)) {
      missing.insert(run.spec.seed);
    }
  }
  std::vector<double> widths, measured, flow, ratios;
  std::vector<std::int64_t> seeds;
  for (const FlowRun& run : runs) {
    if (found.contains(width_of(run)) && !missing.contains(run.spec.seed)) {
      widths.push_back(width_of(run));
      measured.push_back(*run.measured);
      flow.push_back(static_cast<double>(*run.flow.steps));
      ratios.push_back(measured.back() / flow.back());
      seeds.push_back(run.spec.seed);
    }
  }
  const Estimate none{NAN, NAN, NAN};
  WidthExponents b{
      none, none, none, std::ssize(all) - std::ssize(missing), std::ssize(all), std::ssize(found)};
  if (b.seeds >= 2 && b.widths >= 2) {
    b.networks = exponent(widths, measured, seeds);
    b.flow = exponent(widths, flow, seeds);
    b.ratio = exponent(widths, ratios, seeds);
  }
  return b;
}

std::vector<Claim> decoder_width_claims(const std::vector<FlowRun>& runs, double share_at_200) {
  const WidthExponents b = width_exponents(runs);
  const toy::FlowScore score = toy::score_flow(runs);
  const FactorShare& within = score.within_1_25;
  const auto widths = by_width(runs);
  const toy::FlowScore &wide = widths.back().score, &narrow = widths.front().score;
  const Source source = our_own("docs/two_rate.md");
  const auto counts = [](const toy::FlowScore& s) {
    return fmt::format("{} of {}", s.there, s.count);
  };
  const Band no_exponent = within_difference(0, 0.1);
  std::vector<Claim> claims = {
      number_claim("width changes nothing: exponent of the steps in the width",
                   our_own("a null hypothesis"), says("0", no_exponent), b.networks, in_words(b)),
      comparison_claim(fmt::format("as many get there at width {:.0f} as at {:.0f}",
                                   widths.back().width, widths.front().width),
                       source, counts(narrow), counts(wide), "difference",
                       difference_there(widths.back(), widths.front()), within_difference(0, 0.1)),
      number_claim("the mode flow has the networks' exponent: that of measured/flow is 0", source,
                   says("0", no_exponent), b.ratio, in_words(b)),
      share_claim("the mode flow is right within a factor 1.25, as at width 200", source,
                  says(share_at_200, or_larger(within_difference(share_at_200, 0.05))),
                  within.inside, within.inside + within.outside, within.share,
                  "networks that got there"),
      share_claim("the mode flow tells who gets there", source, says(above(0.95)),
                  score.outcomes_right, score.count, score.outcome)};
  for (Claim& claim : claims) {
    claim.remark =
        "claims and rule of widths were fixed after a look at seeds 0 to 29; profile unseen leaves "
        "them out";
  }
  return claims;
}

Figure decoder_width(std::string_view toml) {
  constexpr const char* title = "Does the width of the decoder change when networks find the line?";
  return {"decoder_width", title, false, toml, draw, toml};
}

}  // namespace grok
