// compare/toy/planar.hpp: networks whose embeddings lie in the plane, in settings with and without
// the structure: parallelograms for addition, a ring modulo p (theory/ring.hpp).
//   The paper's decoders see the mean (F_i + F_j)/2, so that the answer to (i, j) can be read at
//   the middle between the points of i and j. Ours see E_i + E_j. Under Adam both are the same
//   network up to its epsilon: with E = F/2, dloss/dF = (dloss/dE)/2, a step does not depend on the
//   size of a gradient, so F from N(0,1) at rate eta moves as twice E from N(0,1)/2 at rate eta/2.
//   Of the (p-1)! cyclic orders of p points (p prime), p-1 are rings: by chance, one in (p-2)!
// Source: Liu et al. 2022, Fig. 2; the settings: figures/representation/fig2_embeddings.toml.
#pragma once

#include <Eigen/Core>
#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "compare/statistics/statistics.hpp"
#include "core/csv.hpp"
#include "nets/toy/decoder_plane.hpp"
#include "nets/toy/record.hpp"
#include "theory/parallelograms.hpp"
#include "theory/ring.hpp"

namespace grok::toy {

struct PlanarRun {
  RunSpec spec;
  double rqi = 0, train = 0, validation = 0;  // RQI and accuracies at the last step
  std::optional<Ring> ring, ring_before;      // modular: trained, and as it started
};

/// All networks of one setting.
struct PlanarSetting {
  RunSpec spec;      // of the first seed
  std::string name;  // "panel (c), poor modular"
  bool published = true, modular = false;
  std::vector<PlanarRun> runs;
  std::int64_t diverged = 0;     // left out
  std::int64_t structured = 0;   // RQI above its threshold; modular: a ring
  std::int64_t generalised = 0;  // validation accuracy at its threshold
  std::int64_t both = 0;
  std::int64_t memorised = 0;  // training accuracy at its threshold alone
  Estimate share(std::int64_t PlanarSetting::*count) const;  // Wilson; NaN without runs
  Estimate rqi, train, validation;                           // means over seeds; NaN without runs
  Estimate in_order, in_order_before, radius_spread;         // of their rings; NaN for addition
};

/// What is drawn of a network.
struct PlanarPanel {
  InitialState network;
  Plane plane;
  std::vector<PlanePair> pairs;
};

struct PlanarData {
  std::vector<PlanarSetting> settings;  // poor and good addition, poor and good modular, others
  std::array<std::size_t, 4> chosen{};  // run of each of the first four that is drawn
  /// Spearman with validation accuracy over the networks of the two good settings (between settings
  /// much else differs): of RQI, of the neighbours in order of a ring; count 0: none.
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
PlanarData collect_planar(std::span<const RunSpec> specs, std::span<const Record> records,
                          std::span<const Eigen::MatrixXd> embeddings);
/// The networks of the runs that are shown, their planes, and what is marked in them.
void add_networks(PlanarData& data, const std::function<InitialState(const RunSpec&)>& network_of,
                  Index cells, int threads);

/// The answers in the order of their colours: 0, 1, ... or, modulo p, 0, g, 2g, ...: round the
/// ring, where g is a generator.
std::vector<Index> answers_in_order(const Task& task, const Ring& ring);
/// The answers of a plane as places in that order, row by row of the picture, from below.
std::vector<std::vector<double>> places_of(const Plane& plane, const std::vector<Index>& order);
/// The plane as CSV, a row of pixels per line, from below: y, then the answers at the x of the
/// head.
CsvTable plane_table(const Plane& plane);
/// Pairs of symbols that are joined in a panel: the ring 0, g, 2g, ..., or the diagonals of the
/// marked parallelogram, which have one middle if it holds.
std::vector<Sample> joined_pairs(const PlanarData& data, std::size_t panel);

}  // namespace grok::toy
