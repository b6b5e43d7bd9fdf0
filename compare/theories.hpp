// compare/theories.hpp: the theories that the referee knows of each kind of network.
#pragma once

#include <vector>

#include "compare/referee/forecast.hpp"

namespace grok {

/// None for a model without a theory: the null model is left.
std::vector<Theory> theories_of(const Model& model);

}  // namespace grok
