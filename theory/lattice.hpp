// theory/lattice.hpp: the lattice of sets of equations that a representation can satisfy.
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

#include "theory/null_space.hpp"
#include "theory/representation.hpp"

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

bool has_equation(EquationSet equations, std::size_t k);
/// All nodes, those with fewer equations first.
std::vector<LatticeNode> by_size(const Lattice& lattice);
/// The null space of a node's equations.
NullSpace space_of(const Lattice& lattice, EquationSet equations);
/// The equations that hold in R (p x d), as in RQI. Within the tolerance they may be a set that is
/// not closed.
EquationSet equations_in(const Lattice& lattice, const Eigen::MatrixXd& R,
                         double tolerance = default_rqi_tolerance);
/// Every sample that occurs in an equation: the smallest D with P0(D) = P0.
std::vector<Sample> samples_of(const Lattice& lattice);

/// Of all training sets of one size: how many have exactly these equations.
struct LatticeCounts {
  Index train = 0;                    // |D|
  std::int64_t sets = 0;              // D of this size
  std::vector<std::int64_t> direct;   // by node: P0(D) is the node
  std::vector<std::int64_t> implied;  // by node: P(D) is the node
};

/// Every training set, |D| = 1..|D0|; 2^|D0| of them. Throws InputError for |D0| > 20.
std::vector<LatticeCounts> count_training_sets(const Task& task, const Lattice& lattice);

}  // namespace grok
