#include "theory/parity/staircase.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "theory/parity/reduced_optimum.hpp"

namespace grok::parity {

Staircase staircase(const std::vector<std::int64_t>& counts) {
  const Samples samples = pattern_samples(2, counts);  // checks them
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

const Step& Staircase::at(double decay) const {
  return *std::ranges::find_if(steps, [decay](const Step& step) { return decay < step.up_to; });
}

}  // namespace grok::parity
