// A key and a number: runs as points, with medians over the runs of an x. Two numbers: runs alone.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/errors.hpp"
#include "figures/panels/text.hpp"
#include "figures/plot/plot_parts.hpp"

namespace grok {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

/// Runs of one colour.
struct Group {
  std::string value;  // of the column that colours
  PlotClass look;
  RowNumbers rows;
};

/// Over all rows; one black and blue group without a colour.
std::vector<Group> groups_of(const PlotData& data) {
  const PlotColumn* colour = data.columns.colour;
  const RowNumbers all = data.frame.all();
  std::vector<Group> groups;
  if (colour == nullptr) {
    return {{"", {"", look::blue}, all}};
  }
  const auto values = distinct_values(*colour, all);
  if (!colour->numeric() || colour->key) {
    auto classes = classes_of(*colour, values, "--colour");
    for (const auto& [value, rows] : rows_by(colour, all)) {
      const std::size_t k = groups.size();
      if (colour->numeric()) {  // the lightest of the scale is no colour for a line
        classes[k].colour = look::scale_colour(k, classes.size() + 1);
      }
      groups.push_back({value, classes[k], rows});
    }
    return groups;
  }
  std::vector<double> numbers;
  for (const std::size_t row : all) {
    if (const auto number = colour->number(row)) {
      numbers.push_back(*number);
    }
  }
  if (numbers.empty()) {
    reject("plot", "--colour", "'" + colour->name + "'", "a column with values");
  }
  const NumberClasses classes = classes_of(numbers, spans_decades(numbers));
  for (const PlotClass& one : classes.classes) {
    groups.push_back({one.name, one, {}});
  }
  groups.push_back({"none", {"none", look::grey}, {}});
  for (const std::size_t row : all) {
    const auto number = colour->number(row);
    groups[number ? classes.of(*number) : groups.size() - 1].rows.push_back(row);
  }
  std::erase_if(groups, [](const Group& group) { return group.rows.empty(); });
  return groups;
}

RowNumbers common(const RowNumbers& a, const RowNumbers& b) {
  RowNumbers both;
  std::ranges::set_intersection(a, b, std::back_inserter(both));
  return both;
}

/// "decoder decay = 1"; a text says what it is by itself.
std::string group_name(const PlotData& data, const Group& group) {
  const PlotColumn& colour = *data.columns.colour;
  return colour.numeric() ? plain(colour.words() + " " + (colour.key ? "= " : "") + group.look.name)
                          : plain(group.look.name);
}

struct Median {
  std::string facet, colour, x_text;
  double x = 0;
  PlotMedian median;
  double end = 0;  // where an interval that is open above ends
};

CsvTable table_of_medians(const PlotData& data, const std::vector<Median>& medians) {
  const std::string& y = data.columns.y->name;
  CsvTable table =
      table_of(medians, column("facet", &Median::facet), column("colour", &Median::colour),
               column(data.columns.x->name, &Median::x_text),
               column("runs", [](const Median& m) { return m.median.runs; }),
               column("censored", [](const Median& m) { return m.median.censored; }),
               column("without", [](const Median& m) { return m.median.without; }),
               column("median_" + y, "median_low", "median_high",
                      [](const Median& m) { return m.median.median; }));
  const std::vector<std::pair<const PlotColumn*, std::string>> named = {
      {data.columns.colour, "colour"}, {data.columns.facet, "facet"}};
  for (const auto& [column, name] : named) {
    const auto at = std::ranges::find(table.columns, name) - table.columns.begin();
    if (column != nullptr && column->key) {
      table.columns[static_cast<std::size_t>(at)] = column->name;
      continue;
    }
    table.columns.erase(table.columns.begin() + at);
    for (auto& row : table.rows) {
      row.erase(row.begin() + at);
    }
  }
  return table;
}

/// Draws the runs of a plot, one after the other kind, with the legend of all panels.
class PointPanels {
 public:
  PointPanels(const PlotData& data, PlotScale x, PlotScale y)
      : data_(data), x_(std::move(x)), y_(std::move(y)), groups_(groups_of(data)) {}

  const std::vector<Group>& groups() const { return groups_; }

