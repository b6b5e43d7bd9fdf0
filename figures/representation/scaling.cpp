// Sample run:  groktheory figure scaling --profile quick
#include "figures/representation/scaling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "core/errors.hpp"
#include "figures/panels/text.hpp"
#include "figures/settings.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

ScalingData collect(const Figure& figure, const FigureContext& context) {
  Settings settings(figure, context.profile);
  ScalingData data;
  data.fit_from = settings.whole("fit_from", 2, max_symbols);
  data.fit_up_to = settings.whole("fit_up_to", 2, max_symbols);
  const auto resamples = settings.whole("resamples", 40, 1'000'000);
  const SeriesDraws how{.draws = settings.whole("draws", 10, 1'000'000),
                        .draws_small = settings.whole("draws_small", 10, 1'000'000),
                        .small = settings.whole("small", 2, max_symbols),
                        .seed = static_cast<std::uint64_t>(settings.whole("seed", 0, 1'000'000)),
                        .threads = context.workers.threads};
  for (Settings& series : settings.tables("series")) {
    const auto task = series.text("task", {"addition", "modular-addition", "abelian"});
    const auto factor =
        series.has("factor") ? std::optional(series.whole("factor", 2, max_symbols)) : std::nullopt;
    data.series.push_back(draw_scaling_series(figure.stem + ".toml", task, factor,
                                              series.wholes("symbols", 2, max_symbols), how));
    series.done();
  }
  settings.done();
  const std::span<const ScalingDatum> addition = data.series.at(0).data;
  const auto below = std::ranges::count_if(
      addition, [&](const ScalingDatum& d) { return d.point.symbols < data.fit_from; });
  data.fits = fit_scaling(addition.subspan(static_cast<std::size_t>(below)), data.fit_up_to,
                          resamples, how.seed);
  data.fits_all = fit_scaling(addition, data.fit_up_to, resamples, how.seed);
  return data;
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  const ScalingData data = collect(figure, context);
  publish(figure, context, sheet_of(data), report_of(data));
  return claims_of(data);
}

/// A column of the point, or of what follows from it.
template <class Member>
auto of_point(Member member) {
  return [member](const ScalingDatum& datum) { return std::invoke(member, datum.point); };
}
template <class Member>
auto middle_of(Member member) {
  return [member](const ScalingDatum& datum) { return (datum.point.*member).value; };
}

CsvTable point_table(const ScalingSeries& series) {
  using Point = ScalingPoint;
  return table_of(
      series.data, column("task", [&](const ScalingDatum&) { return series.name; }),
      column("symbols", of_point(&Point::symbols)), column("samples", of_point(&Point::samples)),
      column("draws", of_point(&Point::draws)), column("n50", of_point(&Point::n50)),
      column("critical_fraction", of_point(&Point::fraction)),
      column("critical_train", of_point(&Point::critical_train)),
      column("covered", middle_of(&Point::covered)), column("rows", middle_of(&Point::rows)),
      column("predicted", of_point(&Point::predicted)),
      column("predicted_covered", of_point(&Point::coverage)),
      column("predicted_touched", of_point(&Point::touched)),
      column("predicted_rows", of_point(&Point::counting)),
      column("ratio", of_point(&Point::ratio)), column("explained", of_point(&Point::explained)));
}

/// A column over another, with its interval if it has one: rows p, value, low, high.
Rows rows_over(const CsvTable& points, const std::string& column, const std::string& by,
               bool interval = true) {
  const std::string low = interval ? column + "_low" : column,
                    high = interval ? column + "_high" : column;
  Rows rows;
  for (const auto& row : rows_of(points, {"symbols", by, column}, {low, high})) {
    rows.push_back({row[0], row[2] / row[1], row[3] / row[1], row[4] / row[1]});
  }
  return rows;
}

