// figures/representation/fig10_ideal_bounds.hpp: ideal and real quality of representations
// (compare/toy/ideal_bounds.hpp) over the training fraction.
//   a, d  RQI and accuracy of trained networks
//   b, e  the ideal values of their training sets
//   c, f  one against the other: whether the ideal value is an upper bound
//   Ideal values of random D are means over random orders of D0; an order answers for every |D|.
// Source: Liu et al. 2022, App. E (eq. 13, 16, 17) and Fig. 10. The runs are those of Fig. 3.
#pragma once

#include <vector>

#include "compare/statistics/threshold_summary.hpp"
#include "compare/toy/ideal_bounds.hpp"
#include "figures/figure.hpp"

namespace grok {

struct IdealData {
  toy::IdealBounds networks;
  std::vector<IdealPoint> expectation;  // of random D, |D| = 1..|D0|
};
Sheet sheet_of(const IdealData& data);
std::string report_of(const IdealData& data);
std::vector<Claim> claims_of(const IdealData& data);

Figure fig10_ideal_bounds(std::string_view toml);

}  // namespace grok
