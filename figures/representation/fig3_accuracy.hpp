// figures/representation/fig3_accuracy.hpp: does the representation alone tell the accuracy?
// Source: Liu et al. 2022, Fig. 3 and App. D (eq. 13).
#pragma once

#include <string>
#include <vector>

#include "compare/toy/predicted_accuracy.hpp"
#include "figures/figure.hpp"

namespace grok {

Sheet sheet_of(const toy::AccuracyData& data);
std::string report_of(const toy::AccuracyData& data);
std::vector<Claim> claims_of(const toy::AccuracyData& data);

Figure fig3_accuracy(std::string_view toml);

}  // namespace grok
