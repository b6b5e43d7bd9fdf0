// figures/referee/referee.hpp: every theory against the same runs.
//   (a) league: held-out scores with intervals    (b) forecast and measured steps, theory by theory
//   (c) calibration: forecast probability of the event and the share that got there
//   What the scores are: compare/referee/league.hpp. The study: figures/referee/referee.toml, or
//   any other.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "compare/referee/league.hpp"
#include "figures/figure.hpp"

namespace grok {

/// The contestants that have a panel: each theory once, as it is if it is scored so, else fitted.
std::vector<std::size_t> shown_contestants(const League& league);

/// "0.26 [0.25, 0.28]"; "-" where there is no value, no interval where it has no end.
std::string score_text(const Estimate& estimate, int digits = 3);

/// What is forecast, in words: "RQI > 0.95", "validation accuracy >= 0.9", or without a number
/// where it differs between runs.
std::string event_text(const League& league);

/// All numbers as text: counts, the tables by question (the best first), constants, calibration.
std::string report_league(const League& league);

Drawing draw_league(const League& league, const std::string& command);

/// What the paper says of steps and accuracies, beside what came out.
std::vector<Claim> claims_of_league(const League& league);

}  // namespace grok
