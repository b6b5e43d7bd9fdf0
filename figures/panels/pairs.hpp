// figures/panels/pairs.hpp: what came out against what was predicted for the same run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "figures/panels/panel.hpp"

namespace grok {

struct PairsOptions {
  std::optional<double> budget = {};   // steps, one of all runs: who is not there stands at it
  double factor = 1.25;                // lines beside the diagonal; 1: none
  std::string networks = "networks";   // what a point is
  std::vector<std::string> also = {};  // columns that the axes hold, too: panels alike
  bool legend = true;  // false: beside a panel alike that has one; a note says how many they are
};

/// Steps in column `measured` against those in column `predicted` of `runs`, on equal log scales; 0
/// stands at 1. Without a measurement a
/// run stands at the budget, or above all; without a prediction, right of all; runs with neither
/// are counted in the legend.
Panel pairs(const std::string& predicted_label, const std::string& measured_label,
            const CsvTable& runs, const std::string& predicted, const std::string& measured,
            const PairsOptions& options = {});

}  // namespace grok
