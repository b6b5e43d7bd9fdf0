// figures/closed_forms/closed_forms.hpp: predictions of two other papers beside their models,
// trained here.
//   a  linear teacher: accuracies against steps, theory and networks
//   b  its grokking time (delay), predicted and measured, over d/N and thresholds of accuracy
//   c  diagonal network: time of the switch against (ln alpha)/lambda
//   d  lambda times that time against ln alpha
// closed_forms.toml has the studies, of the models linear-teacher and diagonal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compare/linear/closed_forms.hpp"
#include "figures/figure.hpp"
#include "figures/study_runs.hpp"

namespace grok {

/// A row per setting: model, setting, predicted, median, low, high, networks, censored.
CsvTable step_table(const ClosedFormsData& data);

Sheet sheet_of(const ClosedFormsData& data);
std::string report_of(const ClosedFormsData& data);
std::vector<Claim> claims_of(const ClosedFormsData& data);

Figure closed_forms(std::string_view toml);

}  // namespace grok
