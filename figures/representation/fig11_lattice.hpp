// figures/representation/fig11_lattice.hpp: the lattice of sets of equations, without training.
//   equations   the parallelograms of P0, A_1, A_2, ...; for addition with p = 4
//               A1: 2E1 = E0 + E2,  A2: E0 + E3 = E1 + E2,  A3: 2E2 = E1 + E3
//   node        a set of them, as bits: bit k is A_{k+1}; ordered by inclusion
//   nullity     of the equations of a node; closed: it has every equation that it implies
//   For p = 4 each equation says that two of the three gaps E_{k+1} - E_k are equal, so any two of
//   them force the third: 5 of the 8 nodes are closed.
// Source: Liu et al. 2022, App. E (eq. 20) and Fig. 11.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "figures/figure.hpp"
#include "theory/null_space.hpp"
#include "theory/parallelograms.hpp"

namespace grok {

using EquationSet = std::uint32_t;

struct LatticeNode {
  EquationSet equations = 0;
  Index nullity = 0;
  EquationSet closure = 0;  // all that they imply
  bool closed = false;      // closure == equations
  Eigen::VectorXd example;  // a representation (p) that satisfies them
};

struct Lattice {
  Index symbols = 0;
  std::vector<Parallelogram> equations;  // P0
  std::vector<LatticeNode> nodes;        // node k has the equations k: 2^|P0| of them
};

inline constexpr Index max_lattice_equations = 3;  // what a picture can show

/// Exact, but for the examples: `start` (p) projected on the null space of each node's equations.
/// Throws InputError unless the task is addition and has 1 to max_lattice_equations equations.
Lattice build_lattice(const Task& task, const Eigen::VectorXd& start);

/// Of all training sets of one size: how many have exactly these equations.
struct LatticeCounts {
  Index train = 0;                    // |D|
  std::int64_t sets = 0;              // D of this size
  std::vector<std::int64_t> direct;   // by node: P0(D) is the node
  std::vector<std::int64_t> implied;  // by node: P(D) is the node
};

/// Every training set, |D| = 1..|D0|; 2^|D0| of them. Throws InputError for |D0| > 20.
std::vector<LatticeCounts> count_training_sets(const Task& task, const Lattice& lattice);

/// The null space of a node's equations.
NullSpace space_of(const Lattice& lattice, EquationSet equations);

/// The equations for which test(equation) is true, as bits.
template <class Test>
EquationSet equations_where(const Lattice& lattice, const Test& test) {
  EquationSet set = 0;
  for (std::size_t k = 0; k < lattice.equations.size(); ++k) {
    set |= test(lattice.equations[k]) ? EquationSet{1} << k : 0U;
  }
  return set;
}

/// "A1, A2", "none"; `markup`: for a picture.
std::string node_name(EquationSet equations, bool markup);

/// All nodes, those with fewer equations first.
std::vector<EquationSet> by_size(const Lattice& lattice);

/// Where a node stands in a Hasse diagram: column 0.. from the left, rows of equal numbers of
/// equations from 0 upwards, centred on x = 0.
struct NodePlace {
  double x = 0;
  double row = 0;
};
NodePlace place_of(const Lattice& lattice, EquationSet equations);

/// Colour of a node, safe for the colour-blind, "#rrggbb".
std::string node_colour(EquationSet equations);

/// Size of a node's card in a Hasse diagram whose columns and rows are 1 apart.
struct CardSize {
  double half_width = 0.42, half_height = 0.36;
};
/// Gnuplot objects: frames (dashed if the node is not closed), and lines to the nodes with one
/// equation more (arrows where it is implied).
std::string lattice_frames(const Lattice& lattice, CardSize size);
std::string lattice_edges(const Lattice& lattice, CardSize size);
/// Empties the panel around it and sets the range of its axes.
std::string lattice_axes(const Lattice& lattice, CardSize size);

struct LatticeFigure {
  Lattice lattice;
  std::vector<LatticeCounts> counts;
};

std::vector<Claim> claims_of_lattice(const Lattice& lattice);
Drawing draw_lattice(const LatticeFigure& data, const std::string& command);
std::string report_lattice(const LatticeFigure& data);

Figure fig11_lattice(std::string_view toml);

}  // namespace grok