CsvTable law_table(const std::vector<LawFit>& fits, Index from, Index up_to) {
  const auto constant = [](std::size_t k) {
    return [k](const LawFit& fit) {
      return k < fit.constants.size() ? fit.constants[k] : Estimate{NAN, NAN, NAN};
    };
  };
  return table_of(
      fits, column("fit_from", [from](const LawFit&) { return from; }),
      column("law", [](const LawFit& fit) { return formula_of(fit.law); }),
      column("a", constant(0)), column("b", constant(1)), column("c", constant(2)),
      column("chi2", &LawFit::chi2), column("sizes", &LawFit::points), column("aic", &LawFit::aic),
      column("bic", &LawFit::bic), column("aic_weight", &LawFit::aic_weight),
      column("fit_up_to", [up_to](const LawFit&) { return up_to; }),
      column("held_out", &LawFit::held_out), column("held_out_rms", &LawFit::held_out_rms),
      column("held_out_worst", &LawFit::held_out_worst));
}

Index smallest(const ScalingData& data) { return data.series.at(0).data.front().point.symbols; }

CsvTable law_table(const ScalingData& data) {
  CsvTable table = law_table(data.fits, data.fit_from, data.fit_up_to);
  append(table, law_table(data.fits_all, smallest(data), data.fit_up_to));
  return table;
}

Axis size_axis(const ScalingData& data) {
  Index least = max_symbols, most = 0;
  for (const ScalingSeries& series : data.series) {
    least = std::min(least, series.data.front().point.symbols);
    most = std::max(most, series.data.back().point.symbols);
  }
  Axis axis = log_axis("symbols {/:Italic p}", 0.8 * static_cast<double>(least),
                       1.25 * static_cast<double>(most));
  axis.tics = {{4, "4"},     {10, "10"},     {40, "40"},    {100, "100"},
               {400, "400"}, {1000, "1000"}, {4000, "4000"}};
  return axis;
}

constexpr const char* n50 = "{/:Italic n}_{50}";
constexpr const char* log_law = "{/:Italic p}({/:Italic a} + {/:Italic b} ln {/:Italic p})";

/// The same in all panels: a series, a law, the prediction.
Style series_style(std::size_t k) {
  static constexpr const char* colours[] = {look::blue, look::green, look::purple, look::sky};
  return {.colour = colours[k % std::size(colours)],
          .width = 0.8,
          .symbol = look::kind_symbol(k),
          .size = 3.4};
}
const Style predicted_style{.colour = look::vermilion,
                            .width = 1,
                            .dash = Dash::dashed,
                            .symbol = Symbol::diamond,
                            .size = 3.6};
const Style log_style{.colour = look::orange, .width = 0.9, .symbol = Symbol::ring, .size = 3.2};
const Style power_style{
    .colour = look::grey, .width = 0.9, .dash = Dash::dotted, .symbol = Symbol::cross, .size = 3.4};

Panel count_panel(const ScalingData& data, const CsvTable& addition) {
  const auto constant = [&](ScalingLaw law, std::size_t k) {
    return fit_of(data.fits, law).constants.at(k).value;
  };
  const double a = constant(ScalingLaw::log, 0), b = constant(ScalingLaw::log, 1),
               factor = constant(ScalingLaw::power, 0), power = constant(ScalingLaw::power, 1);
  return Panel(size_axis(data), log_axis(fmt::format("samples {}", n50), 6))
      .title("Addition: samples that are needed")
      .law(fmt::format("{}*x**{}", factor, power), power_style,
           fmt::format("{{/:Italic a p^b}}, {{/:Italic b}} = {}", rounded(power)))
      .law(fmt::format("x*({}+{}*log(x))", a, b), log_style,
           fmt::format("{}, {{/:Italic a}} = {}, {{/:Italic b}} = {}", log_law, rounded(a),
                       rounded(b)))
      .line(rows_of(addition, {"symbols", "predicted"}), predicted_style, "predicted, no constant")
      .bars(rows_of(addition, {"symbols", "critical_train"},
                    {"critical_train_low", "critical_train_high"}),
            series_style(0), "addition");
}

