// figures/plot/plot.hpp: a picture of the runs of one's own study, by the names of their columns.
//   x and y are keys         cells: phases or other texts as shares, numbers as medians; where
//                            the pairs form no grid: dots
//   x a key, y a number      points: a run each, with medians over the runs of an x
//   x and y are results      pairs: a run each
//   curves                   a line for each run
//   A run that did not get there stands where it ended, at its budget as a rule; none is left out.
//   Runs are drawn together only where they differ in seeds. Another key that differs within what
//   is one cell or one median is an error, unless `pool` names it; the caption says it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "figures/panels/sheet.hpp"
#include "figures/plot/plot_frame.hpp"

namespace grok {

/// Names of columns; empty: not asked for.
struct PlotAsked {
  std::string x = {}, y = {}, colour = {}, facet = {};
  std::vector<std::string> pool = {};          // keys that may differ
  std::optional<bool> log_x = {}, log_y = {};  // empty: where all is positive, over a decade
};

struct PlotRuns {
  const Model* model = nullptr;
  CsvTable runs = {};        // finished: Store::table
  std::int64_t missing = 0;  // of the study, which has them to do
  /// Points that [refine] did not train: the keys of their runs and what phase it predicts, under
  /// the names that `runs` has.
  CsvTable predicted = {};
};

enum class PlotKind { cells, dots, points, pairs, curves };
const char* name_of(PlotKind kind);

struct Plot {
  PlotKind kind = PlotKind::cells;
  Sheet sheet;  // its tables: "runs", and "cells" or "medians"
  std::int64_t runs = 0, seeds = 0, censored = 0, diverged = 0;  // censored: of what is drawn
};

/// Throws InputError "plot: --x = ..." for no runs, names there are not, a column that cannot stand
/// there, keys that differ, more than 8 colours or 12 panels, a logarithm of what is not positive.
Plot plot_runs(const PlotAsked& asked, const PlotRuns& runs);

/// Rows `identity` and the columns of curves (curve_table); x: "step" unless asked for.
Plot plot_curves(const PlotAsked& asked, const PlotRuns& runs, const CsvTable& curves);

}  // namespace grok
