// tests/compare/toy/planar_networks.hpp: networks in the plane, made up and trained.
#pragma once

#include <vector>

#include "compare/study/study.hpp"
#include "compare/toy/planar.hpp"
#include "nets/toy/model.hpp"
#include "nets/toy/train.hpp"
#include "tests/support/polygon.hpp"

inline constexpr const char* small_planar_study = R"(
[figure]
cells = 12
[run]
symbols = 5
representation_dimension = 2
representation_distribution = "normal"
decoder_activation = "relu"
stop = "budget"
[profiles.quick.zip]
task = ["addition", "addition", "modular-addition", "modular-addition"]
train = [9, 12, 12, 13]
decoder_widths = [[16], [12], [10], [14]]
loss = ["mse", "mse", "cross-entropy", "cross-entropy"]
targets = ["one-hot", "one-hot", "random", "random"]
steps = [30, 60, 20, 80]
[profiles.quick.axes]
seed = [4, 5, 6]
)";

struct PlanarExample {
  std::vector<grok::toy::RunSpec> specs =
      grok::toy::specs_of(grok::parse_study(small_planar_study, "test", "quick").runs);
  std::vector<grok::toy::Record> records = std::vector<grok::toy::Record>(12);
  std::vector<Eigen::MatrixXd> embeddings = std::vector<Eigen::MatrixXd>(12);
  PlanarExample() {
    for (std::size_t k = 0; k < 12; ++k) {
      set(k, 0.1, 1, 0.5);
      if (k >= 6) {
        embeddings[k] = grok::polygon({0, 1, 2, 4, 3});
      }
    }
  }
  void set(std::size_t k, double rqi, double train, double validation) {
    records[k].rqi = rqi;
    records[k].train_accuracy = train;
    records[k].validation_accuracy = validation;
  }
  grok::toy::PlanarData data() const {
    return grok::toy::collect_planar(specs, records, embeddings);
  }
};

/// With the networks that are shown, and planes of so many pixels.
inline grok::toy::PlanarData with_networks(grok::toy::PlanarData data, grok::Index cells) {
  const auto trained = [](const grok::toy::RunSpec& spec) { return train_traced(spec, 0).trained; };
  add_networks(data, trained, cells, 2);
  return data;
}

/// Six settings: those of the example, and its second and fourth again with other steps.
inline PlanarExample with_published() {
  PlanarExample example;
  for (const std::size_t setting : {1, 3}) {
    for (std::size_t n = 0; n < 3; ++n) {
      const std::size_t k = 3 * setting + n;
      grok::toy::RunSpec spec = example.specs[k];
      spec.steps = 77;
      example.specs.push_back(spec);
      example.records.push_back(example.records[k]);
      example.embeddings.push_back(example.embeddings[k]);
    }
  }
  return example;
}
