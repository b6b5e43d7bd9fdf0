// figures/representation/fig2_embeddings.hpp: embeddings in the plane, and what the decoder makes
// of the plane (nets/toy/decoder_plane.hpp).
//   The paper's decoders see the mean (F_i + F_j)/2, so that the answer to (i, j) can be read at
//   the middle between the points of i and j. Ours see E_i + E_j. Under Adam both are the same
//   network up to its epsilon: with E = F/2, dloss/dF = (dloss/dE)/2, a step does not depend on the
//   size of a gradient, so F from N(0,1) at rate eta moves as twice E from N(0,1)/2 at rate eta/2.
//   ring      points whose order by angle around their mean is 0, g, 2g, ... modulo p
//   chance    of the (p-1)! cyclic orders of p points (p prime), p-1 are rings: one in (p-2)!
// Source: Liu et al. 2022, Fig. 2; settings: fig2_embeddings.toml.
#pragma once

#include <Eigen/Core>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compare/statistics/statistics.hpp"
#include "figures/figure.hpp"
#include "nets/toy/decoder_plane.hpp"
#include "nets/toy/record.hpp"
#include "theory/parallelograms.hpp"
#include "theory/ring.hpp"

namespace grok {

/// Settings tried for the good panels, about (fig2_embeddings.toml).
inline constexpr int searched_settings = 500;

struct PlanarRun {
  toy::RunSpec spec;
  double rqi = 0, train = 0, validation = 0;  // RQI and accuracies at the last step
  std::optional<Ring> ring, ring_before;      // modular: trained, and as it started
};

/// All networks of one setting.
struct PlanarSetting {
  toy::RunSpec spec;  // of the first seed
  std::string name;   // "panel (c), poor modular"
  bool published = true, modular = false;
  std::vector<PlanarRun> runs;
  std::int64_t diverged = 0;     // left out
  std::int64_t structured = 0;   // addition: RQI above its threshold; modular: a ring
  std::int64_t generalised = 0;  // validation accuracy at its threshold
  std::int64_t both = 0;
  std::int64_t memorised = 0;  // training accuracy at its threshold, validation below
};

/// What is drawn of a network.
struct PlanarPanel {
  toy::InitialState network;
  toy::Plane plane;
};

struct PlanarData {
  std::vector<PlanarSetting> settings;  // poor and good addition, poor and good modular, others
  std::array<std::size_t, 4> chosen{};  // run of each of the first four that is drawn
  /// Spearman with validation accuracy over the networks of the two good settings: of RQI, of the
  /// neighbours in order of a ring; count 0: none.
  BootstrapInterval rqi_rank, ring_rank;
  std::array<PlanarPanel, 4> panels;    // by add_networks
  std::optional<Parallelogram> marked;  // in both panels of addition
  Ring ring;                            // of the good modular panel; drawn in both
  const PlanarRun& shown(std::size_t panel) const {
    return settings.at(panel).runs.at(chosen.at(panel));
  }
};

/// Settings are runs that differ in seeds only; `embeddings`: trained ones of the modular runs, as
/// `specs` (others may be empty). What is drawn, of the networks that have learnt their training
/// set, if there are any: addition, the lowest and the highest RQI, then validation accuracy;
/// modular, the lowest and the highest validation accuracy, then the neighbours in order of a ring;
/// then the smallest seed. Throws InputError unless there are 4 or 6 settings, of these tasks.
PlanarData collect_planar(std::span<const toy::RunSpec> specs, std::span<const toy::Record> records,
                          std::span<const Eigen::MatrixXd> embeddings);
/// The networks of the runs that are shown, their planes, and what is marked in them.
void add_networks(PlanarData& data, std::array<toy::InitialState, 4> networks, Index cells,
                  int threads);

Sheet sheet_of(const PlanarData& data);
std::string report_of(const PlanarData& data);
std::vector<Claim> claims_of(const PlanarData& data);

Figure fig2_embeddings(std::string_view toml);

}  // namespace grok
