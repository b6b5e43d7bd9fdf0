// figures/panels/traces.hpp: one line for each symbol or neuron, over the steps.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "figures/panels/panel.hpp"

namespace grok {

/// Columns of `table` against column `x_column`, in the colours of a scale, each with its name at
/// the right end. `traces`: column and name. Nothing beyond the end of the x axis is drawn.
Panel traces(Axis x, Axis y, const CsvTable& table, const std::string& x_column,
             const std::vector<std::pair<std::string, std::string>>& traces);

}  // namespace grok
