// figures/plot/plot_parts.hpp: what the kinds of plot share: columns by their places, axes, panels
// of a facet, the caption. For the sources of figures/plot alone.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "figures/panels/rows.hpp"
#include "figures/plot/plot.hpp"
#include "figures/plot/plot_colours.hpp"

namespace grok {

/// The columns that were asked for; nullptr: not asked for.
struct PlotColumns {
  const PlotColumn *x = nullptr, *y = nullptr, *colour = nullptr, *facet = nullptr;

  std::vector<const PlotColumn*> all() const;
};

struct PlotPanel {
  std::string title;  // "seed = 3"; empty without a facet
  std::string facet;  // its value
  RowNumbers rows;
};

/// Everything that a kind of plot draws from.
struct PlotData {
  const PlotAsked& asked;
  const PlotFrame& frame;
  PlotColumns columns;
  std::vector<PlotPanel> panels;
};

/// Steps, or a value, of a run: censored where it did not get there. Empty: it has none.
struct PlotValue {
  double value = 0;
  bool reached = true;
};
std::optional<PlotValue> value_of(const PlotFrame& frame, const PlotColumn& column,
                                  std::size_t row);

/// Kaplan-Meier of an event; else the median, with the interval of median_interval. No interval
/// where two runs have one seed (`several`), since they are not independent.
struct PlotMedian {
  std::int64_t runs = 0, censored = 0, without = 0;
  Estimate median;  // NaN: not reached, or nothing to take it of; an end: open
  bool several = false;
};
PlotMedian median_of(const PlotFrame& frame, const PlotColumn& column, const RowNumbers& rows);

/// How a column lies on an axis: numbers as they are, texts at 1, 2, 3, ...
struct PlotScale {
  Axis axis;
  std::map<std::string, double> places = {};  // of texts
  double gap = 1;  // least, between neighbours; on a logarithmic axis of their logarithms
  std::optional<double> at(const PlotFrame& frame, const PlotColumn& column, std::size_t row) const;
};
/// `asked`: --log-x. Throws InputError for a logarithm of what is not positive.
PlotScale scale_of(const PlotFrame& frame, const PlotColumn& column, const std::string& option,
                   std::optional<bool> asked);
/// Whether values stand on a logarithmic axis.
bool on_log_axis(const std::vector<double>& values, const std::string& option,
                 const std::string& name, std::optional<bool> asked);

/// Panels in rows of as many as can be read.
void lay_out(Sheet& sheet, std::vector<Panel> panels);
/// Height of their axes [pt].
double panel_height(std::size_t panels);

/// Identity, what is shown, seeds, budget and state: a row a run.
CsvTable run_table(const PlotData& data);

/// Keys that the picture shows by themselves; results are not among them.
std::vector<const PlotColumn*> shown_keys(const PlotColumns& columns);
/// Throws InputError if a key differs within rows that show the same, and `pool` does not name it.
void require_alike(const PlotData& data, const std::vector<const PlotColumn*>& shown);

/// Whole sentences: what the columns are, runs, seeds, censored, diverged, what is fixed, what
/// varies, what is pooled.
void add_caption(Plot& plot, const PlotData& data, std::int64_t missing);

std::string counted(std::int64_t count, const std::string& what);  // "1 run", "2 runs"

Plot draw_cells(const PlotData& data, const PlotRuns& runs);
Plot draw_points(const PlotData& data);
Plot draw_pairs(const PlotData& data);
/// `asked`: names of columns of the curves.
Plot draw_curves(const PlotData& data, const PlotAsked& asked, const CsvTable& curves);

}  // namespace grok
