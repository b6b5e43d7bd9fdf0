// tests/nets/toy/ensemble/ensemble_checks.hpp: what the tests of the torch engine share.
#pragma once

#include <string>
#include <vector>

#include "nets/toy/ensemble/ensemble.hpp"
#include "nets/toy/ensemble/ensemble_device.hpp"
#include "tests/support/catch.hpp"

namespace grok::toy {

/// "cpu", and "cuda" where it answers; says so where it does not.
inline std::vector<std::string> devices() {
  const CudaReport cuda = cuda_report();
  if (cuda.devices > 0) {
    return {"cpu", "cuda"};
  }
  WARN("skipped on cuda: no CUDA device" << (cuda.built ? "" : ", built without CUDA"));
  return {"cpu"};
}

/// Members of different seeds, rates, decays, penalties (if there is one) and splits, all at step
/// 0.
inline std::vector<RunSpec> varied(RunSpec spec, int count) {
  std::vector<RunSpec> specs;
  const double l1 = spec.representation_l1;
  for (int b = 0; b < count; ++b) {
    spec.representation_l1 = l1 * (b + 1);
    spec.seed = 58 + b;
    spec.representation_rate = 1e-3 * (1 + b);
    spec.decoder_rate = 5e-4 * (1 + 2 * b);
    spec.decoder_decay = 0.7 * b;
    spec.representation_decay = 0.1 * b;
    specs.push_back(resolve(spec, "test"));
  }
  return specs;
}

inline RunSpec shape(const std::string& loss, const std::string& activation,
                     std::vector<Index> widths, Index dimension) {
  RunSpec spec;
  spec.precision = "float64";
  spec.loss = loss;
  spec.decoder_activation = activation;
  spec.decoder_widths = std::move(widths);
  spec.representation_dimension = dimension;
  spec.stop = "budget";
  return spec;
}

/// S_n as matrices of `dimension` numbers; three quarters of the samples are learnt.
inline RunSpec products(const std::string& loss, const std::string& activation,
                        std::vector<Index> widths, Index symbols, Index dimension) {
  RunSpec spec = shape(loss, activation, std::move(widths), dimension);
  spec.task = "permutations";
  spec.symbols = symbols;
  spec.train = symbols * symbols * 3 / 4;
  spec.representation_l1 = 0.2;
  return spec;
}

/// The same rule with both embeddings one after the other, of two tables or of one.
inline RunSpec concatenated(const std::string& loss, std::vector<Index> widths, Index dimension,
                            bool shared) {
  RunSpec spec = products(loss, loss == "hinge" ? "relu" : "tanh", std::move(widths), 6, dimension);
  spec.representation_combination = shared ? "concatenate-shared" : "concatenate";
  return spec;
}

inline RunSpec quick_spec(std::int64_t seed) {
  RunSpec spec;
  spec.seed = seed;
  spec.decoder_widths = {32, 32};
  spec.decoder_rate = 1e-3;
  spec.steps = 1500;
  return spec;
}

/// Of 5 symbols that do not commute; tables of one size, of different structure.
inline RunSpec table_spec(std::int64_t seed, std::int32_t factor) {
  RunSpec spec = quick_spec(seed);
  spec.precision = "float64";
  spec.task = "table";
  spec.symbols = 5;
  spec.train = 19;
  spec.table_commutes = false;
  for (std::int32_t k = 0; k < 25; ++k) {
    spec.table_outputs.push_back((k / 5 + factor * (k % 5)) % 5);
  }
  spec.steps = 300;
  return spec;
}

/// S3 as 3 x 3 matrices, as figures/phases/fig6d_permutations.toml.
inline RunSpec permutations_spec(std::int64_t seed) {
  RunSpec spec = quick_spec(seed);
  spec.precision = "float64";
  spec.task = "permutations";
  spec.symbols = 6;
  spec.train = 24;
  spec.representation_dimension = 9;
  spec.representation_init_scale = 0.1;
  spec.representation_l1 = seed % 2 == 0 ? 1e-3 : 0.1;
  spec.steps = 400;
  spec.stop = "phase";
  return spec;
}

/// Products of cyclic groups, six elements in two numberings.
inline RunSpec abelian_spec(std::int64_t seed) {
  RunSpec spec = quick_spec(seed);
  spec.precision = "float64";
  spec.task = "abelian";
  spec.orders = {2, 3};
  if (seed % 2 == 0) {
    spec.orders = {3, 2};
  }
  spec.train = 15;
  spec.targets = "one-hot";
  spec.representation_distribution = "normal";
  spec.representation_dimension = 2;
  spec.steps = 300;
  return spec;
}

/// Different sizes of D, activations, losses, budgets, stop rules, tasks: several shapes, ends at
/// different times.
inline std::vector<RunSpec> mixed_specs() {
  std::vector<RunSpec> specs;
  for (std::int64_t seed = 0; seed < 14; ++seed) {
    RunSpec spec = quick_spec(seed);
    spec.precision = "float64";
    spec.train = seed % 2 == 0 ? 45 : 30;
    spec.batch = seed % 4 == 2 ? 12 : 0;
    spec.loss = seed % 5 == 4 ? "cross-entropy" : "mse";
    spec.decoder_activation = seed % 7 < 4 ? "tanh" : "relu";
    spec.representation_rate = seed % 3 == 1 ? 1e-3 : 5e-3;
    spec.stop = seed % 3 == 1 ? "budget" : seed % 3 == 2 ? "rqi" : "decided";
    spec.steps = 200 + 31 * seed;
    specs.push_back(spec);
  }
  specs[0].steps = specs[8].steps = 4000;  // decided before
  for (const std::size_t k : {3, 5}) {     // beside AdamW in one ensemble
    specs[k].optimiser = "sgd";
    specs[k].representation_rate = 0.2;
    specs[k].decoder_rate = 0.05;
  }
  for (const std::int64_t seed : {20, 21, 22}) {
    specs.push_back(table_spec(seed, 2));
    specs.push_back(table_spec(seed, 4));
    specs.push_back(permutations_spec(seed));
    specs.push_back(abelian_spec(seed));
  }
  for (const std::int64_t seed : {23, 24}) {
    specs.push_back(table_spec(seed, 2));
    specs.back().representation_combination = seed == 23 ? "concatenate" : "concatenate-shared";
    for (std::int32_t k = 0; k < 25; ++k) {  // a o b = a: decided before, by the accuracies alone
      specs.back().table_outputs[static_cast<std::size_t>(k)] = k / 5;
    }
    specs.back().representation_rate = specs.back().decoder_rate = 1e-2;
    specs.back().steps = 1000;
  }
  specs.push_back(permutations_spec(28));
  specs.back().train = 32;
  specs.back().representation_rate = 1e-2;
  specs.back().steps = 1000;  // decided before
  return specs;
}

inline std::unique_ptr<Ensemble> loaded(std::unique_ptr<Ensemble> ensemble,
                                        const std::vector<RunSpec>& specs) {
  for (std::size_t b = 0; b < specs.size(); ++b) {
    ensemble->load(static_cast<Index>(b), specs[b], draw_initial_state(specs[b]));
  }
  return ensemble;
}

inline std::unique_ptr<Ensemble> loaded(const std::vector<RunSpec>& specs,
                                        const std::string& device) {
  return loaded(make_ensemble(specs.front(), std::ssize(specs), device), specs);
}

}  // namespace grok::toy
