#include "theory/lattice.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <bit>
#include <set>

#include "core/errors.hpp"

namespace grok {
namespace {

constexpr Index max_enumerated = 20;  // samples: 10^6 training sets

/// The equations for which test(equation) is true, as bits.
template <class Test>
EquationSet equations_where(const Lattice& lattice, const Test& test) {
  EquationSet set = 0;
  for (std::size_t k = 0; k < lattice.equations.size(); ++k) {
    set |= test(lattice.equations[k]) ? EquationSet{1} << k : 0U;
  }
  return set;
}

EquationSet implied_by(const Lattice& lattice, const NullSpace& space) {
  return equations_where(lattice, [&](const Parallelogram& q) { return space.implies(q); });
}

/// The nearest representation that satisfies the equations.
Eigen::VectorXd project(const Lattice& lattice, EquationSet equations,
                        const Eigen::VectorXd& start) {
  if (equations == 0) {
    return start;
  }
  Eigen::MatrixXd A = Eigen::MatrixXd::Zero(std::popcount(equations), lattice.symbols);
  Eigen::Index row = 0;
  for (std::size_t k = 0; k < lattice.equations.size(); ++k) {
    if (has_equation(equations, k)) {
      const auto& [first, second] = lattice.equations[k];
      A(row, first.i) += 1;
      A(row, first.j) += 1;
      A(row, second.i) -= 1;
      A(row, second.j) -= 1;
      ++row;
    }
  }
  return start - A.completeOrthogonalDecomposition().solve(A * start);  // least norm
}

}  // namespace

bool has_equation(EquationSet equations, std::size_t k) { return (equations >> k & 1U) != 0; }

NullSpace space_of(const Lattice& lattice, EquationSet equations) {
  NullSpace space(lattice.symbols);
  for (std::size_t k = 0; k < lattice.equations.size(); ++k) {
    if (has_equation(equations, k)) {
      space.add(lattice.equations[k]);
    }
  }
  return space;
}

Lattice build_lattice(const Task& task, const Eigen::VectorXd& start) {
  if (task.name() != "addition") {
    reject("build_lattice", "task", task.name(), "addition");
  }
  Lattice lattice;
  lattice.symbols = task.symbols();
  lattice.equations = list_parallelograms(group_by_output(task));
  require_in_range("build_lattice", "|P0|", std::ssize(lattice.equations), std::ptrdiff_t{1},
                   std::ptrdiff_t{max_lattice_equations});
  require_in_range("build_lattice", "size of start", start.size(), lattice.symbols,
                   lattice.symbols);
  const EquationSet count = EquationSet{1} << lattice.equations.size();
  for (EquationSet equations = 0; equations < count; ++equations) {
    const NullSpace space = space_of(lattice, equations);
    LatticeNode node;
    node.equations = equations;
    node.nullity = space.nullity();
    node.closure = implied_by(lattice, space);
    node.closed = node.closure == equations;
    node.example = project(lattice, equations, start);
    lattice.nodes.push_back(std::move(node));
  }
  return lattice;
}

std::vector<LatticeNode> by_size(const Lattice& lattice) {
  std::vector<LatticeNode> nodes = lattice.nodes;
  std::ranges::stable_sort(nodes, {},
                           [](const LatticeNode& node) { return std::popcount(node.equations); });
  return nodes;
}

EquationSet equations_in(const Lattice& lattice, const Eigen::MatrixXd& R, double tolerance) {
  const std::vector<bool> holds = holding(R, lattice.equations, tolerance);
  EquationSet set = 0;
  for (std::size_t k = 0; k < holds.size(); ++k) {
    set |= holds[k] ? EquationSet{1} << k : 0U;
  }
  return set;
}

std::vector<Sample> samples_of(const Lattice& lattice) {
  std::set<Sample> samples;
  for (const Parallelogram& equation : lattice.equations) {
    samples.insert({equation.first, equation.second});
  }
  return {samples.begin(), samples.end()};
}

std::vector<LatticeCounts> count_training_sets(const Task& task, const Lattice& lattice) {
  const Index all = task.sample_count();
  require_in_range("count_training_sets", "|D0|", all, Index{1}, max_enumerated);
  std::vector<LatticeCounts> counts(static_cast<std::size_t>(all));
  for (std::size_t n = 0; n < counts.size(); ++n) {
    counts[n].train = static_cast<Index>(n) + 1;
    counts[n].direct.assign(lattice.nodes.size(), 0);
    counts[n].implied.assign(lattice.nodes.size(), 0);
  }
  for (std::uint32_t chosen = 1; chosen < std::uint32_t{1} << all; ++chosen) {
    std::vector<Sample> train;
    for (Index k = 0; k < all; ++k) {
      if ((chosen >> k & 1U) != 0) {
        train.push_back(task.sample(k));
      }
    }
    const OutputClasses classes = group_by_output(task, train);
    const std::vector<Parallelogram> P0 = list_parallelograms(classes);
    const EquationSet direct = equations_where(lattice, [&P0](const Parallelogram& q) {
      return std::find(P0.begin(), P0.end(), q) != P0.end();
    });
    const EquationSet implied = implied_by(lattice, null_space(lattice.symbols, classes));
    LatticeCounts& at = counts[train.size() - 1];
    ++at.sets;
    ++at.direct[direct];
    ++at.implied[implied];
  }
  return counts;
}

}  // namespace grok
