#include "figures/plot/plot_points.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/errors.hpp"
#include "core/numbers.hpp"
#include "figures/panels/text.hpp"

namespace grok {
namespace {

/// Over all rows; one blue group without a colour.
std::vector<PointGroup> groups_of(const PlotData& data, bool medians) {
  const PlotColumn* colour = data.columns.colour;
  const RowNumbers all = data.frame.all();
  std::vector<PointGroup> groups;
  if (colour == nullptr) {
    return {{"", {"", look::blue}, all}};
  }
  const auto values = distinct_values(*colour, all);
  if (!colour->numeric() || (colour->key && (medians || values.size() <= most_classes))) {
    const auto classes = classes_of(*colour, values, "--colour");
    for (const auto& [value, rows] : rows_by(colour, all)) {
      groups.push_back({value, classes[groups.size()], rows});
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
  std::erase_if(groups, [](const PointGroup& group) { return group.rows.empty(); });
  return groups;
}

/// "decoder decay = 1"; a text says what it is by itself.
std::string group_name(const PlotData& data, const PointGroup& group) {
  const PlotColumn& colour = *data.columns.colour;
  return colour.numeric() ? plain(colour.words() + " " + (colour.key ? "= " : "") + group.look.name)
                          : plain(group.look.name);
}

}  // namespace

RowNumbers common(const RowNumbers& a, const RowNumbers& b) {
  RowNumbers both;
  std::ranges::set_intersection(a, b, std::back_inserter(both));
  return both;
}

PointPanels::PointPanels(const PlotData& data, PlotScale x, PlotScale y, bool medians)
    : data_(data), x_(std::move(x)), y_(std::move(y)), groups_(groups_of(data, medians)) {}

double PointPanels::beside(double x, std::size_t group) const {
  if (!side_by_side()) {
    return x;
  }
  const auto n = static_cast<double>(groups_.size());
  const double shift = 0.5 * x_.gap * (static_cast<double>(group) - (n - 1) / 2) / std::max(n, 3.0);
  return x_.axis.log ? x * std::exp(shift) : x + shift;
}

bool PointPanels::side_by_side() const {
  return data_.columns.colour != nullptr && data_.columns.colour->key && data_.columns.x->key &&
         groups_.size() > 1;
}

Panel PointPanels::axes(const PlotPanel& panel) const {
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

void PointPanels::add_runs(Panel& drawn, const PlotPanel& panel, const Style& style) {
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const PointGroup& group = groups_[g];
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

void PointPanels::add_medians(Panel& drawn, std::size_t g,
                              const std::vector<PointMedian>& medians) {
  Style style = look::summary();
  if (data_.columns.colour != nullptr && data_.columns.colour->key) {
    style.colour = groups_[g].look.colour;
    style.width = 1.1;
    style.size = 3.4;
  }
  Rows line, joined, closed, open;
  for (const auto& [facet, colour, text, at, median, end] : medians) {
    const Estimate& m = median.median;
    const double x = beside(at, g);
    if (std::isfinite(m.value)) {
      line.push_back({x, m.value});
    }
    joined.push_back(std::isfinite(m.value) ? Rows::value_type{x, m.value}
                                            : Rows::value_type{not_a_number, not_a_number});
    if (std::isfinite(m.low) && std::isfinite(m.high)) {
      closed.push_back({x, m.value, m.low, m.high});
    } else if (std::isfinite(m.low)) {
      open.push_back({x, m.low, end});
    }
  }
  intervals_ = intervals_ || !closed.empty();
  open_ = open_ || !open.empty();
  if (data_.columns.x->numeric()) {
    drawn.line(joined, style);  // not across a median that is not reached
  }
  drawn.arrows(open, style);
  drawn.bars(closed, style);
  drawn.points(line, style);
}

std::vector<Entry> PointPanels::legend(const Style& runs, bool medians,
                                       std::optional<double> budget) const {
  std::vector<Entry> legend;
  const PlotColumn* colour = data_.columns.colour;
  const bool lines = medians && colour != nullptr && colour->key;
  for (const PointGroup& group : groups_) {
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
                      fmt::format("not there at its end ({}; area by number)", censored_)});
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
  if (budget) {
    legend.push_back(
        {Swatch::line, look::reference(), fmt::format("budget: {:.0f} steps", *budget)});
  }
  return legend;
}

bool PointPanels::is_censored(std::size_t row) const {
  return std::ranges::any_of(std::vector{data_.columns.x, data_.columns.y},
                             [&](const PlotColumn* column) {
                               const auto value = value_of(data_.frame, *column, row);
                               return value && !value->reached;
                             });
}

Style run_style(bool coloured, bool medians) {
  Style style = look::networks();
  style.size = !coloured ? 2.8 : medians ? 2.4 : 3.8;
  style.opacity = !coloured ? style.opacity : medians ? 0.45 : 0.85;
  return style;
}

void require_numbers(const PlotData& data, const PlotColumn& column, const std::string& option) {
  if (!column.numeric()) {
    reject("plot", option, "'" + column.name + "'",
           "a column of numbers (texts may be --x, --colour, --facet)");
  }
  const bool any = std::ranges::any_of(data.frame.all(), [&](std::size_t row) {
    return value_of(data.frame, column, row).has_value();
  });
  if (!any) {
    reject("plot", option, "'" + column.name + "'",
           fmt::format("a column with values (it is empty in all {})",
                       counted(std::ssize(data.frame.all()), "run")));
  }
}

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

}  // namespace grok
