// Sample run:  groktheory figure fig11
#include "figures/representation/fig11_lattice.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <Eigen/QR>
#include <algorithm>
#include <bit>
#include <map>

#include "core/errors.hpp"
#include "figures/representation/fig9_curriculum.hpp"
#include "figures/study_runs.hpp"
#include "figures/task_settings.hpp"

namespace grok {
namespace {

constexpr Index max_enumerated = 20;  // samples: 10^6 training sets

Eigen::VectorXd read_start(const TaskSettings& settings) {
  const toml::array* start = settings.table["start"].as_array();
  const auto count = start == nullptr ? Index{0} : static_cast<Index>(start->size());
  Eigen::VectorXd numbers(count);
  for (Index k = 0; k < count; ++k) {
    const auto number = start->at(static_cast<std::size_t>(k)).value<double>();
    if (!number) {
      reject(settings.where, "start", "an entry that is no number", "numbers");
    }
    numbers(k) = *number;
  }
  return numbers;
}

Eigen::MatrixXd rows_of(const Lattice& lattice, EquationSet equations) {
  Eigen::MatrixXd A = Eigen::MatrixXd::Zero(std::popcount(equations), lattice.symbols);
  Eigen::Index row = 0;
  for (std::size_t k = 0; k < lattice.equations.size(); ++k) {
    if ((equations >> k & 1U) != 0) {
      const auto& [first, second] = lattice.equations[k];
      A(row, first.i) += 1;
      A(row, first.j) += 1;
      A(row, second.i) -= 1;
      A(row, second.j) -= 1;
      ++row;
    }
  }
  return A;
}

/// The nearest representation that satisfies the equations.
Eigen::VectorXd project(const Lattice& lattice, EquationSet equations,
                        const Eigen::VectorXd& start) {
  if (equations == 0) {
    return start;
  }
  const Eigen::MatrixXd A = rows_of(lattice, equations);
  return start - A.completeOrthogonalDecomposition().solve(A * start);  // least norm
}

EquationSet implied_by(const Lattice& lattice, const NullSpace& space) {
  return equations_where(lattice, [&](const Parallelogram& q) { return space.implies(q); });
}

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  const TaskSettings settings = read_task_settings(figure);
  LatticeFigure data;
  data.lattice = build_lattice(settings.task, read_start(settings));
  data.counts = count_training_sets(settings.task, data.lattice);
  publish(figure, context, draw_lattice(data, command_of(figure, context)), report_lattice(data));
  return claims_of_lattice(data.lattice);
}

}  // namespace

NullSpace space_of(const Lattice& lattice, EquationSet equations) {
  NullSpace space(lattice.symbols);
  for (std::size_t k = 0; k < lattice.equations.size(); ++k) {
    if ((equations >> k & 1U) != 0) {
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

std::string node_name(EquationSet equations, bool markup) {
  std::string text;
  for (int k = 0; equations >> k != 0; ++k) {
    if ((equations >> k & 1U) != 0) {
      text += text.empty() ? "" : ", ";
      text += markup ? fmt::format("{{/:Italic A}}_{}", k + 1) : fmt::format("A{}", k + 1);
    }
  }
  return text.empty() ? "none" : text;
}

std::vector<EquationSet> by_size(const Lattice& lattice) {
  std::vector<EquationSet> order;
  for (const LatticeNode& node : lattice.nodes) {
    order.push_back(node.equations);
  }
  std::ranges::stable_sort(order, {}, [](EquationSet set) { return std::popcount(set); });
  return order;
}

NodePlace place_of(const Lattice& lattice, EquationSet equations) {
  const int row = std::popcount(equations);
  double before = 0, count = 0;
  for (const LatticeNode& node : lattice.nodes) {
    if (std::popcount(node.equations) == row) {
      before += node.equations < equations ? 1 : 0;
      ++count;
    }
  }
  return {before - (count - 1) / 2, static_cast<double>(row)};
}

std::string node_colour(EquationSet equations) {
  static constexpr const char* colours[] = {"#B5B5B5", "#56B4E9", "#E69F00", "#009E73",
                                            "#CC79A7", "#F0E442", "#D55E00", "#0072B2"};
  return colours[equations & 7U];
}

std::vector<Claim> claims_of_lattice(const Lattice& lattice) {
  if (lattice.symbols != 4) {  // what was published
    return {};
  }
  std::map<int, std::vector<Index>> nullities;  // by the number of equations
  for (const LatticeNode& node : lattice.nodes) {
    nullities[std::popcount(node.equations)].push_back(node.nullity);
  }
  std::string ours;
  for (const auto& [count, values] : nullities) {
    ours += fmt::format("{}{}", ours.empty() ? "" : "; ", fmt::join(values, ", "));
  }
  const std::string published = "4; 3, 3, 3; 2, 2, 2; 2";
  const auto closed = std::count_if(lattice.nodes.begin(), lattice.nodes.end(),
                                    [](const LatticeNode& node) { return node.closed; });
  return {
      {"p = 4: nullity of none, each one, each two and all of the equations",
       "Liu et al. 2022, Fig. 11", published, ours + " (exact)",
       ours == published ? Verdict::agrees : Verdict::differs,
       fmt::format("{} of the {} sets imply no further equation", closed, lattice.nodes.size())}};
}

std::string report_lattice(const LatticeFigure& data) {
  const Lattice& lattice = data.lattice;
  std::string text = fmt::format("  addition, p = {}; exact\n", lattice.symbols);
  for (std::size_t k = 0; k < lattice.equations.size(); ++k) {
    text += fmt::format("  A{}: {}\n", k + 1, relation_text(lattice.equations[k], false));
  }
  text += "  equations   n0  implies     all training sets: P0(D), P(D) are these\n";
  for (const EquationSet equations : by_size(lattice)) {
    const LatticeNode& node = lattice.nodes[equations];
    std::int64_t sets = 0, direct = 0, implied = 0;
    for (const LatticeCounts& at : data.counts) {
      sets += at.sets;
      direct += at.direct[equations];
      implied += at.implied[equations];
    }
    text += fmt::format("  {:<11} {:<3} {:<11} {} and {} of {}\n", node_name(equations, false),
                        node.nullity, node.closed ? "-" : node_name(node.closure, false), direct,
                        implied, sets);
  }
  return text;
}

Figure fig11_lattice(std::string_view toml) {
  return {"fig11_lattice", "Which equations a representation can satisfy", false, {}, draw, toml};
}

}  // namespace grok
