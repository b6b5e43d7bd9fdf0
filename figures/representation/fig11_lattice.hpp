// figures/representation/fig11_lattice.hpp: the lattice of sets of equations (theory/lattice.hpp),
// without training.
//   a  every set of equations, with what is left of one representation when they are made to hold
//   b  share of all training sets of a size that hold exactly these equations
//   c  share of them that imply exactly these
// Source: Liu et al. 2022, App. E (eq. 20) and Fig. 11.
#pragma once

#include <vector>

#include "figures/figure.hpp"
#include "theory/lattice.hpp"

namespace grok {

struct LatticeFigure {
  Lattice lattice;
  std::vector<LatticeCounts> counts;
};

/// Colour of a node, safe for the colour-blind, "#rrggbb".
std::string node_colour(EquationSet equations);

Sheet sheet_of(const LatticeFigure& data);
std::string report_of(const LatticeFigure& data);
std::vector<Claim> claims_of(const LatticeFigure& data);

Figure fig11_lattice(std::string_view toml);

}  // namespace grok
