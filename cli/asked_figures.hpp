// cli/asked_figures.hpp: the figures that `figure` and `report` are asked for.
#pragma once

#include <string>
#include <vector>

#include "figures/figure.hpp"

namespace grok {

struct AskedFigure {
  const Figure* figure;
  std::string profile;
  friend bool operator==(const AskedFigure&, const AskedFigure&) = default;
};

/// "fig6:paper" is the figures that fig6 names, in profile paper; without a colon, in `usual`. Each
/// pair once. Throws InputError "where: ..." for no name, another name, a profile that a figure
/// does not have.
std::vector<AskedFigure> asked_figures(const std::string& where,
                                       const std::vector<std::string>& names,
                                       const std::string& usual);

}  // namespace grok
