// tests/compare/toy/learned_runs.hpp: networks on the lattice of p = 4, made up.
#pragma once

#include <vector>

#include "compare/toy/learned_lattice.hpp"

namespace grok::made_up {

inline const std::vector<Sample> paper_train = {{0, 2}, {0, 3}, {1, 1}, {1, 2}, {1, 3}, {2, 2}};

inline Eigen::MatrixXd column_of(double a, double b, double c, double d) {
  return Eigen::Vector4d(a, b, c, d);
}

struct LearnedRuns {
  std::vector<toy::RunSpec> specs;
  std::vector<toy::Record> records;
  std::vector<Eigen::MatrixXd> embeddings;
  void add(bool fast, std::int64_t seed, const Eigen::MatrixXd& E) {
    toy::RunSpec spec;
    spec.symbols = 4;
    spec.train = 6;
    spec.pair_list = paper_train;
    spec.seed = seed;
    spec.representation_rate = fast ? 1e-3 : 1e-2;
    spec.decoder_rate = fast ? 1e-2 : 1e-3;
    specs.push_back(resolve(spec, "test"));
    toy::Record record;
    record.accuracy = 0.6;
    record.train_accuracy = 1;
    records.push_back(record);
    embeddings.push_back(E);
  }
  toy::LearnedLattice data() const { return toy::collect_learned(specs, records, embeddings); }
};

inline const Eigen::MatrixXd line = column_of(0, 1, 2, 3);
inline const Eigen::MatrixXd first = column_of(0, 1, 2, 7);   // A1
inline const Eigen::MatrixXd second = column_of(9, 7, 3, 1);  // A2
inline const Eigen::MatrixXd third = column_of(-4, 1, 2, 3);  // A3
inline const Eigen::MatrixXd nothing = column_of(0, 5, 1, 2);
// Two within the tolerance, the third, which is their difference, not: defects -0.08, 0.08, 0.16.
inline const Eigen::MatrixXd two = column_of(0, 0.7746, 2 * 0.7746 - 0.08, 3 * 0.7746);

inline LearnedRuns learned_example() {
  LearnedRuns runs;
  runs.add(false, 0, line);
  runs.add(true, 0, nothing);
  runs.add(true, 1, first);
  runs.add(false, 1, -line);
  runs.add(true, 2, second);
  runs.add(false, 2, third);
  runs.add(false, 3, two);
  runs.add(true, 3, first);
  return runs;
}

}  // namespace grok::made_up
