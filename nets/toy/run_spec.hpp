// nets/toy/run_spec.hpp: one network of the toy model on one training set, every setting; a plain
// value.
//   A field is named once, in for_each_field: TOML keys, flags, JSON, columns of the store and the
//   identity of a run all come from there. Defaults are the paper's (docs/theory.md, "The
//   networks").
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nets/field.hpp"
#include "nets/kernels/training_constants.hpp"
#include "theory/task.hpp"

namespace grok::toy {

/// p of a network; the theory alone goes further.
inline constexpr std::int64_t max_run_symbols = 300;

struct RunSpec {
  std::string task = "addition";
  std::string table;                     // CSV of a,b,c for task = "table"
  std::vector<std::int64_t> orders;      // of the cyclic groups of task = "abelian"
  std::int64_t symbols = 10;             // p
  std::int64_t train = 45;               // |D|
  std::optional<double> train_fraction;  // of D0, instead of `train`; see samples_of_fraction
  std::string pairs;                     // CSV of i,j: the training set itself, instead of both
  std::int64_t seed = 58;
  std::optional<std::int64_t> split_seed, label_seed, init_seed, batch_seed;  // default: seed
  std::int64_t representation_dimension = 1;        // d; k^2 where embeddings are k x k matrices
  std::string representation_combination = "task";  // sums or products; or a way to concatenate
  std::string representation_distribution = "uniform";  // U(-1/2, 1/2); "normal": N(0, 1)
  double representation_init_scale = 1.0;               // times this
  double representation_rate = 1e-3;                    // eta [1/step]
  double representation_decay = 0.0;                    // decoupled: p *= 1 - rate decay
  double representation_l1 = 0.0;  // times mean |E| over all p d numbers: added to the loss
  std::vector<std::int64_t> decoder_widths = {200, 200};
  std::string decoder_activation = "tanh";
  double decoder_init_scale = 1.0;  // PyTorch's default initialisation times this
  double decoder_rate = 1e-4;       // [1/step]
  double decoder_decay = 0.0;
  std::string loss = "mse";
  std::string targets = "random";                // of mse: C vectors N(0,1); "one-hot"
  std::optional<std::int64_t> output_dimension;  // random targets: their length, 30; otherwise: C
  double label_scale = 1.0;                      // times the targets of mse
  std::string optimiser = "adamw";               // "sgd": p -= rate (g + decay p)
  std::int64_t batch = 0;                        // samples per step; 0: all of D
  std::int64_t steps = 100'000;                  // the budget
  std::string stop = "decided";     // train, validation and RQI known; "phase": without RQI; "rqi";
                                    // "budget"
  double accuracy_threshold = 0.9;  // reached at >= (as the code)
  double rqi_threshold = 0.95;      // reached at > (strictly)
  std::optional<double> rqi_tolerance;  // mean squared defect of what holds: < this; default 0.01,
                                        // of matrices 0.5
  std::int64_t grokking_gap = 1000;     // validation - train >= this is grokking [steps]
  std::string precision = "float32";

  // What the files named above hold; part of a run's identity in their stead. Set by `resolve`.
  std::vector<Sample> pair_list;
  std::vector<std::int32_t> table_outputs;
  bool table_commutes = true;

