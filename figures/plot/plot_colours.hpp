// figures/plot/plot_colours.hpp: colours of what a plot is coloured by: one for each value of a
// column, or, of many numbers, one for each interval between round borders.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "figures/plot/plot_frame.hpp"

namespace grok {

struct PlotClass {
  std::string name;
  std::string colour;  // "#rrggbb"
};

/// Of values in their order: phases have their own colours, numbers a scale, other texts kinds.
/// An empty value is called "none". Throws InputError "plot: option = ..." for more than
/// `most_classes`.
inline constexpr std::size_t most_classes = 8;
std::vector<PlotClass> classes_of(const PlotColumn& column, const std::vector<std::string>& values,
                                  const std::string& option);

/// Numbers by intervals: class k holds borders[k] <= v < borders[k + 1], the last one its end, too.
struct NumberClasses {
  std::vector<double> borders;
  std::vector<PlotClass> classes;  // "100 to 300"

  std::size_t of(double value) const;
};
/// A class for each of six values or fewer; else borders at 1, 2, 5 (log: also 1, 3, or 1, or every
/// so many decades) times powers of ten, as fine as 7 classes allow. Throws InputError for no
/// finite value, or one that is not positive with `log`.
NumberClasses classes_of(std::span<const double> values, bool log);

/// The scale that numbers call for: all positive, and more than a decade.
bool spans_decades(std::span<const double> values);

/// Mixed with white: of what was not measured itself.
std::string pale(const std::string& colour);

}  // namespace grok