  /// Colours that are keys stand a little beside each other, so that no interval hides another.
  double beside(double x, std::size_t group) const {
    if (!side_by_side()) {
      return x;
    }
    const auto n = static_cast<double>(groups_.size());
    const double shift =
        0.5 * x_.gap * (static_cast<double>(group) - (n - 1) / 2) / std::max(n, 3.0);
    return x_.axis.log ? x * std::exp(shift) : x + shift;
  }
  bool side_by_side() const {
    return data_.columns.colour != nullptr && data_.columns.colour->key && data_.columns.x->key &&
           groups_.size() > 1;
  }

  /// Axes alone, as wide as all runs of all panels need.
  Panel axes(const PlotPanel& panel) const {
    Panel drawn(x_.axis, y_.axis);
    for (const std::size_t row : data_.frame.all()) {
      const auto x = x_.at(data_.frame, *data_.columns.x, row);
      const auto y = y_.at(data_.frame, *data_.columns.y, row);
      if (x && y) {
        drawn.cover(*x, *y);
      }
    }
    drawn.title(plain(panel.title)).height(panel_height(data_.panels.size()));
    return drawn;
  }

  void add_runs(Panel& drawn, const PlotPanel& panel, const Style& style) {
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      const Group& group = groups_[g];
      Rows there, not_there;
      for (const std::size_t row : common(group.rows, panel.rows)) {
        const auto x = x_.at(data_.frame, *data_.columns.x, row);
        const auto y = y_.at(data_.frame, *data_.columns.y, row);
        if (x && y) {
          (is_censored(row) ? not_there : there).push_back({beside(*x, g), *y});
        }
      }
      censored_ += std::ssize(not_there);
      there_ += std::ssize(there);
      Style own = style;
      own.colour = group.look.colour;
      drawn.points(there, own);
      Style open = look::censored();
      open.colour = group.look.colour;
      open.size = 6.5;
      drawn.counted(not_there, open);
    }
  }

  void add_medians(Panel& drawn, std::size_t g, const std::vector<Median>& medians) {
    Style style = look::summary();
    if (data_.columns.colour != nullptr && data_.columns.colour->key) {
      style.colour = groups_[g].look.colour;
      style.width = 1.1;
      style.size = 3.4;
    }
    Rows line, closed, open;
    for (const auto& [facet, colour, text, at, median, end] : medians) {
      const Estimate& m = median.median;
      const double x = beside(at, g);
      if (std::isfinite(m.value)) {
        line.push_back({x, m.value});
      }
      if (std::isfinite(m.low) && std::isfinite(m.high)) {
        closed.push_back({x, m.value, m.low, m.high});
      } else if (std::isfinite(m.low)) {
        open.push_back({x, m.low, end});
      }
    }
    intervals_ = intervals_ || !closed.empty();
    open_ = open_ || !open.empty();
    if (data_.columns.x->numeric()) {
      drawn.line(line, style);
    }
    drawn.arrows(open, style);
    drawn.bars(closed, style);
    drawn.points(line, style);
  }

  /// Entries for what was drawn; `medians`: there are some.
  std::vector<Entry> legend(const Style& runs, bool medians) const {
    std::vector<Entry> legend;
    const PlotColumn* colour = data_.columns.colour;
    const bool lines = medians && colour != nullptr && colour->key;
    for (const Group& group : groups_) {
      if (colour != nullptr) {
        const Style style{.colour = group.look.colour, .width = 1.1, .size = 3.4};
        legend.push_back({lines ? Swatch::both : Swatch::points, style, group_name(data_, group)});
      }
    }
    const bool plain_blue = colour == nullptr;
    Style run = runs;
    run.colour = plain_blue ? look::blue : look::grey;
    legend.push_back({Swatch::points, run, fmt::format("a run ({})", there_)});
    if (censored_ > 0) {
      Style open = look::censored();
      open.colour = run.colour;
      legend.push_back({Swatch::points, open,
                        fmt::format("not within the budget ({}; area by number)", censored_)});
    }
    if (medians) {
      Style style = look::summary();
      style.colour = lines ? look::grey : look::black;
      const std::string kind = data_.columns.y->event() ? "median (Kaplan–Meier)" : "median";
      legend.push_back({intervals_ ? Swatch::bars : Swatch::both, style,
                        kind + (intervals_ ? ", 95% interval" : "")});
      if (open_) {
        legend.push_back({Swatch::arrow, style, "interval, open above"});
      }
    }
    return legend;
  }

