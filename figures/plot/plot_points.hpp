// figures/plot/plot_points.hpp: runs as points by their colours, with medians or without. For the
// sources of figures/plot alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "figures/plot/plot_parts.hpp"

namespace grok {

/// Runs of one colour.
struct PointGroup {
  std::string value;  // of the column that colours
  PlotClass look;
  RowNumbers rows;
};

/// Of the runs of one x.
struct PointMedian {
  std::string facet, colour, x_text;
  double x = 0;
  PlotMedian median = {};
  double end = 0;  // where an interval that is open above ends
};

/// Draws the runs of a plot panel by panel, and keeps count for the legend of all panels.
class PointPanels {
 public:
  /// `medians`: a colour that is a key has lines of its own; more values than colours are refused
  /// then, and else shown by classes.
  PointPanels(const PlotData& data, PlotScale x, PlotScale y, bool medians);

  const std::vector<PointGroup>& groups() const { return groups_; }
  /// Colours that are keys stand a little beside each other, so that no interval hides another.
  bool side_by_side() const;

  /// Axes alone, as wide as all runs of all panels need.
  Panel axes(const PlotPanel& panel) const;
  void add_runs(Panel& drawn, const PlotPanel& panel, const Style& style);
  void add_medians(Panel& drawn, std::size_t group, const std::vector<PointMedian>& medians);
  /// Entries for what was drawn; `medians`: there are some.
  std::vector<Entry> legend(const Style& runs, bool medians, std::optional<double> budget) const;

 private:
  double beside(double x, std::size_t group) const;
  bool is_censored(std::size_t row) const;

  const PlotData& data_;
  PlotScale x_, y_;
  std::vector<PointGroup> groups_;
  std::int64_t there_ = 0, censored_ = 0;
  bool intervals_ = false, open_ = false;
};

/// Behind medians runs are faint, alone they carry the colour.
Style run_style(bool coloured, bool medians);

/// Rows that are in both, which ascend.
RowNumbers common(const RowNumbers& a, const RowNumbers& b);

/// Throw InputError for texts, and for a column without a value.
void require_numbers(const PlotData& data, const PlotColumn& column, const std::string& option);

/// Of all runs, if they have one.
std::optional<double> one_budget(const PlotData& data);
bool any_censored(const PlotData& data, const PlotColumn& column);

}  // namespace grok
