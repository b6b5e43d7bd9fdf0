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
constexpr LeagueColumn league_columns[] = {
    {Measure::log_score, "log score", false, false},
    {Measure::roc_area, "ROC area", false, false},
    {Measure::median_factor, "median factor", true, true},
    {Measure::within_cell_concordance, "order within cells", false, false}};

/// As it is, times a fitted constant, no theory.
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

/// A row for each theory, and for each of the referee's own; a fitted constant stands in the row of
/// its theory, where it changes the measure.
Panel league_panel(const League& league, const LeagueColumn& column) {
  std::vector<std::string> names;
  std::vector<ForestPoint> points;
  std::string marks;
  for (std::size_t c = 0; c < league.standings.size(); ++c) {
    const Contestant& contestant = league.study.contestants[c];
    const bool again = repeats(league.study, c);
    if (!again) {
      names.push_back(without_constant(contestant));
    }
    const Estimate& estimate = league.standings[c].score(column.measure).estimate;
    if (!again || info_of(column.measure).sees_constant) {
      points.push_back({names.size() - 1, kind_of(contestant), estimate});
    }
    if (!again && !std::isfinite(estimate.value)) {
      marks += fmt::format("set label '{}' at graph 0.97,first {} right font ',7'\n",
                           std::isnan(estimate.value) ? "–" : "∞", names.size());
    }
  }
  Panel panel = forest(column.log ? log_axis("") : linear_axis(""), names, kinds(), points)
                    .title(column.title)
                    .height(16 * static_cast<double>(names.size()));
  if (column.one) {
    panel.mark(1, look::reference()).cover(1, 1);
  }
  return panel.settings(marks);
}

/// Theories whose rows are the same but for their key: they share a panel. Those that say nothing
/// of steps or accuracy have none.
struct Group {
  CsvTable rows;
  std::string names;
  bool steps = false;  // else accuracies
};
std::vector<Group> groups_of(const League& league, const CsvTable& table) {
  std::vector<Group> groups;
  for (const std::size_t c : shown_contestants(league)) {
    CsvTable rows = rows_where(table, "contestant", league.study.contestants[c].key);
    for (auto& row : rows.rows) {
      row.front().clear();
    }
    const std::string name = without_constant(league.study.contestants[c]);
    const bool steps = !rows_of(rows, {"steps"}).empty();
    const auto same = std::ranges::find_if(
        groups, [&rows](const Group& group) { return group.rows.rows == rows.rows; });
    if (same != groups.end()) {
      same->names += "; " + name;
    } else if (steps || !rows_of(rows, {"accuracy", "final_accuracy"}).empty()) {
      groups.push_back({std::move(rows), name, steps});
    }
  }
  std::ranges::stable_partition(groups, &Group::steps);
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

Panel calibration_panel(const CsvTable& rows, std::size_t runs) {
  Panel panel(linear_axis("forecast probability", -0.03, 1.06),
              linear_axis("share there", -0.03, 1.06));
  panel.law("x", look::reference());
  Style style = look::summary();
  Rows sized;
  for (auto row : rows_of(rows, {"forecast", "share", "runs"})) {
    row[2] = point_size(2 + 8 * std::sqrt(row[2] / static_cast<double>(runs)));
    sized.push_back(row);
  }
  style.size = 0.5;
  panel.bars(rows_of(rows, {"forecast", "share"}, {"share_low", "share_high"}), style);
  style.opacity = 0.6;
  return panel.layer(sized, "using 1:2:($3*P) with points " + point_words(style, true)).height(62);
}

/// In rows of as equal a length as may be.
void add_rows(Sheet& sheet, const std::vector<Panel>& panels) {
  const std::size_t count = panels.size(), rows = (count + columns - 1) / columns;
  std::size_t next = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t end = (row + 1) * count / rows;
    sheet.row({panels.begin() + static_cast<std::ptrdiff_t>(next),
               panels.begin() + static_cast<std::ptrdiff_t>(end)});
    next = end;
  }
}

/// "a to d: ", "e: ", or "" of none; `next` is the first letter, and then the one behind the last.
std::string letters(char& next, std::size_t count) {
  const char first = next;
  next = static_cast<char>(next + static_cast<int>(count));
  const char last = static_cast<char>(next - 1);
  return count == 0   ? ""
         : count == 1 ? fmt::format("{}: ", first)
                      : fmt::format("{} to {}: ", first, last);
}

void add_captions(Sheet& sheet, const League& league, std::span<const Group> groups,
                  std::size_t left_out, std::size_t calibrations) {
  const HeldOutStudy& study = league.study;
  const auto steps = static_cast<std::size_t>(std::ranges::count_if(groups, &Group::steps));
  sheet.caption(fmt::format(
      "{}: {} of {} got there, in {} cells (settings); what is fitted is fitted on other cells and "
      "other seeds.",
      event_text(league), league.reached, runs_in_seeds(std::ssize(study.runs), league.seeds),
      study.cell_count));
  char next = 'a';
  sheet.caption(
      letters(next, std::size(league_columns)) +
      "scores with 95% intervals over seeds; best are a log score of 0, a ROC area of 1, a "
      "factor at the dashed line, and 1 for the share of pairs of one cell whose first is "
      "told (1/2: chance); a constant changes the factor alone.");
  if (steps > 0) {
    sheet.caption(
        letters(next, steps) +
        "forecast and measured steps; a triangle is a run not there within its budget, a "
        "square at the right one that was forecast never to get there and did; 0 steps stand at "
        "1. Theories "
        "that forecast the same share a panel.");
  }
  if (groups.size() > steps) {
    sheet.caption(letters(next, groups.size() - steps) + "forecast and final accuracy.");
  }
  sheet.caption(letters(next, calibrations) +
                "forecast probability and the share that got there, in bins of 0.1, of the three "
                "with the best log score and the null model; the area of a point grows with its "
                "runs.");
  if (left_out > 0) {
    sheet.caption(fmt::format("{} more theories are in table b alone.", left_out));
  }
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
  for (const std::size_t c : calibrated_contestants(league)) {
    const Contestant& contestant = study.contestants[c];
    calibrations.push_back(
        calibration_panel(rows_where(sheet.table("c"), "contestant", contestant.key),
                          study.runs.size())
            .title(without_constant(contestant)));
  }
  std::vector<Group> groups = groups_of(league, sheet.table("b"));
  const std::size_t most = 'z' - 'a' + 1 - scores.size() - calibrations.size(),
                    left_out = groups.size() > most ? groups.size() - most : 0;
  groups.resize(groups.size() - left_out);
  const Panel::Range range = step_range(groups);
  for (const Group& group : groups) {
    forecasts.push_back(
        (group.steps ? steps_panel(group, range) : accuracy_panel(group)).title(group.names));
  }
  sheet.legend({{Swatch::both, kinds()[0].style, "theory as it is"},
                {Swatch::both, kinds()[1].style, "times a fitted constant"},
                {Swatch::both, kinds()[2].style, "no theory"},
                {Swatch::points, look::networks(), "network that got there"},
                {Swatch::points, not_there(), "not within its budget"},
                {Swatch::points, not_told(), "there, forecast never"}});
  for (const auto& panels : {scores, forecasts, calibrations}) {
    add_rows(sheet, panels);
  }
  add_captions(sheet, league, groups, left_out, calibrations.size());
  return sheet;
}

}  // namespace grok
