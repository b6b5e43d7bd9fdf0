// Sample run:  groktheory figure two_rate_gd --profile quick
#include "figures/rates/two_rate.hpp"

namespace grok {
namespace {

std::vector<Claim> draw(const Figure& figure, const FigureContext& context) {
  return publish_two_rate(figure, context, {});
}

}  // namespace

Figure two_rate_gd(std::string_view toml) {
  return {"two_rate_gd", "Steps against both learning rates: gradient descent", false, toml, draw,
          toml};
}

}  // namespace grok
