// groktheory figure scaling: how many samples make the linear structure unique, against p; no
// training. n50 is between whole sizes (ScalingPoint::critical_train), as the prediction and laws.
// Source: ours (docs/theory.md, "Scaling of the threshold"); r_c: Liu et al. 2022, Fig. 4.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compare/statistics/intervals.hpp"
#include "compare/statistics/over_seeds.hpp"
#include "core/numbers.hpp"
#include "figures/representation/representation.hpp"
#include "figures/settings.hpp"

namespace grok {
namespace {

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  Settings settings(figure, context.profile);
  const auto fit_from = settings.whole("fit_from", 2, max_symbols);
  const auto fit_up_to = settings.whole("fit_up_to", 2, max_symbols);
  const auto resamples = settings.whole("resamples", 40, 1'000'000);
  const SeriesDraws how{.draws = settings.whole("draws", 10, 1'000'000),
                        .draws_small = settings.whole("draws_small", 10, 1'000'000),
                        .small = settings.whole("small", 2, max_symbols),
                        .seed = static_cast<std::uint64_t>(settings.whole("seed", 0, 1'000'000)),
                        .threads = context.workers.threads};
  std::vector<ScalingSeries> drawn;
  for (Settings& series : settings.tables("series")) {
    const auto task = series.text("task", {"addition", "modular-addition", "abelian"});
    const auto factor =
        series.has("factor") ? std::optional(series.whole("factor", 2, max_symbols)) : std::nullopt;
    drawn.push_back(draw_scaling_series(figure.stem + ".toml", task, factor,
                                        series.wholes("symbols", 2, max_symbols), how));
    series.done();
  }
  settings.done();
  const ScalingScan scan = fit_scan(std::move(drawn), fit_from, fit_up_to, resamples, how.seed);
  return publish(figure, context, sheet_of(scan), claims_of(scan));
}

CsvTable law_table(const ScalingScan& scan) {
  const auto constant = [](std::size_t k) {
    return [k](const LawFit& fit) {
      return k < fit.constants.size() ? fit.constants[k]
                                      : Estimate{not_a_number, not_a_number, not_a_number};
    };
  };
  CsvTable both;
  for (const FittedLaws* laws : {&scan.large, &scan.all}) {
    append(both, table_of(laws->fits, column("fit_from", [&](const LawFit&) { return laws->from; }),
                          column("law", inside(&LawFit::law, formula_of)), column("a", constant(0)),
                          column("b", constant(1)), column("c", constant(2)),
                          column("chi2", &LawFit::chi2), column("sizes", &LawFit::points),
                          column("aic", &LawFit::aic), column("bic", &LawFit::bic),
                          column("aic_weight", &LawFit::aic_weight),
                          column("fit_up_to", [&](const LawFit&) { return scan.fit_up_to; }),
                          column("held_out", &LawFit::held_out),
                          column("held_out_rms", &LawFit::held_out_rms),
                          column("held_out_worst", &LawFit::held_out_worst)));
  }
  return both;
}

Axis size_axis(const CsvTable& points) {
  const auto [least, most] = std::ranges::minmax(rows_of(points, {"symbols"}));
  Axis axis = log_axis("symbols {/:Italic p}", 0.8 * least[0], 1.25 * most[0]);
  axis.tics = {{4, "4"},     {10, "10"},     {40, "40"},    {100, "100"},
               {400, "400"}, {1000, "1000"}, {4000, "4000"}};
  return axis;
}

constexpr const char* n50 = "{/:Italic n}_{50}";
constexpr const char* log_law = "{/:Italic p}({/:Italic a} + {/:Italic b} ln {/:Italic p})";

/// The same in all panels: a series, a law, the prediction.
Style series_style(std::size_t k) {
  static constexpr const char* colours[] = {look::blue, look::green, look::purple, look::sky};
  return {.colour = colours[k % 4], .width = 0.8, .symbol = look::kind_symbol(k), .size = 3.4};
}
const Style predicted_style{
    .colour = look::vermilion, .dash = Dash::dashed, .symbol = Symbol::diamond, .size = 3.6};
const Style log_style{.colour = look::orange, .width = 0.9, .symbol = Symbol::ring, .size = 3.2};
const Style power_style{
    .colour = look::grey, .width = 0.9, .dash = Dash::dotted, .symbol = Symbol::cross, .size = 3.4};

Panel count_panel(const ScalingScan& scan, const Axis& sizes, const CsvTable& addition) {
  const auto& log = fit_of(scan.large.fits, ScalingLaw::log).constants;
  const auto& power = fit_of(scan.large.fits, ScalingLaw::power).constants;
  const double a = log.at(0).value, b = log.at(1).value, exponent = power.at(1).value;
  return Panel(sizes, log_axis(fmt::format("samples {}", n50), 6))
      .title("Addition: samples that are needed")
      .law(fmt::format("{}*x**{}", power.at(0).value, exponent), power_style,
           fmt::format("{{/:Italic a p^b}}, {{/:Italic b}} = {}", rounded(exponent)))
      .law(fmt::format("x*({}+{}*log(x))", a, b), log_style,
           fmt::format("{}, {{/:Italic a}} = {}, {{/:Italic b}} = {}", log_law, rounded(a),
                       rounded(b)))
      .line(rows_of(addition, {"symbols", "predicted"}), predicted_style, "predicted, no constant")
      .bars(bars_of(addition, "symbols", "critical_train"), series_style(0), "addition");
}

Panel fraction_panel(const Axis& sizes, const CsvTable& ratios) {
  const Rows fractions = bars_of(ratios, "symbols", "of_samples");
  const double p = fractions.back()[0], guide = fractions.back()[1] * p / std::log(p);
  return Panel(sizes, log_axis("critical fraction {/:Italic r}_c", {}, 1))
      .title("Addition: the critical fraction")
      .law(fmt::format("{}*log(x)/x", guide),
           {.colour = look::black, .width = 0.8, .dash = Dash::dash_dot},
           fmt::format("{} (ln {{/:Italic p}})/{{/:Italic p}}, through the last", rounded(guide)))
      .bars(fractions, series_style(0), "addition")
      .points({{10, 0.4}},
              {.colour = look::black, .width = 0.8, .symbol = Symbol::square, .size = 6.5},
              "published: 0.4 at {/:Italic p} = 10");
}

/// Measured over what was predicted, p by p: the laws know p <= fit_up_to alone.
Panel ratio_panel(const ScalingScan& scan, const Axis& sizes, const CsvTable& addition,
                  const CsvTable& ratios) {
  const Rows power = rows_of(ratios, {"symbols", "of_power"}),
             log = rows_of(ratios, {"symbols", "of_log"}),
             ratio = bars_of(addition, "symbols", "ratio");
  const Style coverage = dashed(predicted_style, Dash::none);  // dashes hide among points
  return Panel(sizes, linear_axis("measured / predicted"))
      .title("What predicts larger tasks")
      .settings(fmt::format("set object rectangle from first {},graph 0 to first {},graph 1 behind "
                            "fc rgb '#eeeeee' fs solid noborder\n",
                            scan.large.from, scan.fit_up_to))
      .level(1, {.colour = look::black, .width = 0.6})
      .both(power, power_style, "power law, fitted to the grey")
      .both(log, log_style, fmt::format("{}, the same", log_law))
      .line(ratio, coverage)
      .bars(ratio, coverage)
      .entry({Swatch::both, coverage, "coverage or rows, no constant"});
}

Panel group_panel(const ScalingScan& scan, const Axis& sizes, const std::vector<CsvTable>& ratios) {
  Panel panel(sizes, linear_axis(fmt::format("{}/{{/:Italic p}}", n50), 0));
  panel.title("Groups have no ends");
  for (std::size_t k = 0; k < ratios.size(); ++k) {
    panel.line(rows_of(ratios[k], {"symbols", "predicted_of_symbols"}), predicted_style,
               k == 0 ? "predicted, no constant" : "");
  }
  for (std::size_t k = 0; k < ratios.size(); ++k) {
    panel.bars(bars_of(ratios[k], "symbols", "of_symbols"), series_style(k), scan.series[k].name);
  }
  return panel;
}

Source ours() { return our_own("docs/theory.md"); }

Claim published_claim(const ScalingPoint& ten) {
  return remarked(
      number_claim(
          "the structure is unique from a fraction of about 0.4 of the samples on (p = 10)",
          "Liu et al. 2022, section 3 and Fig. 4(a)",
          says("about 0.4", within_difference(0.4, 0.05)), interpolated_fraction(ten),
          fmt::format("{} draws", ten.draws)),
      "one point of a curve that falls with p");
}

/// Roughly: over all sizes, within a factor 2.
Claim falling_claim(const ScalingSeries& series) {
  const auto [least, most] = scaled_fractions(series);
  const ScalingPoint &first = series.data.front().point, &last = series.data.back().point;
  const Estimate from = interpolated_fraction(first), to = interpolated_fraction(last);
  return ruled_claim(
      "the critical fraction falls roughly as (ln p)/p", ours(), "r_c p/ln p constant",
      fmt::format("r_c = {} at p = {}, {} at p = {}; r_c p/ln p between {} and {}",
                  with_interval(from), first.symbols, with_interval(to), last.symbols,
                  rounded(least.value), rounded(most.value)),
      all_of({judge(ratio_of(to, from), below(1)), judge(ratio_of(most, least), below(2))}),
      "last r_c over first below 1, largest r_c p/ln p over smallest below 2");
}

/// Burnham & Anderson 2002, section 2.6: an AIC higher by 10 has essentially no support.
Claim laws_claim(const ScalingScan& scan, const FittedLaws& laws) {
  const LawFit &log = fit_of(laws.fits, ScalingLaw::log),
               &power = fit_of(laws.fits, ScalingLaw::power);
  Claim claim = open_claim(
      fmt::format("n50 = p (a + b ln p) describes it better than a power law (p >= {})", laws.from),
      ours(), "-",
      fmt::format("a = {}, b = {}; AIC lower by {}; held-out error (p > {}) {} against {}, {} "
                  "sizes",
                  with_interval(log.constants.at(0)), with_interval(log.constants.at(1)),
                  rounded(power.aic - log.aic), scan.fit_up_to, rounded(log.held_out_rms),
                  rounded(power.held_out_rms), log.held_out),
      "an AIC has no interval; a difference beyond 10 leaves the other essentially no support");
  if (log.chi2 > 3 * static_cast<double>(log.points)) {
    add_remark(claim, fmt::format("neither holds within the errors: chi2 {} and {} of {} sizes",
                                  rounded(log.chi2), rounded(power.chi2), log.points));
  }
  return claim;
}

/// The law without a constant beside the best of the fitted ones.
std::string coverage_text(const FittedLaws& laws) {
  const LawFit& coverage = fit_of(laws.fits, ScalingLaw::coverage);
  return fmt::format("; chi2 {} of {} sizes p >= {}, AIC {} above the best law",
                     rounded(coverage.chi2), coverage.points, laws.from,
                     rounded(coverage.aic - laws.fits.front().aic));
}

constexpr double close_enough = 0.02;  // of the prediction of one size

/// Is the prediction as close as it should be, where the coverage argument is held to its word: at
/// every size? `law`: text behind.
Claim prediction_claim(const ScalingSeries& series, const std::string& law) {
  constexpr Index large_enough = 40;
  const Band band = within_difference(1, close_enough);
  std::vector<Verdict> verdicts;
  Estimate worst{1, 1, 1};
  for (const ScalingDatum& datum : series.data) {
    if (datum.point.symbols >= large_enough) {
      const Estimate& ratio = datum.point.ratio;
      verdicts.push_back(judge(ratio, band));
      worst = std::abs(ratio.value - 1) >= std::abs(worst.value - 1) ? ratio : worst;
    }
  }
  const ScalingPoint& small = series.data.front().point;
  return ruled_claim(fmt::format("coverage and rows predict n50 without a constant ({}, p >= {})",
                                 series.name, large_enough),
                     ours(), fmt::format("within {}", close_enough),
                     verdicts.empty()
                         ? "no such size"
                         : fmt::format("so at {} of {} sizes; worst measured/predicted {}{}",
                                       std::ranges::count(verdicts, Verdict::agrees),
                                       verdicts.size(), with_interval(worst, 4), law),
                     all_of(verdicts), "measured/predicted of every size " + band.text,
                     fmt::format("small tasks need more than the two conditions: {} at p = {}",
                                 with_interval(small.ratio), small.symbols));
}

/// At the largest size that addition and the other series share.
Claim ends_claim(const std::string& name, const ScalingPoint& line, const ScalingPoint& ring) {
  const double predicted = ring.predicted / line.predicted;
  const Estimate ratio = ratio_of(ring.critical_train, line.critical_train);
  const Band band = within_difference(predicted, 2 * close_enough);
  return ruled_claim(
      fmt::format("a group needs fewer samples than the line, as coverage says ({})", name), ours(),
      fmt::format("predicted {} of addition", rounded(predicted)),
      fmt::format("n50 {} and {} at p = {}; {} draws; ratio {}",
                  with_interval(ring.critical_train, 4), with_interval(line.critical_train, 4),
                  line.symbols, std::min(ring.draws, line.draws), with_interval(ratio)),
      all_of({judge(ratio, band), judge(ratio, below(1))}),
      fmt::format("ratio {} and {}", band.text, below(1).text), "a group has no ends");
}

}  // namespace

