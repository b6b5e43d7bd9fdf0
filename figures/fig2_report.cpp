// The numbers of figures/fig2_embeddings.hpp: all networks, not only those that are drawn.
#include <fmt/format.h>

#include "figures/fig2_embeddings.hpp"
#include "figures/script.hpp"

namespace grok {

std::string report_planar(const PlanarData& data, const PlanarPicture&) {
  std::string text;
  for (const PlanarSetting& s : data.settings) {
    text += fmt::format("  {}: n = {}, RQI {}, training {}, validation {}\n", s.name,
                        s.runs.size(), with_interval(s.rqi.estimate),
                        with_interval(s.train.estimate), with_interval(s.validation.estimate));
  }
  return text;
}

std::vector<Claim> claims_of_planar(const PlanarData&, const PlanarPicture&) { return {}; }

}  // namespace grok
