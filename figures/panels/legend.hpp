// figures/panels/legend.hpp: legends, titles and notes, laid out by the width of their words, so
// that they fit any width of a picture.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "figures/panels/panel.hpp"

namespace grok {

/// A place of the picture from its upper left corner [pt], as gnuplot's "screen x,y".
struct Canvas {
  double width = 0, height = 0;
  std::string at(double x, double y) const;
};

inline constexpr double title_size = 8.5, label_size = 8, small_size = 7;
inline constexpr double small_line = 9.4, title_line = 11.5;  // from line to line

/// Height of the legend in that width; nothing for no entries.
double legend_height(std::span<const Entry> entries, double width);
/// gnuplot's words for it, its upper left corner at (x, y).
std::string draw_legend(std::span<const Entry> entries, const Canvas& canvas, double x, double y,
                        double width);

/// `set label` of one line of text.
std::string draw_text(const Canvas& canvas, double x, double y, const std::string& text,
                      double size, const std::string& colour, const std::string& where = "left");

}  // namespace grok
