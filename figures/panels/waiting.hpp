// figures/panels/waiting.hpp: how long networks take: those that got there, and those that did not
// within the budget, which are never left out.
#pragma once

#include <string>

#include "figures/panels/panel.hpp"

namespace grok {

/// Steps of runs against x. `runs` has the columns `x_column` and `steps`; empty steps: not there,
/// drawn at the budget, its symbols as large as many they are.
Panel waiting(Axis x, const std::string& label, double budget, const CsvTable& runs,
              const std::string& x_column, const std::string& steps);

/// Kaplan-Meier medians joined by a line, with their intervals: columns x, median, low, high. An
/// interval that is open above ends in an arrow at the budget.
void add_medians(Panel& panel, double budget, const CsvTable& medians, const std::string& x_column,
                 const std::string& median, const std::string& low, const std::string& high);

}  // namespace grok
