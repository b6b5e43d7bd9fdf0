// figures/referee/referee.hpp: every theory against the same runs.
//   scores with intervals; forecast and measured steps, theory by theory; forecast probability of
//   the event and the share that got there. Theories that forecast the same share a panel.
//   What the scores are: compare/referee/league.hpp. The study: figures/referee/referee.toml, or
//   any other.
#pragma once

#include <string>
#include <vector>

#include "compare/referee/league.hpp"
#include "figures/figure.hpp"

namespace grok {

/// The contestants that have a panel: each theory once, as it is if it is scored so, else fitted.
std::vector<std::size_t> shown_contestants(const League& league);

/// A contestant's name less ", times a constant".
std::string without_constant(const Contestant& contestant);

/// Those whose calibration is shown: the three with the best log score, and the null model.
std::vector<std::size_t> calibrated_contestants(const League& league);

/// "0.26 [0.25, 0.28]"; "-" where there is no value, no interval where it has no end.
std::string score_text(const Estimate& estimate);

/// What is forecast, in words: "RQI > 0.95", "validation accuracy >= 0.9", or without a number
/// where it differs between runs.
std::string event_text(const League& league);

/// The league by question, for the report and the page.
struct TitledTable {
  std::string title;
  CsvTable table;
};

/// Will it get there; how many steps; who is first; the final accuracy; differences to the null
/// model and to the best; fitted constants; last, and the only one that differs between machines,
/// what forecasts cost. Contestants without a number are left out of a table, the best is first.
std::vector<TitledTable> league_tables(const League& league);

/// Calibration of calibrated_contestants: a row per bin that has runs.
TitledTable calibration_rows(const League& league);

Sheet sheet_of(const League& league);
/// All numbers as text: counts, the tables by question (the best first), constants, calibration.
std::string report_of(const League& league);
/// What the paper says of steps and accuracies, beside what came out.
std::vector<Claim> claims_of(const League& league);

}  // namespace grok
