// compare/toy/learned_lattice.hpp: which sets of equations (theory/lattice.hpp) trained networks
// satisfy, with a fast decoder and a slow one.
//   D holds every equation of P0, so theory allows the whole lattice; two pairs of learning rates
//   with the same seeds. An equation holds as in RQI: squared defect of the standardised embeddings
//   < rqi_tolerance. Within that tolerance two equations may hold and the third, which they force,
//   not.
// Source: Liu et al. 2022, App. E and Fig. 12.
#pragma once

#include <Eigen/Core>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "compare/statistics/statistics.hpp"
#include "nets/toy/record.hpp"
#include "nets/toy/run_spec.hpp"
#include "theory/lattice.hpp"

namespace grok::toy {

struct LearnedRun {
  std::int64_t seed = 0;
  std::size_t pair = 0;        // of LearnedLattice::pairs
  EquationSet equations = 0;   // that hold
  double held = 0;             // their number
  double accuracy = 0;         // over D0
  double train_accuracy = 0;   // over D
  Eigen::VectorXd embeddings;  // p, standardised, mirrored so that E_0 < E_{p-1}
};

/// Networks, or embeddings without training, counted by the equations that hold.
struct HeldCounts {
  std::string name;  // "fast decoder"
  std::int64_t networks = 0;
  std::vector<std::int64_t> counts;  // by node
  std::vector<Estimate> shares;      // by node, Wilson: one network per seed
};

/// Networks of one pair of learning rates.
struct RatePair {
  HeldCounts nodes;
  double representation_rate = 0, decoder_rate = 0;  // [1/step]
  BootstrapInterval held;                            // mean number of equations held
};

struct LearnedLattice {
  Lattice lattice;
  std::vector<Sample> train;    // D
  std::vector<RatePair> pairs;  // two, the faster decoder first
  std::vector<LearnedRun> runs;
  BootstrapInterval difference;  // of the numbers held: second pair - first, by seed
  HeldCounts untrained;
  std::int64_t steps = 0;
  double tolerance = 0;
  std::int64_t diverged = 0;  // left out
};

/// The runs on the smallest D that holds every equation of their task, resolved; `place`: their
/// file. Throws InputError if one asks for another |D|.
std::vector<RunSpec> with_every_equation(std::vector<RunSpec> specs, const std::string& place);

/// embeddings[k]: p x 1, of specs[k] at the end. Throws InputError unless the specs have one task
/// that build_lattice takes, d = 1, and two pairs of learning rates with the same seeds.
LearnedLattice collect_learned(std::span<const RunSpec> specs, std::span<const Record> records,
                               std::span<const Eigen::MatrixXd> embeddings);

/// `draws` untrained embeddings, as specs draw them, from streams (k, "embeddings"), k = 0...
void count_untrained(LearnedLattice& data, const RunSpec& spec, std::int64_t draws);

/// Which closed sets of the lattice some network is in, with either pair of rates. A set that is
/// not closed is no representation of its own: exactly, its closure holds.
struct SeenSets {
  std::int64_t closed = 0, seen = 0;  // sets; of them, some network's
  std::vector<EquationSet> never;     // the others
  std::int64_t elsewhere = 0;         // networks in sets that are not closed
};
SeenSets seen_sets(const LearnedLattice& data);

/// Numbers of equations held with the first and with the second pair of rates, by seed; seeds where
/// neither diverged.
std::map<std::int64_t, std::pair<double, double>> held_by_seed(const LearnedLattice& data);

}  // namespace grok::toy