 private:
  bool is_censored(std::size_t row) const {
    return std::ranges::any_of(std::vector{data_.columns.x, data_.columns.y},
                               [&](const PlotColumn* column) {
                                 const auto value = value_of(data_.frame, *column, row);
                                 return value && !value->reached;
                               });
  }

  const PlotData& data_;
  PlotScale x_, y_;
  std::vector<Group> groups_;
  std::int64_t there_ = 0, censored_ = 0;
  bool intervals_ = false, open_ = false;
};

void require_number(const PlotColumn& column, const std::string& option) {
  if (!column.numeric()) {
    reject("plot", option, "'" + column.name + "'",
           "a column of numbers (texts may be --x, --colour, --facet)");
  }
}

void require_values(const PlotData& data, const PlotColumn& column, const std::string& option) {
  const bool any = std::ranges::any_of(data.frame.all(), [&](std::size_t row) {
    return value_of(data.frame, column, row).has_value();
  });
  if (!any) {
    reject("plot", option, "'" + column.name + "'",
           fmt::format("a column with values (it is empty in all {})",
                       counted(std::ssize(data.frame.all()), "run")));
  }
}

/// Two step counts have one scale, so that equal is a straight line.
bool one_scale_is_log(const PlotData& data) {
  std::vector<double> steps;
  for (const std::size_t row : data.frame.all()) {
    for (const PlotColumn* column : {data.columns.x, data.columns.y}) {
      steps.push_back(value_of(data.frame, *column, row)->value);
    }
  }
  return on_log_axis(steps, "--log-x, --log-y", "steps",
                     data.asked.log_x ? data.asked.log_x : data.asked.log_y);
}

/// One budget of all of those rows, drawn as a line.
std::optional<double> one_budget(const PlotData& data) {
  const RowNumbers all = data.frame.all();
  const double first = static_cast<double>(data.frame.budget(all.front()));
  const bool same = std::ranges::all_of(
      all, [&](auto row) { return static_cast<double>(data.frame.budget(row)) == first; });
  return same ? std::optional(first) : std::nullopt;
}

bool any_censored(const PlotData& data, const PlotColumn& column) {
  return column.event() && std::ranges::any_of(data.frame.all(), [&](std::size_t row) {
           return !value_of(data.frame, column, row)->reached;
         });
}

std::vector<Median> medians_of(const PlotData& data, const PlotPanel& panel, const Group& group,
                               const PlotScale& x) {
  std::vector<Median> medians;
  for (const auto& [text, rows] : rows_by(data.columns.x, common(group.rows, panel.rows))) {
    Median one{panel.facet, group.value, text, 0, median_of(data.frame, *data.columns.y, rows), 0};
    one.x = x.at(data.frame, *data.columns.x, rows[0]).value_or(nothing);
    for (const std::size_t row : rows) {
      one.end = std::max(one.end, static_cast<double>(data.frame.budget(row)));
    }
    if (std::isfinite(one.x)) {
      medians.push_back(std::move(one));
    }
  }
  return medians;
}

std::vector<Entry> with_budget(std::vector<Entry> legend, std::optional<double> budget) {
  if (budget) {
    legend.push_back(
        {Swatch::line, look::reference(), fmt::format("budget: {:.0f} steps", *budget)});
  }
  return legend;
}

}  // namespace

