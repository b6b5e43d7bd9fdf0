// figures/representation/fig2_embeddings.hpp: embeddings in the plane, and what the decoder makes
// of the plane (nets/toy/decoder_plane.hpp).
// Source: Liu et al. 2022, Fig. 2; settings: fig2_embeddings.toml.
#pragma once

#include <string>
#include <vector>

#include "compare/toy/planar.hpp"
#include "figures/figure.hpp"

namespace grok {

Sheet sheet_of(const toy::PlanarData& data);
std::string report_of(const toy::PlanarData& data);
std::vector<Claim> claims_of(const toy::PlanarData& data);

Figure fig2_embeddings(std::string_view toml);

}  // namespace grok
