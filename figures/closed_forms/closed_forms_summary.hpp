// figures/closed_forms/closed_forms_summary.hpp: names and cells shared by the files of
// figures/closed_forms/closed_forms.hpp.
#pragma once

#include <string>

#include "figures/closed_forms/closed_forms.hpp"

namespace grok {

inline constexpr DiagonalLoss diagonal_losses[] = {DiagonalLoss::squared, DiagonalLoss::logistic};

std::string leading_model(DiagonalLoss loss);  // "diagonal network, squared: (ln alpha)/lambda"
std::string flow_model(DiagonalLoss loss);     // "..., squared: flow in u v"

/// "1070 [1050, 1090]", "-" where the median is not reached; an open end is ∞.
std::string measured_text(const ClosedFormRow& row);

}  // namespace grok