Plot draw_points(const PlotData& data) {
  require_number(*data.columns.y, "--y");
  require_values(data, *data.columns.y, "--y");
  const PlotScale x = scale_of(data.frame, *data.columns.x, "--log-x", data.asked.log_x);
  const PlotScale y = scale_of(data.frame, *data.columns.y, "--log-y", data.asked.log_y);
  PointPanels drawer(data, x, y);
  Style runs = look::networks();
  runs.size = data.columns.colour == nullptr ? 2.8 : 2.4;
  runs.opacity = data.columns.colour == nullptr ? runs.opacity : 0.45;
  const auto budget = any_censored(data, *data.columns.y) ? one_budget(data) : std::nullopt;
  const bool by_colour = data.columns.colour != nullptr && data.columns.colour->key;
  const Group everyone{"", {"", look::blue}, data.frame.all()};
  std::vector<Median> medians;
  std::vector<Panel> panels;
  for (const PlotPanel& panel : data.panels) {
    panels.push_back(drawer.axes(panel));
    if (budget) {
      panels.back().level(*budget, look::reference());
    }
    drawer.add_runs(panels.back(), panel, runs);
    for (const Group& group : by_colour ? drawer.groups() : std::vector{everyone}) {
      const auto own = medians_of(data, panel, group, x);
      medians.insert(medians.end(), own.begin(), own.end());
    }
  }
  const bool several =
      std::ranges::any_of(medians, [](const Median& m) { return m.median.runs > 1; });
  for (std::size_t k = 0; several && k < panels.size(); ++k) {
    const auto groups = by_colour ? drawer.groups() : std::vector{everyone};
    for (std::size_t g = 0; g < groups.size(); ++g) {
      drawer.add_medians(panels[k], g, medians_of(data, data.panels[k], groups[g], x));
    }
  }
  Plot plot{PlotKind::points, {}};
  plot.sheet.table("runs", run_table(data)).table("medians", table_of_medians(data, medians));
  plot.sheet.legend(with_budget(drawer.legend(runs, several), budget));
  lay_out(plot.sheet, std::move(panels));
  if (drawer.side_by_side()) {
    plot.sheet.caption("Colours stand a little beside each other.");
  }
  if (std::ranges::any_of(medians, [](const Median& m) { return m.median.several; })) {
    plot.sheet.caption(
        "No interval where runs of one seed are drawn together: they are not "
        "independent of each other.");
  }
  return plot;
}

Plot draw_pairs(const PlotData& data) {
  for (const auto& [column, option] :
       {std::pair{data.columns.x, "--x"}, std::pair{data.columns.y, "--y"}}) {
    require_number(*column, option);
    require_values(data, *column, option);
  }
  PlotScale x = scale_of(data.frame, *data.columns.x, "--log-x", data.asked.log_x);
  PlotScale y = scale_of(data.frame, *data.columns.y, "--log-y", data.asked.log_y);
  const bool steps = data.columns.x->event() && data.columns.y->event();
  if (steps) {
    x.axis.log = y.axis.log = one_scale_is_log(data);
  }
  PointPanels drawer(data, x, y);
  Style runs = look::networks();
  runs.size = 3;
  const bool censored = any_censored(data, *data.columns.x) || any_censored(data, *data.columns.y);
  const auto budget = censored ? one_budget(data) : std::nullopt;
  std::vector<Panel> panels;
  for (const PlotPanel& panel : data.panels) {
    panels.push_back(drawer.axes(panel));
    if (budget && any_censored(data, *data.columns.y)) {
      panels.back().level(*budget, look::reference());
    }
    if (budget && any_censored(data, *data.columns.x)) {
      panels.back().mark(*budget, look::reference());
    }
    if (steps) {
      for (const std::size_t row : data.frame.all()) {
        for (const PlotColumn* column : {data.columns.x, data.columns.y}) {
          const double value = value_of(data.frame, *column, row)->value;
          panels.back().cover(value, value);  // axes alike
        }
      }
      panels.back().law("x", {.colour = look::black, .width = 0.7, .dash = Dash::dashed});
    }
    drawer.add_runs(panels.back(), panel, runs);
  }
  std::vector<Entry> legend = with_budget(drawer.legend(runs, false), budget);
  if (steps) {
    legend.push_back(
        {Swatch::line, {.colour = look::black, .width = 0.7, .dash = Dash::dashed}, "equal"});
  }
  Plot plot{PlotKind::pairs, {}};
  plot.sheet.table("runs", run_table(data)).legend(std::move(legend));
  lay_out(plot.sheet, std::move(panels));
  return plot;
}

}  // namespace grok
