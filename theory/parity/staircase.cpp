#include "theory/parity/staircase.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/errors.hpp"

namespace grok::parity {

Staircase staircase(const std::vector<std::int64_t>& counts) {
  const Samples samples = pattern_samples(2, counts);  // checks them
  for (std::size_t s = 0; s < counts.size(); ++s) {
    if (counts[s] > counts[s ^ 1U] + counts[s ^ 2U]) {  // one bit flipped
      reject("staircase", "counts", std::to_string(counts[s]),
             "none above the sum of the two patterns beside it");
    }
  }
  std::vector<double> shares(samples.weights.begin(), samples.weights.end());
  std::ranges::sort(shares);
  const double root = std::sqrt(2.0);
  Staircase stairs{{}, root * shares.front(), root * shares.back()};
  for (std::size_t dead = 0; dead <= shares.size(); ++dead) {
    Step step;
    step.up_to =
        dead < shares.size() ? root * shares[dead] : std::numeric_limits<double>::infinity();
    step.patterns = static_cast<int>(shares.size() - dead);
    for (std::size_t s = dead; s < shares.size(); ++s) {
      step.weight += shares[s];
    }
    step.accuracy = step.patterns / 4.0;
    step.squared_norm = root * step.patterns;
    stairs.steps.push_back(step);
  }
  return stairs;
}

ReducedDecays reduced_decays(Index k, const std::vector<std::int64_t>& counts) {
  require_in_range("reduced_decays", "parity", k, Index{1}, most_reduced_parity);
  const Samples samples = pattern_samples(k, counts);
  ReducedDecays decays{0, zero_stability(samples, {})};
  const auto all_right = [&samples](double decay) {
    // A pattern that no string shows has weight 0: it must be answered too.
    const ReducedOptimum optimum = reduced_optimum(samples, decay);
    return (samples.targets.array() * optimum.outputs.array() > 1e-9).all();
  };
  double low = 0, high = decays.collapse;
  while (high - low > 1e-6 * decays.collapse) {
    const double middle = (low + high) / 2;
    (all_right(middle) ? low : high) = middle;
  }
  decays.first_loss = low > 0 ? (low + high) / 2 : 0;
  return decays;
}

const Step& Staircase::at(double decay) const {
  return *std::ranges::find_if(steps, [decay](const Step& step) { return decay < step.up_to; });
}

}  // namespace grok::parity
