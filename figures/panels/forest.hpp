// figures/panels/forest.hpp: rows of estimates with their intervals.
#pragma once

#include <string>
#include <vector>

#include "figures/panels/panel.hpp"

namespace grok {

/// What an estimate is of; several of a row stand below each other.
struct ForestKind {
  std::string name;  // empty: in no legend
  Style style;
};
struct ForestPoint {
  std::size_t row = 0, kind = 0;
  Estimate estimate;  // NaN: not drawn; ends that are NaN: no bar
};

/// `with_numbers`: "v [l, h]" right of the axes. Names stand left of the first panel of a row
/// alone.
Panel forest(Axis x, const std::vector<std::string>& names, const std::vector<ForestKind>& kinds,
             const std::vector<ForestPoint>& points, bool with_numbers = false);

}  // namespace grok
