// Sample run:  groktheory figure two_rate_limits --profile quick
#include "figures/rates/two_rate_limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "compare/statistics/summary.hpp"
#include "core/errors.hpp"
#include "figures/panels/forest.hpp"
#include "figures/panels/legend.hpp"
#include "figures/panels/text.hpp"
#include "figures/rates/two_rate.hpp"
#include "figures/study_runs.hpp"

namespace grok {
namespace {

using toy::Variation;

struct KeyWords {
  const char* picture;
  const char* claim;
};
/// In the order of toy::varied_keys.
constexpr std::array<KeyWords, toy::varied_keys.size()> words_of_keys = {
    {{"decoder decay", "the decoder's weight decay"},
     {"widths", "the decoder's width"},
     {"embedding scale", "the embeddings' scale"},
     {"decoder scale", "the decoder's scale"},
     {"p", "p"},
     {"|D|", "|D|"},
     {"loss", "the loss"},
     {"activation", "the activation"}}};

/// "decoder decay = 5" for "decoder_decay = 5".
std::string label_of(const Variation& variation) {
  std::string label = variation.name;
  for (std::size_t k = 0; k < words_of_keys.size(); ++k) {
    const std::string key = toy::varied_keys[k];
    if (const auto at = label.find(key); at != std::string::npos) {
      label.replace(at, key.size(), words_of_keys[k].picture);
    }
  }
  return label;
}

CsvTable line_table(const Variations& variations) {
  using Line = Variation;
  const auto score = [](auto member) {
    return [member](const Line& line) { return line.score.*member; };
  };
  return table_of(
      variations, column("what", &Line::name), column("key", &Line::key),
      column("decoder_rate", &Line::decoder_rate), column("runs", score(&toy::FlowScore::count)),
      column("there", score(&toy::FlowScore::there)), column("C", &Line::constant),
      column("C_over_base", &Line::ratio), column("flow_ratio", score(&toy::FlowScore::ratio)),
      column("within_1_25", [](const Line& line) { return line.score.within_1_25.share; }),
      column("told", score(&toy::FlowScore::outcome)));
}

CsvTable run_table(const Variations& variations) {
  CsvTable all;
  for (const Variation& line : variations) {
    CsvTable table = flow_table(line.runs);
    table.columns.insert(table.columns.begin(), "what");
    for (auto& row : table.rows) {
      row.insert(row.begin(), line.name);
    }
    all.columns = table.columns;
    append(all, table);
  }
  return all;
}

/// Which row a line is in, beside those of other rates.
struct RowsOfLines {
  std::vector<std::string> names;  // with how many got there
  std::vector<double> rates;       // a kind each
  std::vector<std::size_t> row, kind;
};

RowsOfLines rows_of_lines(const Variations& variations) {
  RowsOfLines rows;
  std::vector<std::string> labels, counts;
  const auto place = [](auto& list, const auto& value) {
    const auto found = std::ranges::find(list, value) - list.begin();
    if (found == std::ssize(list)) {
      list.push_back(value);
    }
    return static_cast<std::size_t>(found);
  };
  for (const Variation& line : variations) {
    rows.row.push_back(place(labels, label_of(line)));
    rows.kind.push_back(place(rows.rates, line.decoder_rate));
    counts.resize(labels.size());
    std::string& there = counts[rows.row.back()];
    there += fmt::format("{}{}/{}", there.empty() ? "" : ", ", line.score.there, line.score.count);
  }
  for (std::size_t k = 0; k < labels.size(); ++k) {
    rows.names.push_back(fmt::format("{}  ({})", labels[k], counts[k]));
  }
  return rows;
}

/// eta_D: of equal rank, all of them networks.
Style rate_style(std::size_t kind) {
  static constexpr const char* colours[] = {look::blue, look::orange, look::green};
  return {.colour = colours[kind % std::size(colours)],
          .width = 0.8,
          .symbol = look::kind_symbol(kind),
          .size = 3};
}

Panel limit_panel(const Variations& variations, const RowsOfLines& rows, const std::string& title,
                  Axis x, Estimate (*value)(const Variation&)) {
  std::vector<ForestKind> kinds;
  for (std::size_t k = 0; k < rows.rates.size(); ++k) {
    kinds.push_back({"", rate_style(k)});
  }
  std::vector<ForestPoint> points;
  for (std::size_t k = 0; k < variations.size(); ++k) {
    points.push_back({rows.row[k], rows.kind[k], value(variations[k])});
  }
  return forest(std::move(x), rows.names, kinds, points).title(title);
}

std::vector<Panel> limit_panels(const Variations& variations, const RowsOfLines& rows) {
  Axis C = log_axis("steps √(η_E η_D)"), ratio = log_axis("measured / mode flow");
  C.tics = {{0.05, "0.05"}, {0.1, "0.1"}, {0.2, "0.2"}, {0.4, "0.4"},
            {0.8, "0.8"},   {2, "2"},     {4, "4"}};
  ratio.tics = {{0.2, "0.2"},   {0.5, "0.5"}, {0.8, "0.8"}, {1, "1"},
                {1.25, "1.25"}, {2, "2"},     {5, "5"}};
  const Axis near = linear_axis("share within 1.25", -0.04, 1.04),
             told = linear_axis("share told right", -0.04, 1.04);
  std::vector<Panel> panels = {
      limit_panel(variations, rows, "Constant {/:Italic C}", C,
                  [](const Variation& l) { return l.constant; }),
      limit_panel(variations, rows, "Steps", ratio,
                  [](const Variation& l) { return l.score.ratio; }),
      limit_panel(variations, rows, "Steps told", near,
                  [](const Variation& l) { return l.score.within_1_25.share; }),
      limit_panel(variations, rows, "There or stuck", told,
                  [](const Variation& l) { return l.score.outcome; })};
  const Style dotted{.colour = look::grey, .width = 0.7, .dash = Dash::dotted};
  if (std::isfinite(variations[0].constant.value)) {
    panels[0].mark(variations[0].constant.value, look::reference());
  }
  panels[1].mark(1.0, look::reference()).mark(0.8, dotted).mark(1.25, dotted);
  panels[1].cover(0.78, 1).cover(1.3, 1);
  // The names stand in the first column: as much room for its axes as for the others'
  double names = 0;
  for (const std::string& name : rows.names) {
    names = std::max(names, text_width(name, small_size));
  }
  const double axes = (page_width - 54 - names) / static_cast<double>(panels.size());
  panels[0].span(1 + names / axes);
  return panels;
}

Source source() { return our_own("docs/two_rate.md"); }

/// C over the base's, measured steps over the flow's: what counts as the same.
Band same() { return within_factor(1, 1.25); }

Claim constant_claim(const Variations& variations, std::size_t k) {
  std::vector<Verdict> verdicts;
  std::string text;
  for (const Variation& line : variations) {
    if (line.key != toy::varied_keys[k]) {
      continue;
    }
    verdicts.push_back(judge(line.ratio, same()));
    text += fmt::format("{}{}{}: {}, {} of {} there", text.empty() ? "" : "; ", line.name,
                        variations[0].decoder_rate == line.decoder_rate
                            ? ""
                            : " (eta_D " + to_text(line.decoder_rate) + ")",
                        std::isfinite(line.ratio.low) ? with_interval(line.ratio)
                                                      : std::string("too few got there"),
                        line.score.there, line.score.count);
  }
  Claim claim = open_claim(std::string("C does not depend on ") + words_of_keys[k].claim, source(),
                           "C over the base's: 1", text);
  claim.verdict = all_of(verdicts);
  claim.criterion = "each " + same().text;
  return claim;
}

/// An Adam step moves each of a unit's K weights by about the rate, whatever the gradient's size:
/// what they do together grows as K, so that K eta_D takes the place of eta_D.
Claim width_claim(const Variations& variations) {
  const std::string statement = "C falls as 1/sqrt(width): slope of ln C on ln width";
  std::vector<double> widths, constants;
  std::vector<std::int64_t> seeds;
  for (const Variation& line : variations) {
    if (!line.key.empty() && line.key != "decoder_widths") {
      continue;
    }
    for (const RatedSteps& p : measured_steps(line.runs)) {
      widths.push_back(static_cast<double>(line.runs[0].spec.decoder_widths.at(0)));
      constants.push_back(two_rate_constant(p));
      seeds.push_back(p.seed);
    }
  }
  try {
    const auto slope =
        log_log_slope(widths, constants, seeds, figure_resamples, figure_bootstrap_seed);
    return number_claim(statement, source(), says("−0.5", within_difference(-0.5, 0.1)),
                        slope.estimate, runs_in_seeds(slope.count, slope.groups));
  } catch (const Error&) {  // fewer than three runs, or one width
    return open_claim(statement, source(), "−0.5", "no two widths got there");
  }
}

Claim flow_claim(const Variations& variations) {
  std::vector<Verdict> verdicts;
  std::string others;
  for (const Variation& line : variations) {
    if (line.score.there == 0) {
      continue;
    }
    verdicts.push_back(judge(line.score.ratio, same()));
    if (verdicts.back() != Verdict::agrees) {
      others += fmt::format(
          "{}{} (eta_D {}): {}", others.empty() ? "not shown for " : ", ", line.name,
          to_text(line.decoder_rate),
          std::isfinite(line.score.ratio.low) ? with_interval(line.score.ratio) : "too few");
    }
  }
  Claim claim =
      open_claim("the mode flow's steps are the measured ones whatever is changed", source(),
                 "median of measured/flow: 1",
                 fmt::format("shown for {} of the {} variations where anybody got there",
                             std::ranges::count(verdicts, Verdict::agrees), verdicts.size()),
                 others);
  claim.verdict = all_of(verdicts);
  claim.criterion = "each " + same().text;
  return claim;
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  const toy::StudyRuns trained = toy::run_figure_study(figure, context);
  const Variations variations =
      toy::collect_variations(toy::follow_runs(trained.runs, trained.records, toy::mode_flow_modes,
                                               context.workers.threads, short_name(figure)));
  publish(figure, context, sheet_of(variations), report_of(variations));
  return claims_of(variations);
}

}  // namespace

Sheet sheet_of(const Variations& variations) {
  const RowsOfLines rows = rows_of_lines(variations);
  Sheet sheet;
  sheet.table("lines", line_table(variations));
  sheet.table("runs", run_table(variations));
  std::vector<Entry> rates;
  for (std::size_t k = 0; k < rows.rates.size(); ++k) {
    rates.push_back({Swatch::both, rate_style(k), "η_D = " + to_text(rows.rates[k])});
  }
  sheet.legend(std::move(rates)).row(limit_panels(variations, rows));
  const toy::RunSpec& base = variations[0].runs.at(0).spec;
  sheet.caption(fmt::format(
      "RQI > 0.95 within {} steps; eta_E = {}. The base has {} units a layer, {}, {}; one thing at "
      "a time differs from it. In brackets: networks that got there. Dashed: a the base, b equal; "
      "dotted: a factor 1.25. Bars are 95% intervals by resampling seeds.",
      base.steps, to_text(base.representation_rate), base.decoder_widths[0],
      base.decoder_activation, base.loss));
  return sheet;
}

std::string report_of(const Variations& variations) {
  return std::string(
             "  one thing at a time differs from the base; 95% intervals by resampling seeds\n") +
         text_table(line_table(variations));
}

std::vector<Claim> claims_of(const Variations& variations) {
  std::vector<Claim> claims;
  for (std::size_t k = 0; k < words_of_keys.size(); ++k) {
    claims.push_back(constant_claim(variations, k));
  }
  claims.push_back(flow_claim(variations));
  claims.push_back(width_claim(variations));
  return claims;
}

Figure two_rate_limits(std::string_view toml) {
  return {
      "two_rate_limits", "Where the two-rate law and the mode flow hold", false, toml, draw, toml};
}

}  // namespace grok
