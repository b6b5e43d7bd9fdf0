// The picture of figures/referee/referee.hpp.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "figures/panels/forest.hpp"
#include "figures/panels/text.hpp"
#include "figures/referee/referee.hpp"

namespace grok {
namespace {

constexpr std::size_t columns = 4;

struct LeagueColumn {
  Measure measure;
  const char* title;
  bool log, one;  // one: where a perfect theory stands
};
constexpr LeagueColumn league_columns[] = {{Measure::log_score, "log score", false, false},
                                           {Measure::roc_area, "ROC area", false, false},
                                           {Measure::median_factor, "median factor", true, true},
                                           {Measure::slope, "log-log slope", false, true}};

/// As it is, times a fitted constant, the null model.
const std::vector<ForestKind>& kinds() {
  static const std::vector<ForestKind> all = {
      {"", {.colour = look::vermilion, .size = 4}},
      {"", {.colour = look::orange, .symbol = Symbol::filled_diamond, .size = 4.6}},
      {"", {.colour = look::grey, .symbol = Symbol::filled_square, .size = 3.6}}};
  return all;
}
std::size_t kind_of(const Contestant& contestant) {
  return !contestant.theory ? 2 : contestant.fitted ? 1 : 0;
}

Style not_there() { return look::censored(); }
Style not_told() { return {.colour = look::green, .width = 0.7, .symbol = Symbol::square}; }

/// Without what the colour says already.
std::string short_name(const Contestant& contestant, const League& league) {
  const std::string suffix = ", times a constant";
  const auto& all = league.study.contestants;
  const bool alone = std::ranges::count(all, contestant.theory, &Contestant::theory) == 1;
  const std::string& name = contestant.name;
  return contestant.fitted && name.ends_with(suffix)
             ? name.substr(0, name.size() - suffix.size()) + (alone ? "" : " × C")
             : name;
}

Panel league_panel(const League& league, const LeagueColumn& column) {
  std::vector<std::string> names;
  std::vector<ForestPoint> points;
  std::string marks;
  for (std::size_t c = 0; c < league.standings.size(); ++c) {
    const Contestant& contestant = league.study.contestants[c];
    const Estimate& estimate = league.standings[c].score(column.measure).estimate;
    names.push_back(short_name(contestant, league));
    points.push_back({c, kind_of(contestant), estimate});
    if (!std::isfinite(estimate.value)) {
      marks += fmt::format("set label '{}' at graph 0.97,first {} right font ',7'\n",
                           std::isnan(estimate.value) ? "–" : "∞", c + 1);
    }
  }
  Panel panel = forest(column.log ? log_axis("") : linear_axis(""), names, kinds(), points)
                    .title(column.title);
  if (column.one) {
    panel.mark(1, look::reference()).cover(1, 1);
  }
  return panel.settings(marks);
}

/// Contestants whose rows are the same but for their key: they share a panel.
struct Group {
  CsvTable rows;
  std::string names;
};
std::vector<Group> groups_of(const League& league, const CsvTable& table) {
  std::vector<Group> groups;
  for (const std::size_t c : shown_contestants(league)) {
    CsvTable rows = rows_where(table, "contestant", league.study.contestants[c].key);
    for (auto& row : rows.rows) {
      row.front().clear();
    }
    const std::string name = short_name(league.study.contestants[c], league);
    const auto same = std::ranges::find_if(
        groups, [&rows](const Group& group) { return group.rows.rows == rows.rows; });
    if (same == groups.end()) {
      groups.push_back({std::move(rows), name});
    } else {
      same->names += "; " + name;
    }
  }
  return groups;
}

/// Holds the steps of all panels.
Panel::Range step_range(const std::vector<Group>& groups) {
  Panel::Range range;
  for (const Group& group : groups) {
    for (const auto& row : rows_of(group.rows, {"steps", "budget"}, {"measured"})) {
      std::ranges::for_each(row, [&range](double steps) { range.add(std::max(steps, 1.0)); });
    }
  }
  return range;
}

Panel steps_panel(const Group& group, const Panel::Range& range) {
  Rows both, censored, missed;
  std::size_t never = 0;
  for (const auto& row : rows_of(group.rows, {"steps", "budget"}, {"measured"})) {
    const double told = std::max(row[0], 1.0), there = row[2];
    never += std::isfinite(told) ? 0 : 1;
    if (std::isfinite(told)) {
      (std::isnan(there) ? censored : both).push_back({told, std::isnan(there) ? row[1] : there});
    } else if (std::isfinite(there)) {
      missed.push_back({3 * range.high, there});
    }
  }
  const double low = range.low / 1.6, high = 6 * range.high;
  return Panel(log_axis("forecast steps", low, high), log_axis("measured steps", low, high))
      .note(fmt::format("forecast never: {} of {}", never, group.rows.rows.size()))
      .law("x", look::reference())
      .points(censored, not_there())
      .points(missed, not_told())
      .points(both, look::networks())
      .height(72);
}

Panel accuracy_panel(const Group& group) {
  return Panel(linear_axis("forecast accuracy"), linear_axis("final accuracy"))
      .note(fmt::format("{} runs", group.rows.rows.size()))
      .law("x", look::reference())
      .points(rows_of(group.rows, {"accuracy", "final_accuracy"}), look::networks())
      .height(72);
}

Panel calibration_panel(const Group& group, std::size_t runs) {
  Panel panel(linear_axis("forecast probability", -0.03, 1.06),
              linear_axis("share there", -0.03, 1.06));
  panel.law("x", look::reference());
  Style style = look::summary();
  Rows sized;
  for (auto row : rows_of(group.rows, {"forecast", "share", "runs"})) {
    row[2] = point_size(2 + 8 * std::sqrt(row[2] / static_cast<double>(runs)));
    sized.push_back(row);
  }
  style.size = 0.5;
  panel.bars(rows_of(group.rows, {"forecast", "share"}, {"share_low", "share_high"}), style);
  style.opacity = 0.6;
  return panel.layer(sized, "using 1:2:($3*P) with points " + point_words(style, true)).height(62);
}

/// In rows of as equal a length as may be; returns the letter of the last panel.
char add_rows(Sheet& sheet, std::vector<Panel> panels, char before) {
  const std::size_t count = panels.size(), rows = (count + columns - 1) / columns;
  std::size_t next = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t end = (row + 1) * count / rows;
    sheet.row({panels.begin() + static_cast<std::ptrdiff_t>(next),
               panels.begin() + static_cast<std::ptrdiff_t>(end)});
    next = end;
  }
  return static_cast<char>(before + static_cast<int>(count));
}

}  // namespace

