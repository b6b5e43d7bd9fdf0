// nets/parity/model.hpp: networks that learn a sparse parity, as a kind of network: "parity".
#pragma once

#include "nets/model.hpp"
#include "nets/parity/record.hpp"
#include "nets/parity/run_spec.hpp"

namespace grok::parity {

const Model& model();

}  // namespace grok::parity