Panel fraction_panel(const ScalingData& data, const CsvTable& addition) {
  const Rows fractions = rows_over(addition, "critical_train", "samples");
  const double p = fractions.back()[0], guide = fractions.back()[1] * p / std::log(p);
  return Panel(size_axis(data), log_axis("critical fraction {/:Italic r}_c", {}, 1))
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
Panel ratio_panel(const ScalingData& data, const CsvTable& addition) {
  const auto law_rows = [&](ScalingLaw law) {
    Rows rows;
    for (const auto& row : rows_of(addition, {"symbols", "critical_train", "predicted"})) {
      rows.push_back({row[0], row[1] / law_value(law, fit_of(data.fits, law).held_out_constants,
                                                 row[0], row[2])});
    }
    return rows;
  };
  const Rows power = law_rows(ScalingLaw::power), log = law_rows(ScalingLaw::log),
             ratio = rows_of(addition, {"symbols", "ratio"}, {"ratio_low", "ratio_high"});
  Style coverage = predicted_style;
  coverage.dash = Dash::none;  // dashes hide among points
  return Panel(size_axis(data), linear_axis("measured / predicted"))
      .title("What predicts larger tasks")
      .settings(fmt::format("set object rectangle from first {},graph 0 to first {},graph 1 behind "
                            "fc rgb '#eeeeee' fs solid noborder\n",
                            data.fit_from, data.fit_up_to))
      .level(1, {.colour = look::black, .width = 0.6})
      .line(power, power_style)
      .points(power, power_style)
      .entry({Swatch::both, power_style, "power law, fitted to the grey"})
      .line(log, log_style)
      .points(log, log_style)
      .entry({Swatch::both, log_style, fmt::format("{}, the same", log_law)})
      .line(ratio, coverage)
      .bars(ratio, coverage)
      .entry({Swatch::both, coverage, "coverage or rows, no constant"});
}

Panel group_panel(const ScalingData& data, const std::vector<CsvTable>& points) {
  Panel panel(size_axis(data), linear_axis(fmt::format("{}/{{/:Italic p}}", n50), 0));
  panel.title("Groups have no ends");
  for (std::size_t k = 0; k < points.size(); ++k) {
    panel.line(rows_over(points[k], "predicted", "symbols", false), predicted_style,
               k == 0 ? "predicted, no constant" : "");
  }
  for (std::size_t k = 0; k < points.size(); ++k) {
    panel.bars(rows_over(points[k], "critical_train", "symbols"), series_style(k),
               data.series[k].name);
  }
  return panel;
}

}  // namespace

Sheet sheet_of(const ScalingData& data) {
  std::vector<CsvTable> points;
  CsvTable all = point_table({});
  for (const ScalingSeries& series : data.series) {
    points.push_back(point_table(series));
    append(all, points.back());
  }
  Sheet sheet;
  sheet.table("points", std::move(all)).table("laws", law_table(data));
  sheet.row({count_panel(data, points[0]), fraction_panel(data, points[0])});
  sheet.row({ratio_panel(data, points[0]), group_panel(data, points)});
  sheet.caption(fmt::format(
      "n50: half of random training sets have one linear structure (exact nullity), linear between "
      "whole sizes; bars are 95% intervals. The prediction without a constant is the larger of "
      "two: "
      "every symbol covered, enough rows. Laws in a: fitted to p >= {}; in c: to {} <= p <= {}.",
      data.fit_from, data.fit_from, data.fit_up_to));
  return sheet;
}

std::string report_of(const ScalingData& data) {
  std::string text;
  for (const ScalingSeries& series : data.series) {
    text += fmt::format("  {}\n", series.name) +
            text_table(point_table(series), {{"symbols", "p"},
                                             {"draws", "draws"},
                                             {"critical_train", "n50 (between whole sizes)"},
                                             {"predicted", "predicted"},
                                             {"ratio", "measured/predicted"},
                                             {"explained", "explained"}});
  }
  return text +
         fmt::format(
             "  explained: share of draws unique as soon as both conditions hold\n"
             "  laws of addition, fitted to p >= fit_from (intervals: bootstrap over draws; "
             "held out: p > {})\n",
             data.fit_up_to) +
         text_table(law_table(data), {{"fit_from", "fit_from"},
                                      {"law", "law"},
                                      {"a", "a"},
                                      {"b", "b"},
                                      {"c", "c"},
                                      {"chi2", "chi2"},
                                      {"sizes", "sizes"},
                                      {"aic", "AIC"},
                                      {"held_out_rms", "held-out rms"},
                                      {"held_out_worst", "worst"}});
}

Figure scaling(std::string_view toml) {
  return {"scaling", "Samples that make the structure unique, against p", false, {}, draw, toml};
}

}  // namespace grok