Sheet sheet_of(const League& league) {
  const HeldOutStudy& study = league.study;
  Sheet sheet;
  sheet.table("a", league_table(league));
  sheet.table("b", forecast_table(league));
  sheet.table("c", calibration_table(league));
  std::vector<Panel> scores, forecasts, calibrations;
  for (const LeagueColumn& column : league_columns) {
    scores.push_back(league_panel(league, column).span(scores.empty() ? 2.1 : 1));
  }
  const std::vector<Group> told = groups_of(league, sheet.table("b"));
  const Panel::Range range = step_range(told);
  for (const Group& group : told) {
    const bool steps = !rows_of(group.rows, {"steps"}).empty();
    forecasts.push_back(
        (steps ? steps_panel(group, range) : accuracy_panel(group)).title(group.names));
  }
  for (const Group& group : groups_of(league, sheet.table("c"))) {
    calibrations.push_back(calibration_panel(group, study.runs.size()).title(group.names));
  }
  sheet.legend({{Swatch::both, kinds()[0].style, "theory as it is"},
                {Swatch::both, kinds()[1].style, "times a fitted constant"},
                {Swatch::both, kinds()[2].style, "null model"},
                {Swatch::points, look::networks(), "network that got there"},
                {Swatch::points, not_there(), "not within its budget"},
                {Swatch::points, not_told(), "there, forecast never"}});
  const char first = add_rows(sheet, scores, 'a' - 1), second = add_rows(sheet, forecasts, first),
             third = add_rows(sheet, calibrations, second);
  sheet.caption(fmt::format(
      "{}: {} of {} got there; {} cells in {} folds, every run is forecast without its cell.",
      event_text(league), league.reached, runs_in_seeds(std::ssize(study.runs), league.seeds),
      study.cell_count, study.fold_count));
  sheet.caption(
      fmt::format("a to {}: scores with 95% intervals over seeds; the best log score is 0, the "
                  "best ROC area 1, "
                  "the best factor and slope stand at the dashed line.",
                  first));
  if (!forecasts.empty()) {
    sheet.caption(fmt::format(
        "{} to {}: forecast and measured steps; a triangle is a run not there within its budget, a "
        "square at the right one that was forecast never to get there and did. {} to {}: forecast "
        "probability and the share that got there, in bins of 0.1; the area of a point grows with "
        "its runs. Theories that forecast the same share a panel.",
        static_cast<char>(first + 1), second, static_cast<char>(second + 1), third));
  }
  return sheet;
}

}  // namespace grok
