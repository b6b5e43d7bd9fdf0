// figures/script.hpp: the pieces every gnuplot script of ours is made of. Text in, text out.
//   Positions of panels are fractions of the picture; a panel has its title and its legend above
//   it, so that a legend never covers data.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "compare/statistics/statistics.hpp"
#include "figures/panels/text.hpp"

namespace grok {

/// A number for a script or a CSV cell: shortest text that reads back; "" (CSV), "NaN" (script).
std::string cell(const std::optional<double>& value);

/// $name << EOD ... EOD, one line per row.
std::string data_block(const std::string& name, const std::vector<std::vector<std::string>>& rows);
/// The same of numbers.
std::string number_block(const std::string& name, const std::vector<std::vector<double>>& rows);

/// Equal points counted: (x, y) -> how many.
using Multiplicity = std::map<std::pair<double, double>, std::int64_t>;
Multiplicity count_points(std::span<const std::pair<double, double>> points);
/// Rows x, y, count, size of the symbol; area proportional to the count, `largest` for
/// `largest_count`.
std::vector<std::vector<double>> sized_rows(const Multiplicity& points, double largest,
                                            std::int64_t largest_count);
std::int64_t largest_count(const Multiplicity& points);

struct PanelFrame {
  double left = 0, right = 1, bottom = 0, top = 1;  // of the axes
  double head = 1;                                  // where the title stands
  std::string letter;                               // "a"
  std::string title;
  double key_width = -1;  // columns of text between entries of the legend
};

/// Clears what an earlier panel set, places axes, title and legend.
std::string open_panel(const PanelFrame& panel);

/// Grey text at the foot of the picture; it is drawn with the next panel.
std::string footer(const std::string& command);

/// Small grey lines of text hung from (x, y) of the picture.
std::string caption(double x, double y, double line_height, const std::vector<std::string>& lines);

/// A vertical line over the whole panel, and a band for its interval (ends outside [low, high] of
/// the axis are cut at the axis).
std::string vertical_line(double x, const std::string& colour, int dash);
std::string vertical_band(const Estimate& estimate, const std::string& colour);

}  // namespace grok
