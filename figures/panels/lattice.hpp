// figures/panels/lattice.hpp: a Hasse diagram of theory/lattice.hpp: a card for each
// set of equations, those with more of them above; columns and rows of cards are 1 apart.
#pragma once

#include <string>
#include <vector>

#include "figures/panels/panel.hpp"
#include "theory/lattice.hpp"

namespace grok {

/// "2E4 = E3 + E5", 2E on the left, as one writes it; `markup`: for a picture.
std::string relation_text(const Parallelogram& relation, bool markup);

/// "A1, A2", "none"; `markup`: for a picture.
std::string node_name(EquationSet equations, bool markup, const std::string& separator = ", ");
/// Of a card, for a picture: "no equation" where there is none.
std::string card_name(EquationSet equations);
/// "2E4 = E3 + E5"; the same.
std::string equation_text(const Lattice& lattice, std::size_t k, bool markup);

/// The centre of a node's card.
struct CardPlace {
  double x = 0, y = 0;
};
CardPlace place_of(const Lattice& lattice, EquationSet equations);
inline constexpr double card_half_width = 0.43, card_half_height = 0.36;

/// Cards, dashed if not closed, and lines to the sets with one equation more, arrows where that is
/// implied. What is in the cards is the figure's.
Panel lattice_panel(const Lattice& lattice);
/// Numbers E_k as points at height y, x = from for E = low to x = to for E = high, in the order of
/// k.
struct Ruler {
  double from = 0, to = 1, low = 0, high = 1;
};
Rows places_on(const Ruler& ruler, const Eigen::VectorXd& E, double y);
/// Those points, each with its k below it.
void add_numbered(Panel& panel, const Rows& points, const Style& style);
/// In the legend: what each equation says, and the dashed cards.
void add_equations(Panel& panel, const Lattice& lattice);

/// Appends columns NAME0, NAME1, ...: row k of the table gets the numbers k.
void add_symbols(CsvTable& table, const std::string& name,
                 const std::vector<Eigen::VectorXd>& numbers);

}  // namespace grok
