// figures/phase_diagram_panel.hpp: one panel of a phase diagram, as text for gnuplot.
#pragma once

#include <string>
#include <vector>

#include "figures/phase_diagram.hpp"
#include "figures/script.hpp"

namespace grok {

/// A colour of its own for each phase, apart for the colour-blind: "#0072B2".
std::string phase_colour(Phase phase);

/// Data blocks and the plot command: the first seed alone, or stacked shares over all seeds, with
/// contours; `decoration` is drawn with it. Names of blocks start with "panel_" and the letter.
std::string phase_panel(const Panel& panel, const PhaseDiagram& diagram, bool shares,
                        const std::string& decoration);

/// The contour of the budget: one side generalises within it, the other does not. Every level that
/// is above the steps of the former crosses there too; this line stands for them all.
std::vector<CellSide> outer_sides(const PhaseDiagram& diagram, const std::vector<double>& steps);
/// The contour of a level where both sides generalise.
std::vector<CellSide> inner_sides(const PhaseDiagram& diagram, const std::vector<double>& steps,
                                  double level);

/// How these lines are drawn (gnuplot), of a level by its number in contour_levels.
std::string outer_style();
std::string level_style(std::size_t number);

}  // namespace grok
