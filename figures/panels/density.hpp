// figures/panels/density.hpp: how values are distributed: boxes and strips at places of an axis.
#pragma once

#include <string>
#include <vector>

#include "figures/panels/panel.hpp"

namespace grok {

/// Median, quartiles and 95 % of the values, as a box of that width at x.
void add_box(Panel& panel, double x, double width, const std::vector<double>& values,
             const Style& style, const std::string& label = "");
/// Every value as a point, spread a little about x in their order.
void add_strip(Panel& panel, double x, double width, const std::vector<double>& values,
               const Style& style, const std::string& label = "");

}  // namespace grok
