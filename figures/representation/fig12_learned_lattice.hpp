// figures/representation/fig12_learned_lattice.hpp: which sets of equations trained networks
// satisfy.
//   D holds every equation of P0, so theory allows the whole lattice of
//   figures/representation/fig11_lattice.hpp; two pairs of learning rates, a fast decoder and a
//   slow one, with the same seeds. An equation holds as in RQI: squared defect of the standardised
//   embeddings < rqi_tolerance. Within that tolerance two equations may hold and the third, which
//   they force, not.
// Source: Liu et al. 2022, App. E and Fig. 12.
#pragma once

#include <Eigen/Core>
#include <span>

#include "compare/statistics/summary.hpp"
#include "figures/representation/fig11_lattice.hpp"
#include "nets/toy/record.hpp"
#include "nets/toy/run_spec.hpp"

namespace grok {

struct LearnedRun {
  std::int64_t seed = 0;
  std::size_t pair = 0;        // of LearnedData::pairs
  EquationSet equations = 0;   // that hold
  double held = 0;             // their number
  double accuracy = 0;         // over D0
  double train_accuracy = 0;   // over D
  Eigen::VectorXd embeddings;  // p, standardised, mirrored so that E_0 < E_{p-1}
};

/// Networks of one pair of learning rates.
struct RatePair {
  std::string name;                                  // "fast decoder"
  double representation_rate = 0, decoder_rate = 0;  // [1/step]
  std::int64_t networks = 0;
  std::vector<std::int64_t> counts;  // by node
  std::vector<Estimate> shares;      // by node, Wilson: one network per seed
  BootstrapInterval held;            // mean number of equations held
};

struct LearnedData {
  Lattice lattice;
  std::vector<Sample> train;    // D
  std::vector<RatePair> pairs;  // the faster decoder first
  std::vector<LearnedRun> runs;
  BootstrapInterval difference;         // of the numbers held: last pair - first, by seed
  std::vector<Estimate> chance;         // by node: share of untrained embeddings, Wilson
  std::vector<std::int64_t> untrained;  // by node: how many of chance_draws
  std::int64_t chance_draws = 0;
  std::int64_t steps = 0;
  double tolerance = 0;
  std::int64_t diverged = 0;  // left out
};

/// D of the figure: every sample that occurs in an equation.
std::vector<Sample> samples_of(const Lattice& lattice);

/// embeddings[k]: p x 1, of specs[k] at the end. Throws InputError unless the specs have one task
/// that build_lattice takes, d = 1, and two pairs of learning rates with the same seeds.
LearnedData collect_learned(std::span<const toy::RunSpec> specs,
                            std::span<const toy::Record> records,
                            std::span<const Eigen::MatrixXd> embeddings);

/// `draws` untrained embeddings, as specs draw them, from streams (k, "embeddings"), k = 0...
void count_untrained(LearnedData& data, const toy::RunSpec& spec, std::int64_t draws);

std::vector<Claim> claims_of_learned(const LearnedData& data);
Drawing draw_learned(const LearnedData& data, const std::string& command);
std::string report_learned(const LearnedData& data);

Figure fig12_learned_lattice(std::string_view toml);

}  // namespace grok