  friend bool operator==(const RunSpec&, const RunSpec&) = default;
};

/// Numbers of one network, embeddings included. Training keeps four of each: 1.6 GB of float32.
inline constexpr std::int64_t max_parameters = 100'000'000;

/// visit(key, member, allowed, help[, mark]) for each field; allowed is Choice, FilePath or Range.
template <class Spec, class Visitor>
void for_each_field(Spec& s, Visitor&& visit) {
  using I = std::int64_t;
  const Mark seed{Role::seed}, required{Role::required}, rate{.also = "learning_rate lr eta"},
      wd{.also = "weight_decay wd"};
  const Range<I> seeds{0, 9'007'199'254'740'992};  // 2^53: exact in every JSON reader
  // Gradients may be small, and plain descent goes by their size
  const Range<double> rates{0.0, s.optimiser == "sgd" ? 1e4 : 10.0}, decays{0.0, 1e6},
      scales{0.0, 1e6};
  visit("task", s.task,
        Choice{{"addition", "modular-addition", "abelian", "permutations", "table"}},
        "rule a o b = c");
  visit("table", s.table, FilePath{}, "CSV of a,b,c (task table)");
  visit("orders", s.orders, Range<I>{2, max_run_symbols},
        "orders of the cyclic groups (task abelian)", later);
  visit("symbols", s.symbols, Range<I>{2, max_run_symbols},
        "p: number of symbols (permutations: n!)",
        Mark{.role = Role::required, .also = "p vocabulary vocab_size"});
  visit("train", s.train, Range<I>{1, 1'000'000}, "|D|: size of the training set", required);
  visit("train_fraction", s.train_fraction, Range<double>{0.0, 1.0},
        "|D|/|D0|, instead of train: the nearest number of samples, halves up", later);
  visit("pairs", s.pairs, FilePath{}, "CSV of i,j: the training set itself");
  visit("seed", s.seed, seeds, "seed of all random streams", seed);
  visit("split_seed", s.split_seed, seeds, "seed of the training set (default: seed)", seed);
  visit("label_seed", s.label_seed, seeds, "seed of the targets (default: seed)", seed);
  visit("init_seed", s.init_seed, seeds, "seed of the initial network (default: seed)", seed);
  visit("batch_seed", s.batch_seed, seeds, "seed of the batches (default: seed)", seed);
  visit("representation_dimension", s.representation_dimension, Range<I>{1, 1000},
        "d: numbers per symbol (permutations: k^2, of a k x k matrix)",
        Mark{.also = "d embedding_dimension embedding_dim d_model"});
  visit("representation_combination", s.representation_combination,
        Choice{{"task", "concatenate", "concatenate-shared"}},
        "what the decoder sees: as the task has it, or [E_a, F_b], or [E_a, E_b]", later);
  visit("representation_distribution", s.representation_distribution, Choice{{"uniform", "normal"}},
        "embeddings start as U(-1/2,1/2) or N(0,1) ...", later);
  visit("representation_init_scale", s.representation_init_scale, scales, "... times this");
  visit("representation_rate", s.representation_rate, rates, "eta: learning rate of the embeddings",
        Mark{.also = "learning_rate lr eta embedding_rate"});
  visit("representation_decay", s.representation_decay, decays, "weight decay of the embeddings",
        wd);
  visit("representation_l1", s.representation_l1, decays,
        "times the mean |E|, added to the loss that is minimised", later);
  visit("decoder_widths", s.decoder_widths, Range<I>{1, 10'000}, "widths of the hidden layers",
        Mark{.also = "width hidden hidden_size hidden_sizes layers"});
  visit("decoder_activation", s.decoder_activation, Choice{{"tanh", "relu"}}, "of hidden layers");
  visit("decoder_init_scale", s.decoder_init_scale, scales, "times PyTorch's initial decoder");
  visit("decoder_rate", s.decoder_rate, rates, "learning rate of the decoder", rate);
  visit("decoder_decay", s.decoder_decay, decays, "weight decay of the decoder", wd);
  visit("loss", s.loss, Choice{{"mse", "cross-entropy", "hinge"}}, "regression or classification");
  visit("targets", s.targets, Choice{{"random", "one-hot"}}, "of mse", later);
  visit("output_dimension", s.output_dimension, Range<I>{1, 10'000},
        "random targets: their length (default 30); otherwise: number of outputs");
  visit("label_scale", s.label_scale, scales, "times the targets of mse");
  visit("optimiser", s.optimiser, Choice{{"adamw", "sgd"}},
        "of embeddings and decoder; sgd: p -= rate (g + decay p)", later);
  visit("batch", s.batch, Range<I>{0, 1'000'000}, "samples per step; 0: the whole training set");
  visit("steps", s.steps, Range<I>{1, 1'000'000'000}, "budget of optimiser steps",
        Mark{.role = Role::budget, .also = "epochs iterations max_steps budget"});
  visit("stop", s.stop, Choice{{"decided", "phase", "rqi", "budget"}},
        "when to end before the budget", Mark{.also = "early_stopping"});
  visit("accuracy_threshold", s.accuracy_threshold, Range<double>{0.0, 1.0}, "reached at >=");
  visit("rqi_threshold", s.rqi_threshold, Range<double>{0.0, 1.0}, "reached at >");
  visit("rqi_tolerance", s.rqi_tolerance, Range<double>{0.0, 1e6},
        "squared defect that holds: < (default 0.01; permutations 0.5)");
  visit("grokking_gap", s.grokking_gap, Range<I>{0, 1'000'000'000}, "gap that is grokking [steps]");
  visit("precision", s.precision, Choice{{"float32", "float64"}}, "of the network");
}

/// The number of samples nearest to that fraction of `all`, of two equally near ones the larger; a
/// decimal fraction counts as what it says (0.7 of 45 is 31.5, so 32).
std::int64_t samples_of_fraction(double fraction, std::int64_t all);

/// The effective spec: files read, seeds and output_dimension filled in, `train` and `symbols` set
/// from what was read or from `train_fraction` (which stays as it was asked for), every value
/// checked, the size of the network too. Throws InputError "where: key = value, allowed ...".
/// Resolving twice changes nothing.
RunSpec resolve(RunSpec spec, const std::string& where);
/// The same, where the place that opens a message depends on the key at fault: a line of a file.
RunSpec resolve(RunSpec spec, const PlaceOfKey& place);

Optimiser optimiser_of(const RunSpec& resolved);

/// Task, with the way embeddings are combined, and training set of a resolved spec.
Task task_of(const RunSpec& resolved);
std::vector<Sample> training_set_of(const RunSpec& resolved);

/// One line per field, "key = value", pairs and tables by content, `seed` by the four seeds it
/// sets, `train_fraction` by the `train` that it sets: two specs that ask for the same run, however
/// they were written, have the same text. Without some of the keys: the text of a cell; `batch` is
/// then as written where |D| may vary in the cell, and else 0 for all of D.
std::string canonical_text(const RunSpec& resolved, std::span<const std::string> without = {});

/// Name of a run: that of its canonical_text.
std::string identity(const RunSpec& resolved);

}  // namespace grok::toy
