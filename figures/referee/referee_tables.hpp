// figures/referee/referee_tables.hpp: the league by question, as rows of text, for the report and
// the page.
#pragma once

#include <string>
#include <vector>

#include "compare/referee/league.hpp"

namespace grok {

struct TextTable {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

/// Will it get there; how many steps; the final accuracy; differences to the null model and to the
/// best; fitted constants. Contestants without a number are left out of a table, the best is first.
std::vector<TextTable> league_tables(const League& league);

/// Calibration of the shown contestants: a row per bin that has runs.
TextTable calibration_rows(const League& league);

}  // namespace grok
