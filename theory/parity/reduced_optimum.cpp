#include "theory/parity/reduced_optimum.hpp"

#include <fmt/format.h>

#include <cmath>

#include "core/errors.hpp"
#include "theory/parity/linear_program.hpp"

namespace grok::parity {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double same_direction = 1 - 1e-12;

/// The program so far: hinges first, then a column for every neuron.
class Columns {
 public:
  Columns(const Samples& samples, double decay)
      : samples_(samples), decay_(decay), program_(VectorXd::Ones(samples.targets.size())) {
    for (Index s = 0; s < samples.targets.size(); ++s) {
      program_.add_column(samples.weights[s], VectorXd::Unit(samples.targets.size(), s));
    }
  }

  /// False if it is there already.
  bool add(const Neuron& neuron) {
    const double sign = neuron.value < 0 ? -1 : 1;
    for (std::size_t j = 0; j < neurons.size(); ++j) {
      if (signs[j] == sign && neurons[j].dot(neuron.v) > same_direction) {
        return false;
      }
    }
    neurons.push_back(neuron.v);
    signs.push_back(sign);
    outputs.push_back(sign * (samples_.inputs * neuron.v).cwiseMax(0));
    program_.add_column(decay_, samples_.targets.cwiseProduct(outputs.back()));
    return true;
  }
  LinearProgram::Solution solve() { return program_.solve(); }

  std::vector<VectorXd> neurons, outputs;
  std::vector<double> signs;

 private:
  const Samples& samples_;
  double decay_;
  LinearProgram program_;
};

ReducedOptimum optimum_of(const Samples& samples, const Columns& columns,
                          const LinearProgram::Solution& solution) {
  const Index hinges = samples.targets.size();
  ReducedOptimum optimum;
  optimum.q = solution.dual;
  optimum.objective = solution.objective;
  optimum.loss = samples.weights.dot(solution.x.head(hinges));
  optimum.outputs = VectorXd::Zero(hinges);
  std::vector<Index> used;
  for (std::size_t j = 0; j < columns.neurons.size(); ++j) {
    const double mass = solution.x[hinges + static_cast<Index>(j)];
    if (mass > 0) {
      used.push_back(static_cast<Index>(j));
      optimum.outputs += mass * columns.outputs[j];
      optimum.path_norm += mass;
    }
  }
  optimum.neurons.resize(static_cast<Index>(used.size()), samples.inputs.cols());
  optimum.masses.resize(static_cast<Index>(used.size()));
  for (std::size_t k = 0; k < used.size(); ++k) {
    const auto j = static_cast<std::size_t>(used[k]);
    optimum.neurons.row(static_cast<Index>(k)) = columns.neurons[j].transpose();
    optimum.masses[static_cast<Index>(k)] = columns.signs[j] * solution.x[hinges + used[k]];
  }
  const double right = 1e-9;  // f = 0 is no answer
  optimum.accuracy = samples.weights.dot(
      ((samples.targets.cwiseProduct(optimum.outputs)).array() > right).cast<double>().matrix());
  return optimum;
}

}  // namespace

Samples samples_of(const MatrixXd& strings, const VectorXd& targets) {
  const Index count = strings.rows();
  if (count == 0 || targets.size() != count) {
    reject("samples_of", "targets", std::to_string(targets.size()), "one a string, one or more");
  }
  Samples samples{MatrixXd::Ones(count, strings.cols() + 1), targets,
                  VectorXd::Constant(count, 1 / static_cast<double>(count))};
  samples.inputs.leftCols(strings.cols()) = strings;
  return samples;
}

Samples pattern_samples(Index k, const std::vector<std::int64_t>& counts) {
  const MatrixXd all = patterns(k);
  std::int64_t total = 0;
  for (const std::int64_t count : counts) {
    require_in_range("pattern_samples", "count", count, std::int64_t{0}, std::int64_t{1} << 50);
    total += count;
  }
  if (static_cast<Index>(counts.size()) != all.rows() || total == 0) {
    reject("pattern_samples", "counts", fmt::format("{} of {} in all", counts.size(), total),
           fmt::format("{}, one for each pattern, not all of them 0", all.rows()));
  }
  Samples samples = samples_of(all, parities(all, k));
  for (std::size_t s = 0; s < counts.size(); ++s) {
    samples.weights[static_cast<Index>(s)] =
        static_cast<double>(counts[s]) / static_cast<double>(total);
  }
  return samples;
}

std::vector<std::int64_t> pattern_counts(const MatrixXd& strings, Index k) {
  require_in_range("pattern_counts", "parity", k, Index{1},
                   std::min(strings.cols(), most_listed_bits));
  std::vector<std::int64_t> counts(std::size_t{1} << k, 0);
  for (Index row = 0; row < strings.rows(); ++row) {
    std::size_t pattern = 0;
    for (Index i = 0; i < k; ++i) {
      pattern |= static_cast<std::size_t>(strings(row, i) < 0 ? 1 : 0) << i;
    }
    ++counts[pattern];
  }
  return counts;
}

double zero_stability(const Samples& samples, const NeuronSearch& search) {
  const VectorXd q = samples.weights.cwiseProduct(samples.targets);
  return std::abs(best_neuron(samples.inputs, q, search).value);
}

ReducedOptimum reduced_optimum(const Samples& samples, double decay,
                               const OptimumSettings& settings) {
  require_in_range("reduced_optimum", "decay", decay, 1e-12, 1e12);
  Columns columns(samples, decay);
  NeuronSearch search = settings.search;
  for (int round = 0; round < settings.rounds; ++round) {
    const LinearProgram::Solution solution = columns.solve();
    const VectorXd q = solution.dual.cwiseProduct(samples.targets);
    bool added = false;
    const auto found = find_neurons(samples.inputs, q, search);
    const double excess = std::abs(found.front().value) - decay;
    for (const Neuron& neuron : found) {
      if (std::abs(neuron.value) > decay + settings.tolerance) {
        added = columns.add(neuron) || added;
      }
    }
    if (!added) {
      if (excess > settings.tolerance) {
        throw ConvergenceError(fmt::format("reduced_optimum: a neuron still pays {}, wanted {}",
                                           excess, settings.tolerance));
      }
      ReducedOptimum optimum = optimum_of(samples, columns, solution);
      optimum.excess = excess;
      return optimum;
    }
    search.from.clear();  // from those that live
    for (std::size_t j = 0; j < columns.neurons.size(); ++j) {
      if (solution.x[samples.targets.size() + static_cast<Index>(j)] > 0) {
        search.from.push_back(columns.neurons[j]);
      }
    }
    ++search.seed;
  }
  throw ConvergenceError(fmt::format("reduced_optimum: {} rounds were not enough, {} neurons",
                                     settings.rounds, columns.neurons.size()));
}

}  // namespace grok::parity
