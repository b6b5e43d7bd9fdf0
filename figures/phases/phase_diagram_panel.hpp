// figures/phases/phase_diagram_panel.hpp: one panel of a phase diagram, as text for gnuplot.
#pragma once

#include <string>
#include <vector>

#include "figures/phases/phase_diagram.hpp"
#include "figures/script.hpp"

namespace grok {

/// A colour of its own for each phase, apart for the colour-blind: "#0072B2".
std::string phase_colour(Phase phase);

/// Data blocks and the plot command: the first seed alone, or stacked shares over all seeds, with
/// contours; `decoration` is drawn with it. Names of blocks start with "panel_" and the letter.
std::string phase_panel(const PanelFrame& panel, const PhaseDiagram& diagram, bool shares,
                        const std::string& decoration);

/// The lines of a panel: each side of a cell once, in that of the largest level that it parts; the
/// last line, number levels.size(), is that of the budget: one side generalises within it, the
/// other does not.
std::vector<std::vector<CellSide>> lines_of(const PhaseDiagram& diagram,
                                            const std::vector<double>& steps);

/// How a line is drawn (gnuplot), of `count` levels: a core from white (few steps) to red in a
/// black rim, ordered by lightness; that of the budget all black. `rim`: what is drawn first.
std::string line_style(std::size_t number, std::size_t count, bool rim);

}  // namespace grok
