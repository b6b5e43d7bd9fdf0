// figures/representation/fig12_learned_lattice.hpp: which sets of equations trained networks
// satisfy (compare/toy/learned_lattice.hpp).
//   a  the lattice, with the number of networks in each set and the embeddings of one
//   b  share of networks, and of untrained embeddings, in each set
//   c  how many equations the two networks of a seed satisfy
// Source: Liu et al. 2022, App. E and Fig. 12.
#pragma once

#include "compare/toy/learned_lattice.hpp"
#include "figures/figure.hpp"

namespace grok {

Sheet sheet_of(const toy::LearnedLattice& data);
std::string report_of(const toy::LearnedLattice& data);
std::vector<Claim> claims_of(const toy::LearnedLattice& data);

Figure fig12_learned_lattice(std::string_view toml);

}  // namespace grok
