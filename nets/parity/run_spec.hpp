// nets/parity/run_spec.hpp: a network asked for that learns a sparse parity.
//   f(x) = u.relu(W x + b), x in {-1, +1}^n, y = x_1 ... x_k; no output bias; mean hinge loss
//   max(0, 1 - y f); SGD whose decay is on every parameter: p -= rate (g + decay p).
// Sources: a thesis on (n,k)-parity and Merrill, Tsilivis & Shukla 2023 (docs/theory.md, section
// 13).
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "nets/field.hpp"

namespace grok::parity {

struct RunSpec {
  std::int64_t bits = 50;                // n
  std::int64_t parity = 2;               // k
  std::int64_t train = 300;              // N: distinct strings
  std::int64_t test = 1000;              // strings, drawn apart: some may be of the training set
  std::int64_t width = 500;              // m
  double rate = 0.1;                     // eta
  double decay = 0.01;                   // lambda
  std::optional<double> late_decay;      // instead of it, from `late_from` on
  std::optional<std::string> late_from;  // "memorisation", or "epoch":
  std::optional<std::int64_t> late_epoch;
  std::int64_t batch = 32;  // 0: the whole training set
  std::int64_t epochs = 500;
  double label_noise = 0;  // share of the training labels that are flipped, rounded to a count
  bool random_labels = false;
  double init_scale = 1;
  std::string start = "random";  // or "circuit": the cheapest exact network, the rest times this:
  double circuit_rest = 0.05;
  double memorisation_threshold = 0.999, generalisation_threshold = 0.999;  // accuracy >
  bool strict_sign = true;      // f = 0 is wrong; else the answer of f <= 0 is -1
  std::string stop = "budget";  // or "generalisation"
  std::int64_t grokking_gap = 10;
  std::vector<std::int64_t> snapshots;
  std::int64_t seed = 0;
  std::optional<std::int64_t> data_seed, test_seed, init_seed, batch_seed, noise_seed;
  std::string precision = "float32";
};

/// visit(key, member, allowed, help[, mark]) as nets/model_of.hpp wants it.
template <class Spec, class Visitor>
requires std::is_same_v<std::remove_const_t<Spec>, RunSpec>
void for_each_field(Spec& s, Visitor&& visit) {
  using I = std::int64_t;
  using R = Range<double>;
  const Range<I> seeds{0, 9'007'199'254'740'992};
  const Mark seed{Role::seed};
  visit("bits", s.bits, Range<I>{1, 10'000}, "n: bits of a string");
  visit("parity", s.parity, Range<I>{1, 10'000}, "k: the label is the product of the first k");
  visit("train", s.train, Range<I>{1, 1'000'000}, "N: distinct training strings");
  visit("test", s.test, Range<I>{1, 1'000'000}, "new strings, for generalisation");
  visit("width", s.width, Range<I>{1, 100'000}, "m: hidden neurons");
  visit("rate", s.rate, R{0, 100}, "learning rate [1/step]");
  visit("decay", s.decay, R{0, 100}, "weight decay, of every parameter");
  visit("late_decay", s.late_decay, R{0, 100}, "the decay from late_from on (default: no change)");
  visit("late_from", s.late_from, Choice{{"memorisation", "epoch"}}, "when late_decay begins");
  visit("late_epoch", s.late_epoch, Range<I>{0, 100'000'000}, "that epoch");
  visit("batch", s.batch, Range<I>{0, 1'000'000}, "samples per step; 0: the whole training set");
  visit("epochs", s.epochs, Range<I>{1, 100'000'000}, "budget of epochs", Mark{Role::budget});
  visit("label_noise", s.label_noise, R{0, 0.5}, "share of training labels that are flipped");
  visit("random_labels", s.random_labels, std::monostate{},
        "training labels are coins: nothing to find");
  visit("init_scale", s.init_scale, R{0, 1000}, "times PyTorch's initial weights");
  visit("start", s.start, Choice{{"random", "circuit"}},
        "circuit: the first neurons are the cheapest exact network");
  visit("circuit_rest", s.circuit_rest, R{0, 1000}, "then the other neurons times this");
  visit("memorisation_threshold", s.memorisation_threshold, R{0, 1}, "training accuracy >");
  visit("generalisation_threshold", s.generalisation_threshold, R{0, 1}, "test accuracy >");
  visit("strict_sign", s.strict_sign, std::monostate{}, "f = 0 is wrong; false: it answers -1");
  visit("stop", s.stop, Choice{{"budget", "generalisation"}}, "when a run ends");
  visit("grokking_gap", s.grokking_gap, Range<I>{0, 100'000'000}, "gap that is grokking [epochs]");
  visit("snapshots", s.snapshots, Range<I>{0, 100'000'000},
        "epochs, ascending, whose weights the artefact `weights` has");
  visit("seed", s.seed, seeds, "seed of all random streams", seed);
  visit("data_seed", s.data_seed, seeds, "seed of the training strings (default: seed)", seed);
  visit("test_seed", s.test_seed, seeds, "seed of the test strings (default: seed)", seed);
  visit("init_seed", s.init_seed, seeds, "seed of the initial network (default: seed)", seed);
  visit("batch_seed", s.batch_seed, seeds, "seed of the batches (default: seed)", seed);
  visit("noise_seed", s.noise_seed, seeds, "seed of flipped and random labels (default: seed)",
        seed);
  visit("precision", s.precision, Choice{{"float32", "float64"}}, "of the network");
}

/// Every value checked, seeds filled in. Throws InputError "place: key = value, allowed ...".
RunSpec checked(RunSpec spec, const PlaceOfKey& place);

}  // namespace grok::parity
