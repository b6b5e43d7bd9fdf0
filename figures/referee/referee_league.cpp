// The league in the picture of figures/referee/referee.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compare/statistics/summary.hpp"
#include "figures/referee/referee.hpp"
#include "figures/referee/referee_layout.hpp"

namespace grok {
namespace {

using Layout = RefereeLayout;

struct Column {
  Measure measure;
  const char* title;
  bool logarithmic;
  const char* ideal;  // where a perfect theory would stand; "": at the edge
};

std::span<const Column> league_columns() {
  static constexpr Column all[] = {{Measure::log_score, "log score  (0 is best)", false, ""},
                                   {Measure::roc_area, "ROC area  (1 is best)", false, ""},
                                   {Measure::median_factor, "median factor of steps", true, "1"},
                                   {Measure::within_1_5, "share within 1.5", false, ""},
                                   {Measure::slope, "log-log slope", false, "1"},
                                   {Measure::concordance, "concordance", false, ""}};
  return all;
}

const char* colour_of(const Contestant& contestant) {
  return !contestant.theory ? "#666666" : contestant.fitted ? "#D55E00" : "#0072B2";
}

/// Steps between labels such that some four fit.
double tic_step(double low, double high) {
  const double rough = (high - low) / 3.5;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  return power * (rough < 1.5 * power ? 1 : rough < 3.5 * power ? 2 : rough < 7.5 * power ? 5 : 10);
}

/// y of a row: the first contestant on top.
double row_of(const Layout& l, std::size_t contestant) {
  return static_cast<double>(l.rows - contestant);
}

std::string league_rows(const League& league, const Layout& l) {
  std::string text;
  for (std::size_t m = 0; m < league_columns().size(); ++m) {
    for (const bool fitted : {false, true}) {
      std::vector<std::vector<double>> rows;
      for (std::size_t c = 0; c < l.rows; ++c) {
        const Contestant& contestant = league.study.contestants[c];
        const Estimate& e = league.standings[c].score(league_columns()[m].measure).estimate;
        if (std::isfinite(e.value) && contestant.theory && contestant.fitted == fitted) {
          rows.push_back({e.value, row_of(l, c), std::isfinite(e.low) ? e.low : e.value,
                          std::isfinite(e.high) ? e.high : e.value});
        }
      }
      text += number_block(fmt::format("league{}{}", m, fitted ? "f" : ""), rows);
    }
    const Estimate& null = league.standings[0].score(league_columns()[m].measure).estimate;
    text += number_block(
        fmt::format("null{}", m),
        std::isfinite(null.value)
            ? std::vector<std::vector<double>>{{null.value, row_of(l, 0),
                                                std::isfinite(null.low) ? null.low : null.value,
                                                std::isfinite(null.high) ? null.high : null.value}}
            : std::vector<std::vector<double>>{});
  }
  return text;
}

std::string league_names(const League& league, const Layout& l) {
  std::string text;
  for (std::size_t c = 0; c < l.rows; ++c) {
    const Contestant& contestant = league.study.contestants[c];
    text += fmt::format(
        "set label {} {} at screen {:.4f},{:.4f} right noenhanced font ',11' textcolor rgb '{}'\n",
        200 + c, quoted(short_title(contestant, league)), (Layout::names - 12) / Layout::width,
        l.y(l.league_bottom - Layout::row_height * (row_of(l, c) - 0.5)), colour_of(contestant));
  }
  return text;
}

/// Of infinite values, and of those that do not exist in this column.
std::string league_marks(const League& league, const Layout& l, const Column& column) {
  std::string text;
  for (std::size_t c = 0; c < l.rows; ++c) {
    const double value = league.standings[c].score(column.measure).estimate.value;
    if (!std::isfinite(value)) {
      text += fmt::format(
          "set label {} '{}' at graph 0.985, first {} right font ',10' textcolor rgb '#999999'\n",
          300 + c, std::isnan(value) ? "–" : "∞", row_of(l, c));
    }
  }
  return text;
}

/// What a column shows from end to end, with the place of a perfect theory.
std::string league_axis(const League& league, const Column& column) {
  double low = never, high = -never;
  const auto widen = [&](double value) {
    if (std::isfinite(value)) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  };
  for (const Standing& standing : league.standings) {
    const Estimate& e = standing.score(column.measure).estimate;
    for (const double value : {e.value, e.low, e.high}) {
      widen(value);
    }
  }
  if (*column.ideal != '\0') {
    widen(1);
  }
  if (!(low <= high)) {
    return linear_axis("x", 0, 1);
  }
  if (!column.logarithmic) {
    return linear_axis("x", low, high);
  }
  return fmt::format(
      "set logscale x\nset xrange [{}:{}]\nset xtics (1,1.5,2,3,5,10,20,50,100,1000) font ',10'\n",
      low / 1.1, 1.1 * high);
}

bool any(const League& league, const Column& column, bool theory, bool fitted) {
  for (std::size_t c = 0; c < league.standings.size(); ++c) {
    const Contestant& contestant = league.study.contestants[c];
    if (contestant.theory.has_value() == theory && contestant.fitted == fitted &&
        std::isfinite(league.standings[c].score(column.measure).estimate.value)) {
      return true;
    }
  }
  return false;
}

/// What the picture is of, and the colours of the league; at the head of the first panel.
std::string heading(const League& league, const Layout& l) {
  const HeldOutStudy& study = league.study;
  const std::string runs = fmt::format(
      "{}: {} of {} got there; {} cells in {} folds, every run forecast without its cell",
      event_text(league), league.reached, runs_in_seeds(std::ssize(study.runs), league.seeds),
      study.cell_count, study.fold_count);
  std::string text = fmt::format(
      "set label 400 {} at screen {:.4f},{:.4f} left noenhanced font ',12' textcolor rgb "
      "'#222222'\n",
      quoted(runs), 16 / Layout::width, l.y(18));
  const std::pair<const char*, std::string> colours[] = {{"#0072B2", "● as it is"},
                                                         {"#D55E00", "■ times a fitted constant"},
                                                         {"#666666", "▲ null model"}};
  double left = 1080;
  for (std::size_t k = 0; k < 3; ++k) {
    text += fmt::format(
        "set label {} {} at screen {:.4f},{:.4f} left font ',11' textcolor rgb '{}'\n", 401 + k,
        quoted(colours[k].second), left / Layout::width, l.y(18), colours[k].first);
    left += k == 0 ? 110 : 200;
  }
  return text;
}

std::string league_panel(const League& league, const Layout& l, std::size_t m,
                         const std::string& command) {
  const Column& column = league_columns()[m];
  const double step =
      (Layout::width - Layout::names - 16) / static_cast<double>(league_columns().size());
  const double left = Layout::names + step * static_cast<double>(m);
  std::string text =
      "unset label\n" + open_panel(l.panel(left, left + step - 22, Layout::league_top,
                                           l.league_bottom, 20, m == 0 ? "a" : "", column.title));
  text += m == 0 ? heading(league, l) + league_names(league, l) + footer(command) : "";
  text += league_marks(league, l, column);
  text += fmt::format("unset key\nset yrange [0.5:{}]\nset ytics 1 format ''\n{}",
                      static_cast<double>(l.rows) + 0.5, league_axis(league, column));
  if (*column.ideal != '\0') {
    text += fmt::format(
        "set arrow from first {0}, graph 0 to first {0}, graph 1 nohead back lw 1.4 "
        "dt 2 lc rgb '#009E73'\n",
        column.ideal);
  }
  std::vector<std::string> plots;
  const auto add = [&](bool theory, bool fitted, const std::string& block, const char* style) {
    if (any(league, column, theory, fitted)) {
      plots.push_back(fmt::format("${}{} using 1:2:3:4 with xerrorbars {}", block, m, style));
    }
  };
  add(false, false, "null", "pt 9 ps 1.0 lw 1.6 lc rgb '#666666'");
  if (any(league, column, true, false)) {
    plots.push_back(fmt::format(
        "$league{} using 1:2:3:4 with xerrorbars pt 7 ps 0.9 lw 1.8 lc rgb '#0072B2'", m));
  }
  if (any(league, column, true, true)) {
    plots.push_back(fmt::format(
        "$league{}f using 1:2:3:4 with xerrorbars pt 5 ps 0.8 lw 1.8 lc rgb '#D55E00'", m));
  }
  if (plots.empty()) {
    plots.emplace_back("NaN notitle");
  }
  text += "plot ";
  for (std::size_t k = 0; k < plots.size(); ++k) {
    text += (k == 0 ? "" : ", ") + plots[k];
  }
  return text + "\n";
}

}  // namespace

RefereeLayout layout_of(const League& league) {
  Layout l;
  l.rows = league.standings.size();
  const std::size_t shown = std::max<std::size_t>(1, shown_contestants(league).size());
  l.bands = (shown + Layout::most_columns - 1) / Layout::most_columns;
  l.columns = std::max<std::size_t>(4, (shown + l.bands - 1) / l.bands);
  l.league_bottom = Layout::league_top + Layout::row_height * static_cast<double>(l.rows);
  l.band = Layout::pair_head + Layout::pair_height + Layout::calibration_head +
           Layout::calibration_height + 2 * Layout::label_height + 6;
  l.height = l.league_bottom + Layout::label_height + l.band * static_cast<double>(l.bands) + 26;
  return l;
}

PanelFrame RefereeLayout::panel(double left, double right, double top, double bottom, double head,
                                const std::string& letter, const std::string& title) const {
  return {left / width, right / width, y(bottom), y(top), y(top - head), letter, title};
}

std::string short_title(const Contestant& contestant, const League& league) {
  // The name of a fitted one ends in what the colour says already.
  const auto& all = league.study.contestants;
  const std::string suffix = ", times a constant";
  const bool alone = std::ranges::count(all, contestant.theory, &Contestant::theory) == 1;
  std::string name = contestant.name;
  if (contestant.fitted && name.ends_with(suffix)) {
    name = name.substr(0, name.size() - suffix.size()) + (alone ? "" : " × C");
  }
  return name;
}

std::string linear_axis(const char* name, double low, double high) {
  if (!(low < high)) {
    low -= 0.5;
    high += 0.5;
  }
  const double margin = 0.07 * (high - low);
  return fmt::format("set {0}range [{1}:{2}]\nset {0}tics {3} font ',10'\n", name, low - margin,
                     high + margin, tic_step(low, high));
}

std::string league_panels(const League& league, const RefereeLayout& layout,
                          const std::string& command) {
  std::string text = league_rows(league, layout);
  for (std::size_t m = 0; m < league_columns().size(); ++m) {
    text += league_panel(league, layout, m, command);
  }
  return text;
}

}  // namespace grok
