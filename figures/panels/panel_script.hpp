// figures/panels/panel_script.hpp: a panel at a place of a picture, in gnuplot's words.
#pragma once

#include <string>

#include "figures/panels/legend.hpp"
#include "figures/panels/panel.hpp"

namespace grok {

/// How much room a panel takes in a column of that width [pt].
struct PanelSize {
  double head = 0;             // title, legend, notes
  double left = 0, right = 0;  // of the axes
  double axes = 0;             // height, at least
  double foot = 0;             // tics and label
};
/// `first`: in its row.
PanelSize panel_size(const Panel& panel, double width, bool first);

struct Frame {
  double x = 0, y = 0, width = 0;  // upper left corner of the column, its width
  double bottom = 0;               // of the axes
  bool first = true;               // in its row
  std::string letter;              // empty: the only panel
};
/// `once`: more of gnuplot's words before the plot.
std::string panel_script(const Panel& panel, const Canvas& canvas, const Frame& frame,
                         const std::string& once = "");

/// Ends of a log axis that hold the data, with room around them.
std::pair<double, double> log_ends(const Axis& axis, const Panel::Range& range);

}  // namespace grok