Sheet sheet_of(const ScalingScan& scan) {
  using Point = ScalingPoint;
  using Ratio = ScalingRatio;
  CsvTable all;
  std::vector<CsvTable> ratios;  // what panels draw beside the points
  for (const ScalingSeries& series : scan.series) {
    append(all, table_of(each_of(series.data, &ScalingDatum::point),
                         column("task", [&](const Point&) { return series.name; }),
                         column("symbols", &Point::symbols), column("samples", &Point::samples),
                         column("draws", &Point::draws), column("n50", &Point::n50),
                         column("critical_fraction", &Point::fraction),
                         column("critical_train", &Point::critical_train),
                         column("covered", inside(&Point::covered, &Estimate::value)),
                         column("rows", inside(&Point::rows, &Estimate::value)),
                         column("predicted", &Point::predicted),
                         column("predicted_covered", &Point::coverage),
                         column("predicted_touched", &Point::touched),
                         column("predicted_rows", &Point::counting), column("ratio", &Point::ratio),
                         column("explained", &Point::explained)));
    ratios.push_back(
        table_of(ratios_of(series, scan.large.fits), column("symbols", &Ratio::symbols),
                 column("of_samples", &Ratio::of_samples), column("of_symbols", &Ratio::of_symbols),
                 column("predicted_of_symbols", &Ratio::predicted_of_symbols),
                 column("of_power", &Ratio::of_power), column("of_log", &Ratio::of_log)));
  }
  const CsvTable addition = rows_where(all, "task", scan.series.at(0).name);
  const Axis sizes = size_axis(all);
  Sheet sheet;
  sheet.table("points", std::move(all)).table("laws", law_table(scan));
  sheet.row({count_panel(scan, sizes, addition), fraction_panel(sizes, ratios[0])});
  sheet.row({ratio_panel(scan, sizes, addition, ratios[0]), group_panel(scan, sizes, ratios)});
  sheet.report(text_table(sheet.table("points"), {{"task", "task"},
                                                  {"symbols", "p"},
                                                  {"critical_train", "n50"},
                                                  {"predicted", "predicted"},
                                                  {"ratio", "measured/predicted"},
                                                  {"explained", "unique once both hold"}}) +
               text_table(sheet.table("laws")));
  return sheet.caption(fmt::format(
      "n50: half of random training sets have one linear structure (exact nullity), linear between "
      "whole sizes; bars are 95% intervals. The prediction without a constant is the larger of "
      "two: every symbol covered, enough rows. Laws are fitted to p >= {} (a), {} <= p <= {} (c).",
      scan.large.from, scan.large.from, scan.fit_up_to));
}

std::vector<Claim> claims_of(const ScalingScan& scan) {
  std::vector<Claim> claims;
  const ScalingSeries& addition = scan.series.at(0);
  if (const ScalingPoint* ten = point_at(addition, 10)) {
    claims.push_back(published_claim(*ten));
  }
  claims.insert(claims.end(),
                {falling_claim(addition), laws_claim(scan, scan.large), laws_claim(scan, scan.all),
                 prediction_claim(addition, coverage_text(scan.large))});
  for (std::size_t k = 1; k < scan.series.size(); ++k) {
    claims.push_back(prediction_claim(scan.series[k], ""));
    if (const auto shared = largest_shared(addition, scan.series[k])) {
      claims.push_back(ends_claim(scan.series[k].name, shared->first, shared->second));
    }
  }
  return claims;
}

Figure scaling(std::string_view toml) {
  return {"scaling", "Samples that make the structure unique, against p", false, {}, draw, toml};
}

}  // namespace grok
