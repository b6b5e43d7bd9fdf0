// Sample run:  groktheory figure two_rate_gd --profile quick
#include "figures/rates/two_rate.hpp"

namespace grok {

Figure two_rate_gd(std::string_view toml) {
  return {"two_rate_gd", "Steps against both learning rates: gradient descent",
          false,         toml,
          draw_two_rate, toml};
}

}  // namespace grok
