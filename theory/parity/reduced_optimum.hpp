// theory/parity/reduced_optimum.hpp: the global minimum of hinge loss and decay for a network of
// unbounded width on a finite training set: a linear program over masses a_j = |u_j| |v_j| of
// neurons of unit incoming vector v_j = (w, b),
//     min  sum_s p_s h_s + decay sum_j a_j,   y_s sum_j +-a_j relu(v_j.x_s) + h_s >= 1,  a, h >= 0,
//   to which neurons are added (column generation) as long as one pays: sum_s q_s y_s relu(v.x_s)
//   above the decay for the multipliers q of the samples.
//   That no further neuron pays is known as far as ascent finds one (`excess`): the objective is an
//   upper bound of the minimum.
//   On the 2^k patterns of the relevant bits, p_s = n_s/N, it says what a training set of those
//   counts can hold; on the samples themselves it is the whole problem.
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "theory/parity/critical_decay.hpp"

namespace grok::parity {

struct Samples {
  Eigen::MatrixXd inputs;   // N x (n + 1): strings, and a last column of 1 for the bias
  Eigen::VectorXd targets;  // y, +-1
  Eigen::VectorXd weights;  // p, sum 1
};
/// Every sample 1/N. Throws InputError if rows and targets differ in number.
Samples samples_of(const Eigen::MatrixXd& strings, const Eigen::VectorXd& targets);
/// The 2^k patterns with weights n_s/N, from `counts` (2^k, in the order of `patterns`).
/// Throws InputError for other than 2^k counts, a negative one, or none at all.
Samples pattern_samples(Index k, const std::vector<std::int64_t>& counts);

/// How many of the strings show each pattern of the first k bits. O(N k).
std::vector<std::int64_t> pattern_counts(const Eigen::MatrixXd& strings, Index k);

/// The unit vector of largest |sum_s q_s relu(v.x_s)| that ascent from `starts` random directions
/// of each sign finds: a lower bound of the maximum. Stream parity/best-neuron.
/// Cost: O(starts 300 N n).
struct Neuron {
  Eigen::VectorXd v;
  double value = 0;  // signed
};
struct NeuronSearch {
  int starts = 60;
  std::uint64_t seed = 0;
  std::vector<Eigen::VectorXd> from = {};  // and from these, both signs
};
/// All local maxima that were found, best first, copies among them; `best_neuron` is the first.
std::vector<Neuron> find_neurons(const Eigen::MatrixXd& inputs, const Eigen::VectorXd& q,
                                 const NeuronSearch& search);
Neuron best_neuron(const Eigen::MatrixXd& inputs, const Eigen::VectorXd& q,
                   const NeuronSearch& search);

/// The largest decay at which zero is unstable on this training set: |best_neuron| of q = p y.
double zero_stability(const Samples& samples, const NeuronSearch& search);

struct ReducedOptimum {
  Eigen::MatrixXd neurons;  // rows: unit v, those of mass above 0
  Eigen::VectorXd masses;   // signed by u
  Eigen::VectorXd outputs;  // f of each sample
  Eigen::VectorXd q;        // multipliers of the samples, in [0, p]
  double objective = 0;     // loss + penalty
  double loss = 0;          // mean hinge
  double path_norm = 0;     // V
  double excess = 0;        // by how much the best further neuron found pays: largest value - decay
  double accuracy = 0;      // weight of samples with y f > 0
};
struct OptimumSettings {
  NeuronSearch search = {};
  double tolerance = 1e-9;
  int rounds = 200;
};
/// Cost: of the reduced problem 0.1 s at k = 4; of the problem itself it grows fast (40 strings of
/// 6 bits: 1 s; 60 of 12 at a small decay: minutes). Throws InputError unless decay is from 1e-12
/// to 1e12; ConvergenceError if the program cannot be solved, or a neuron still pays more than the
/// decay by `tolerance` after `rounds`.
ReducedOptimum reduced_optimum(const Samples& samples, double decay,
                               const OptimumSettings& settings = {});

}  // namespace grok::parity
