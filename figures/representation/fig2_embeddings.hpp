// figures/representation/fig2_embeddings.hpp: embeddings in the plane, and what the decoder makes
// of the plane.
//   The paper's decoders see the mean (F_i + F_j)/2, so that the answer to (i, j) can be read at
//   the middle between the points of i and j. Ours see E_i + E_j. Under Adam both are the same
//   network up to its epsilon: with E = F/2, dloss/dF = (dloss/dE)/2, a step does not depend on the
//   size of a gradient, so F from N(0,1) at rate eta moves as twice E from N(0,1)/2 at rate eta/2.
//   In a picture of E the mean has to be read again: the colour of a point x is the decoder's
//   answer to 2x, so that the middle of two embeddings lies in the colour of the answer to the
//   pair, and an embedding itself in that of the pair (i, i). Every pixel is such an answer.
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

#include "compare/statistics/summary.hpp"
#include "figures/figure.hpp"
#include "nets/toy/initial_state.hpp"
#include "nets/toy/record.hpp"
#include "theory/parallelograms.hpp"
#include "theory/ring.hpp"

namespace grok {

/// The parallelogram of four different symbols that fails most in `poor` (largest standardised
/// defect) of those that hold in `good`; empty if none of them fails.
std::optional<Parallelogram> telling_parallelogram(const Task& task, const Eigen::MatrixXd& good,
                                                   const Eigen::MatrixXd& poor, double tolerance);

/// A square of the plane around all embeddings (of side 1 if they coincide), in cells x cells
/// pixels.
struct Plane {
  double left = 0, bottom = 0, cell = 0;  // units of the embeddings
  Index cells = 0;
  std::vector<std::int32_t> answers;  // row by row from below: the decoder's to twice the middle
};
Plane decode_plane(const toy::RunSpec& resolved, const toy::InitialState& network, Index cells);

/// Settings tried for the good panels, about; the last ones on seeds from 100 on, and fixed before
/// the seeds of the profiles were looked at (fig2_embeddings.toml).
inline constexpr int searched_settings = 500;

struct PlanarRun {
  toy::RunSpec spec;
  double rqi = 0, train = 0, validation = 0;  // RQI and accuracies at the last step
  std::optional<Ring> ring, ring_before;      // modular: trained, and as it started
};

/// All networks of one setting. Shares: Wilson; means: bootstrap over seeds.
struct PlanarSetting {
  toy::RunSpec spec;  // of the first seed
  bool published = true;
  std::string name;  // "panel (a), as published"
  std::vector<PlanarRun> runs;
  std::int64_t diverged = 0;  // left out
  BootstrapInterval rqi, train, validation, in_order, in_order_before, radius_spread;
  std::int64_t structured = 0;   // addition: RQI above its threshold; modular: a ring
  std::int64_t generalised = 0;  // validation accuracy at its threshold
  std::int64_t both = 0;
  std::int64_t memorised = 0;  // training accuracy at its threshold, validation below
};

/// A network that is drawn.
struct PlanarPanel {
  toy::RunSpec spec;
  toy::Record record;
  toy::InitialState network;
  Plane plane;
};

struct PlanarData {
  std::vector<PlanarSetting> settings;  // poor and good addition, poor and good modular, others
  std::array<std::size_t, 4> chosen{};  // run of each of the first four that is drawn
  /// Spearman with validation accuracy over the networks of the two good settings: of RQI, of the
  /// neighbours in order of a ring; count 0: none.
  BootstrapInterval rqi_rank, ring_rank;
};

/// Settings are runs that differ in seeds only; `embeddings`: trained ones of the modular runs, as
/// `specs` (others may be empty). What is drawn, of the networks that have learnt their training
/// set, if there are any: addition, the lowest and the highest RQI, then validation accuracy;
/// modular, the lowest and the highest validation accuracy, then the neighbours in order of a ring;
/// then the smallest seed. Throws InputError unless there are 4 or 6 settings, of these tasks.
PlanarData collect_planar(std::span<const toy::RunSpec> specs, std::span<const toy::Record> records,
                          std::span<const Eigen::MatrixXd> embeddings);

struct PlanarPicture {
  std::array<PlanarPanel, 4> panels;
  std::optional<Parallelogram> marked;  // in both panels of addition
  Ring ring;                            // of the good modular panel; drawn in both
};
/// Of the networks that `chosen` names, without their planes.
PlanarPicture picture_of(std::array<PlanarPanel, 4> panels, Index cells, int threads);

Drawing draw_planar(const PlanarPicture& picture, const PlanarData& data,
                    const std::string& command);
/// One row per network, of all settings.
CsvTable network_table(const PlanarData& data);
std::string report_planar(const PlanarData& data, const PlanarPicture& picture);
std::vector<Claim> claims_of_planar(const PlanarData& data);

Figure fig2_embeddings(std::string_view toml);

}  // namespace grok
